import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { BINS, bounds, moved, type Range, type Spread, within } from "../bands.ts";
import { decideMany, undoMany, type Wanted } from "../batches.ts";
import type { Desk } from "../desk.ts";
import { useLatest } from "../latest.ts";
import type { Batch } from "../people_types.ts";
import { go } from "../router.ts";
import { behind, type Query } from "../selection.ts";
import { inWords, lapsed, mayDecide } from "../session.ts";
import type { Item } from "../types.ts";
import { excerpt, meaning, plural, spaced, VIEW } from "../words.ts";
import { Progress } from "./bulk.tsx";
import { RuleChoice } from "./choices.tsx";
import { CommentLink } from "./links.tsx";

/** The bars, one a bin; dragging over them picks a band. The fields below do the same by keyboard. */
function Bars({ bins, range, onPick }: { bins: number[]; range: Range; onPick: (range: Range) => void }) {
  const top = Math.max(1, ...bins);
  const start = useSignal<number | null>(null);
  const pick = (a: number, b: number): void => onPick({ from: Math.min(a, b), to: Math.max(a, b) + 1 });
  return (
    <div class="band-bars" aria-hidden="true" onPointerLeave={() => (start.value = null)}>
      {bins.map((n, bin) => (
        <span
          key={bin}
          class={`bar-slot ${bin >= range.from && bin < range.to ? "in" : ""}`}
          title={`${(bin / BINS).toFixed(2)} to ${((bin + 1) / BINS).toFixed(2)}: ${n}`}
          onPointerDown={(event) => {
            event.currentTarget.releasePointerCapture(event.pointerId);
            start.value = bin;
            pick(bin, bin);
          }}
          onPointerEnter={() => start.value !== null && pick(start.value, bin)}
          onPointerUp={() => (start.value = null)}
        >
          <span class="band-bar" style={{ height: `${(n / top) * 100}%` }}>
            <span class="bar-count">{n || ""}</span>
          </span>
        </span>
      ))}
    </div>
  );
}

function End({ name, at, onMove }: { name: string; at: number; onMove: (at: number) => void }) {
  const label = name === "From" ? "From" : "Up to";
  return (
    <label>
      {label} <span class="muted">{(at / BINS).toFixed(2)}</span>
      <input
        type="range"
        min={0}
        max={BINS}
        value={at}
        aria-valuetext={(at / BINS).toFixed(2)}
        onInput={(event) => onMove(event.currentTarget.valueAsNumber)}
      />
    </label>
  );
}

/** Some of a band, by chance. */
function Sample({ items, label }: { items: Item[]; label: string }) {
  return (
    <ol class="sample">
      {items.map((item) => (
        <li key={item.id}>
          <p dir="auto">{excerpt(item.comment.body, 400)}</p>
          <p class="muted fine">
            {spaced(label)} {(item.scores[label] ?? 0).toFixed(2)} · <bdi>{item.comment.author.name}</bdi> ·{" "}
            <bdi>{item.comment.article.title ?? item.comment.article.key}</bdi> ·{" "}
            <CommentLink id={item.id}>open</CommentLink>
          </p>
        </li>
      ))}
    </ol>
  );
}

interface Decide {
  desk: Desk;
  count: number;
  onDecide: (wanted: Wanted) => void;
}

function DecideRest({ desk, count, onDecide }: Decide) {
  return (
    <form
      class="band-decide"
      aria-label="Decide on the band"
      onSubmit={(event) => {
        event.preventDefault();
        const { reason, note } = Object.fromEntries(new FormData(event.currentTarget)) as Record<
          string,
          string
        >;
        onDecide({ action: "reject", reason, ...(note ? { note } : {}) });
      }}
    >
      <button type="button" class="act approve" onClick={() => onDecide({ action: "publish" })}>
        Approve all {count}
      </button>
      <RuleChoice label="or reject for" rules={desk.rules.value} />
      <label>
        A note to the authors
        <input type="text" name="note" maxLength={2000} dir="auto" />
      </label>
      <button type="submit" class="act reject">
        Reject all {count}
      </button>
    </form>
  );
}

