import { useSignal } from "@preact/signals";
import type { ComponentChildren } from "preact";
import type { Choice } from "../decisions.ts";
import type { Desk } from "../desk.ts";
import { handOver, type Move, mayLead } from "../handovers.ts";
import { useShortcuts } from "../keys.ts";
import { say } from "../notices.ts";
import { decisions, readRules } from "../office.ts";
import { mayDecide } from "../session.ts";
import type { Item } from "../types.ts";
import { STATUS } from "../words.ts";
import { HandOverMenu, OthersTurn } from "./hand_over.tsx";
import { PlaceLink } from "./links.tsx";
import { Ago, Key } from "./parts.tsx";
import { RejectMenu } from "./reject.tsx";

/** Who was first, and what became of it. */
function Overtaken({ desk, item }: { desk: Desk; item: Item }) {
  const context = desk.contexts.known.value[item.id];
  const last = context?.decisions[0];
  return (
    <>
      <b>{desk.overtaken.value[item.id]?.name ?? "Somebody"}</b> decided this first
      {last && context && (
        <>
          : {STATUS[context.comment.status]} <Ago at={last.created_at} />
        </>
      )}
    </>
  );
}

/** Why nothing can be decided on this card; null if something can. */
function obstacle(desk: Desk, item: Item): ComponentChildren {
  if (item.id in desk.overtaken.value) return <Overtaken desk={desk} item={item} />;
  const taken = desk.takenBy(item);
  if (taken) {
    return (
      <>
        <b>{taken.name}</b> has this one now. You can read along.
      </>
    );
  }
  const appeal = desk.contexts.known.value[item.id]?.appeal;
  if (appeal) {
    return (
      <>
        It is under appeal, and is decided{" "}
        <PlaceLink to={{ view: "appeals", site: desk.options.site, query: {}, id: appeal }}>there</PlaceLink>.
      </>
    );
  }
  const { status } = item.comment;
  if (status === "deleted" || status === "erased") return `It is ${STATUS[status]}.`;
  if (!mayDecide.value) return "You may look here, not decide.";
  const mine = item.stage === "second" && item.handover?.staff.id === desk.options.me;
  const notMine = mine || (item.stage === "lead" && !mayLead.value);
  return notMine ? <OthersTurn desk={desk} item={item} me={desk.options.me} /> : null;
}

const HANDING: Record<Move, { title: string; does: string }> = {
  escalation: { title: "What should a lead know?", does: "Escalate" },
  "hand-back": { title: "What should colleagues know?", does: "Hand back" },
  disagreement: { title: "Why do you disagree? A lead decides.", does: "Leave it to a lead" },
  confirmation: { title: "", does: "Confirm" },
};

interface Act {
  name: string;
  hotkey: string;
  class: string;
  run: () => void;
  /** What it does, where its name alone does not say it. */
  does?: string;
  expanded?: boolean;
}

function Button({ name, hotkey, class: kind, run, expanded }: Act) {
  return (
    <button
      type="button"
      class={`act ${kind}`}
      onClick={run}
      aria-keyshortcuts={hotkey}
      aria-expanded={expanded}
    >
      {name} <Key>{hotkey}</Key>
    </button>
  );
}

/** What can be done with a comment of this status, always in the same places. */
export function Actions({ desk, item }: { desk: Desk; item: Item }) {
  const rejecting = useSignal(false);
  const handing = useSignal<Move | null>(null);
  const blocked = obstacle(desk, item);
  const { status } = item.comment;
  const up = status === "published";
  const listed = desk.currentId.value === item.id;
  const decide = (choice: Choice): void => decisions.value?.decide(desk, item, choice);
  const toggle = (): void => {
    rejecting.value = !rejecting.value;
    if (!desk.rules.value.length) readRules(desk).catch(() => {});
  };
  const skip = (): void => {
    if (!desk.skip(item.id)) say("No other is free");
  };
  const approve = () => decide({ action: "publish" });
  const second = item.stage === "second" && !mayLead.value;
  const hand = (move: Move) => (): void => {
    handing.value = handing.value === move ? null : move;
  };
  const all: (Act | false)[] = [
    item.stage === "second" && {
      name: "Confirm",
      hotkey: "c",
      class: "approve",
      run: () => void handOver(desk, item, "confirmation", { handover: item.handover?.id }),
    },
    item.stage === "second" && { name: "Disagree", hotkey: "d", class: "reject", run: hand("disagreement") },
    !second && { name: up ? "Keep it up" : "Approve", hotkey: "a", class: "approve", run: approve },
    !second &&
      status !== "rejected" && {
        name: "Reject",
        hotkey: "r",
        class: "reject",
        run: toggle,
        does: "Reject, then the reason's key",
        expanded: rejecting.value,
      },
    !second && up && { name: "Hold", hotkey: "h", class: "hold", run: () => decide({ action: "hold" }) },
    item.stage === "lead" && { name: "Hand back", hotkey: "b", class: "hold", run: hand("hand-back") },
    item.stage === "first" && { name: "Escalate", hotkey: "e", class: "hold", run: hand("escalation") },
    listed && { name: "Skip", hotkey: "s", class: "skip-item", run: skip },
  ];
  const acts = all.filter((act) => act !== false);
  useShortcuts(
    "Deciding",
    blocked || rejecting.value || handing.value
      ? []
      : acts.map(({ hotkey: key, name, does = name, run }) => ({ key, does, run })),
    [blocked !== null, rejecting.value, handing.value, item, listed, mayLead.value],
  );
  if (blocked) {
    return (
      <div class="actions blocked" role="status">
        <p>{blocked}</p>
        {listed && (
          <button type="button" class="plain" onClick={() => desk.open(desk.after(item.id))}>
            Next free one
          </button>
        )}
      </div>
    );
  }
  return (
    <div class="actions">
      {rejecting.value && (
        <RejectMenu
          rules={desk.rules.value}
          onChoose={(rule, note) => decide({ action: "reject", reason: rule.code, title: rule.title, note })}
          onClose={toggle}
        />
      )}
      {handing.value && (
        <HandOverMenu
          {...HANDING[handing.value]}
          onSend={(words) => handing.value && void handOver(desk, item, handing.value, { words })}
          onClose={() => {
            handing.value = null;
          }}
        />
      )}
      {acts.map((act) => (
        <Button {...act} key={act.hotkey} />
      ))}
    </div>
  );
}
