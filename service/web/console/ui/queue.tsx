import { useComputed, useSignalEffect } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { timeAgo } from "../../shared/time.ts";
import { ageingNow } from "../clock.ts";
import type { Desk } from "../desk.ts";
import { paused, rest } from "../exposure.ts";
import { useShortcuts } from "../keys.ts";
import { clearPicks, pickTo, togglePick } from "../picks.ts";
import { go } from "../router.ts";
import { behind, type Query, queryOf, selectionOf } from "../selection.ts";
import { mayDecide } from "../session.ts";
import type { Item } from "../types.ts";
import { plural } from "../words.ts";
import { BulkBar } from "./bulk.tsx";
import { Card } from "./card.tsx";
import { QueueRow } from "./row.tsx";
import { Sides } from "./sides.tsx";

/** Wide enough for the list and a card side by side; narrower screens show one of them. */
const WIDE = matchMedia("(min-width: 52rem)");

function Health({ desk }: { desk: Desk }) {
  const counts = desk.counts.value;
  if (!counts) return null;
  const { unscored, pending, classifier, oldest_held_at: oldest } = counts;
  const lines = [
    classifier.state !== "ready" &&
      `The classifier does not answer${classifier.detail ? ` (${classifier.detail})` : ""}${unscored ? `: ${plural(unscored, "comment")} could not be scored` : ""}.`,
    classifier.state === "ready" && unscored > 0 && `${plural(unscored, "comment")} could not be scored.`,
    pending > 0 && `${plural(pending, "comment")} on the way through the classifier.`,
  ].filter((line): line is string => typeof line === "string");
  if (oldest) lines.unshift(`The oldest came ${timeAgo(oldest, ageingNow(), "en", "just now")}.`);
  return lines.length ? <p class="list-note">{lines.join(" ")}</p> : null;
}

function List({ desk }: { desk: Desk }) {
  const list = useRef<HTMLOListElement>(null);
  useSignalEffect(() => {
    const id = desk.currentId.value;
    if (id)
      requestAnimationFrame(() =>
        list.current?.querySelector(`[data-id="${id}"]`)?.scrollIntoView({ block: "nearest" }),
      );
  });
  const fresh = desk.fresh.value.size;
  return (
    <section class="list" aria-label="Waiting">
      <Sides desk={desk} />
      <BulkBar desk={desk} />
      <Health desk={desk} />
      <ol ref={list}>
        {desk.list.items.value.map((item) => (
          <QueueRow key={item.id} desk={desk} item={item} />
        ))}
      </ol>
      {fresh > 0 && desk.list.items.value.length > 0 && (
        <button type="button" class="fresh" onClick={() => void desk.load()}>
          {plural(fresh, "new item")} <span class="muted">show</span>
        </button>
      )}
    </section>
  );
}

function Empty({ desk }: { desk: Desk }) {
  const { failed, loaded, narrowed } = desk.pages;
  if (failed.value) {
    return (
      <div class="empty" role="alert">
        <p>The queue could not be read. {failed.value}</p>
        <button type="button" class="plain" onClick={() => void desk.load()}>
          Try again
        </button>
      </div>
    );
  }
  if (!loaded.value) return <div class="empty" aria-busy="true" />;
  return (
    <div class="empty">
      <h2>{narrowed ? "Nothing of that waits" : "Nothing waits"}</h2>
      <p class="muted">New items appear here by themselves.</p>
    </div>
  );
}

function Break() {
  return (
    <div class="empty">
      <h2>A break</h2>
      <p class="muted">Your cards are free for others meanwhile.</p>
      <button type="button" class="primary" onClick={() => rest(false)}>
        Go on
      </button>
    </div>
  );
}

/** The list of what waits, and the card that is worked on. */
export function QueueView({ desk, query }: { desk: Desk; query: Query }) {
  useEffect(
    () => () => {
      desk.open(null);
      clearPicks();
    },
    [desk],
  );
  const asked = behind(query);
  useEffect(() => {
    const wanted = selectionOf(query);
    if (behind(queryOf(wanted)) === behind(desk.pages.query)) return;
    clearPicks();
    desk.select(wanted);
  }, [desk, asked]);
  useSignalEffect(() => {
    // What is free again because a claim ran out is not told: hence the clock.
    ageingNow();
    const idle = desk.pages.loaded.value && !desk.currentId.value && desk.list.items.value.length > 0;
    if (idle && WIDE.matches && !paused.value) void desk.begin();
  });
  useSignalEffect(() => {
    if (paused.value) desk.open(null);
  });
  const withCurrent = (run: (item: Item) => void) => (): void => {
    if (desk.current.value && mayDecide.value) run(desk.current.value);
  };
  useShortcuts(
    "Queue",
    [
      { key: "j", does: "Next in the list", run: () => desk.step(1) },
      { key: "k", does: "The one before", run: () => desk.step(-1) },
      { key: "x", does: "Mark, to decide on several at once", run: withCurrent(togglePick) },
      {
        key: "X",
        does: "Mark all from the last marked to this",
        run: withCurrent((one) => pickTo(desk, one)),
      },
      {
        key: "l",
        does: "Decide by a band of scores",
        run: () => go({ view: "bands", site: desk.options.site, query: desk.pages.query }),
      },
    ],
    [desk],
  );
  const item = desk.current.value;
  const resting = paused.value;
  const idle = useComputed(() => desk.list.items.value.length === 0);
  if (resting) return <Break />;
  if (idle.value && !item && !desk.pages.narrowed) return <Empty desk={desk} />;
  return (
    <div class="queue" data-open={item ? "" : undefined}>
      <List desk={desk} />
      {item ? (
        <Card key={item.id} desk={desk} item={item} onBack={() => desk.open(null)} />
      ) : idle.value ? (
        <Empty desk={desk} />
      ) : (
        <p class="empty muted">{mayDecide.value ? "Everything in the list is with somebody else." : ""}</p>
      )}
    </div>
  );
}
