import { useSignal } from "@preact/signals";
import type { Choice } from "../decisions.ts";
import type { Desk } from "../desk.ts";
import { useShortcuts } from "../keys.ts";
import { decisions, readRules } from "../office.ts";
import { mayDecide } from "../session.ts";
import type { Item } from "../types.ts";
import { STATUS } from "../words.ts";
import { Ago, Key } from "./parts.tsx";
import { RejectMenu } from "./reject.tsx";

/** Why nothing can be decided on this card, and the way on. */
function Blocked({ desk, item }: { desk: Desk; item: Item }) {
  const next = (): void => desk.open(desk.after(item.id));
  const taken = desk.takenBy(item);
  if (item.id in desk.overtaken.value) {
    const by = desk.overtaken.value[item.id];
    const context = desk.contexts.value[item.id];
    const last = context?.decisions[0];
    return (
      <div class="actions blocked" role="status">
        <p>
          <b>{by?.name ?? "Somebody"}</b> decided this first
          {last && context && (
            <>
              : {STATUS[context.comment.status]} <Ago at={last.created_at} />
            </>
          )}
        </p>
        <button type="button" class="primary" onClick={next}>
          Next <Key>j</Key>
        </button>
      </div>
    );
  }
  return (
    <div class="actions blocked">
      <p>
        {taken ? (
          <>
            <b>{taken.name}</b> has this one now. You can read along.
          </>
        ) : (
          "You may look here, not decide."
        )}
      </p>
      {taken && (
        <button type="button" class="primary" onClick={next}>
          Next free one
        </button>
      )}
    </div>
  );
}

interface ButtonProps {
  name: string;
  key_: string;
  class: string;
  run: () => void;
  expanded?: boolean;
}

function Button({ name, key_, class: kind, run, expanded }: ButtonProps) {
  return (
    <button
      type="button"
      class={`act ${kind}`}
      onClick={run}
      aria-keyshortcuts={key_}
      aria-expanded={expanded}
    >
      {name} <Key>{key_}</Key>
    </button>
  );
}

/** What can be done with a comment of this status, always in the same places. */
export function Actions({ desk, item }: { desk: Desk; item: Item }) {
  const rejecting = useSignal(false);
  const blocked = !mayDecide.value || desk.takenBy(item) !== null || item.id in desk.overtaken.value;
  const { status } = item.comment;
  const up = status === "published";
  const listed = desk.currentId.value === item.id;
  const decide = (choice: Choice): void => {
    rejecting.value = false;
    decisions.value?.decide(desk, item, choice);
  };
  const offered = [
    {
      name: up ? "Keep it up" : "Approve",
      key_: "a",
      class: "approve",
      when: true,
      run: () => decide({ action: "publish" }),
    },
    {
      name: "Reject",
      key_: "r",
      class: "reject",
      when: status !== "rejected",
      expanded: rejecting.value,
      run: () => {
        rejecting.value = !rejecting.value;
        if (!desk.rules.value.length) readRules(desk).catch(() => {});
      },
    },
    { name: "Hold", key_: "h", class: "hold", when: up, run: () => decide({ action: "hold" }) },
    { name: "Skip", key_: "s", class: "skip-item", when: listed, run: () => desk.skip(item.id) },
  ].filter(({ when }) => when);
  useShortcuts(
    "Deciding",
    blocked || rejecting.value
      ? []
      : offered.map(({ key_, name, run }) => ({
          key: key_,
          does: name === "Reject" ? "Reject, then the reason's key" : name,
          run,
        })),
    [blocked, rejecting.value, item, listed],
  );
  if (blocked) return <Blocked desk={desk} item={item} />;
  return (
    <div class="actions">
      {rejecting.value && (
        <RejectMenu
          rules={desk.rules.value}
          onChoose={(rule, note) => decide({ action: "reject", reason: rule.code, title: rule.title, note })}
          onClose={() => {
            rejecting.value = false;
          }}
        />
      )}
      {offered.map(({ when: _, ...props }) => (
        <Button {...props} key={props.key_} />
      ))}
    </div>
  );
}