/** How the scores of what waits are spread: a band is picked, looked at by a sample, and decided as one. */
export function BandsView({ desk, query }: { desk: Desk; query: Query }) {
  const spread = useSignal<Spread | null>(null);
  const range = useSignal<Range>({ from: BINS - 2, to: BINS });
  const sample = useSignal<Item[] | null>(null);
  const done = useSignal<Batch | null>(null);
  const failed = useSignal<string | null>(null);
  const { label = "toxicity", view = "all", article } = query;
  const side = { view, ...(article ? { article } : {}) };
  const asked = behind({ label, ...side });
  const [spreads, samples] = [useLatest(), useLatest()];
  const tell = (error: unknown): void => {
    if (!lapsed(error)) failed.value = inWords(error);
  };
  const read = (): Promise<void> => {
    const isLast = spreads.begin();
    return desk
      .get<Spread>(`/queue/scores${asked}`)
      .then((found) => {
        if (isLast()) spread.value = found;
      })
      .catch(tell);
  };
  /** What was looked at is not what is chosen now; nor is what is on its way. */
  const drop = (): void => {
    samples.begin();
    sample.value = null;
  };
  useEffect(() => {
    drop();
    void read();
  }, [desk, asked]);
  const choose = (change: Query): void =>
    go({ view: "bands", site: desk.options.site, query: { ...query, ...change } }, { replace: true });
  const pick = (next: Range): void => {
    range.value = next;
    drop();
    done.value = null;
  };
  const look = (): void => {
    const { low, high } = bounds(range.value);
    const isLast = samples.begin();
    desk
      .get<{ items: Item[] }>(`/queue/sample${asked}&low=${low}&high=${high}&size=10`)
      .then(({ items }) => {
        if (isLast()) sample.value = items;
      })
      .catch(tell);
  };
  const decide = async (wanted: Wanted): Promise<void> => {
    drop();
    done.value = await decideMany(desk, wanted, { band: { label, ...bounds(range.value), ...side } });
    await read();
  };
  const found = spread.value;
  if (!found)
    return failed.value ? <p role="alert">{failed.value}</p> : <div class="empty" aria-busy="true" />;
  const count = within(found.bins, range.value);
  const labels = [...new Set([label, ...found.labels])];
  return (
    <div class="page bands-page">
      <div class="page-form">
        <label>
          Score
          <select value={label} onChange={(event) => choose({ label: event.currentTarget.value })}>
            {labels.map((one) => (
              <option key={one} value={one}>
                {spaced(one)}
              </option>
            ))}
          </select>
        </label>
        <label>
          Of
          <select value={view} onChange={(event) => choose({ view: event.currentTarget.value })}>
            {(["all", "held", "reported", "new_readers"] as const).map((one) => (
              <option key={one} value={one}>
                {VIEW[one]}
              </option>
            ))}
          </select>
        </label>
      </div>
      <p class="muted fine">
        {meaning(label)} {found.unscored > 0 && `${plural(found.unscored, "comment")} without this score.`}
      </p>
      <Bars bins={found.bins} range={range.value} onPick={pick} />
      <fieldset class="band-ends">
        <legend class="unseen">Band</legend>
        <End name="From" at={range.value.from} onMove={(at) => pick(moved(range.value, "from", at))} />
        <End name="To" at={range.value.to} onMove={(at) => pick(moved(range.value, "to", at))} />
      </fieldset>
      <p role="status">
        <b>{plural(count, "comment")}</b> in this band
      </p>
      <p>
        <button type="button" class="primary" disabled={!count} onClick={look}>
          {sample.value ? "Another sample" : "Look at a sample"}
        </button>
      </p>
      {failed.value && <p role="alert">{failed.value}</p>}
      {sample.value && <Sample items={sample.value} label={label} />}
      {sample.value && mayDecide.value && <DecideRest desk={desk} count={count} onDecide={decide} />}
      <Progress />
      {done.value && done.value.state === "done" && (
        <p>
          <button
            type="button"
            class="plain"
            onClick={() => {
              const batch = done.value;
              done.value = null;
              if (batch) void undoMany(desk, batch).then(read);
            }}
          >
            Take all {done.value.decided} back
          </button>
        </p>
      )}
    </div>
  );
}
