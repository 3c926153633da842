import { ageingNow } from "../clock.ts";
import type { Desk } from "../desk.ts";
import { isMasked } from "../masking.ts";
import { picks, pickTo, togglePick } from "../picks.ts";
import { mayDecide } from "../session.ts";
import type { Item } from "../types.ts";
import { age, excerpt, urgencyInWords, whyInShort } from "../words.ts";

/** The first reasons in a few words. */
function gist(item: Item): string {
  const words = item.reasons.map(whyInShort);
  const shown = [...new Set(words)];
  return shown.slice(0, 2).join(" · ") + (shown.length > 2 ? ` +${shown.length - 2}` : "");
}

/** One line of the list, of one height whatever it says, so that nothing moves under the pointer. */
export function QueueRow({ desk, item }: { desk: Desk; item: Item }) {
  const { comment } = item;
  const taken = desk.takenBy(item);
  const picked = picks.value.has(item.id);
  const gone = item.id in desk.overtaken.value;
  const note = gone
    ? "decided"
    : taken
      ? `with ${taken.name}`
      : desk.skipped.value.has(item.id)
        ? "skipped"
        : "";
  return (
    <li class={picked ? "picked" : ""}>
      {mayDecide.value && (
        <label class="pick">
          <input
            type="checkbox"
            aria-label={`Mark: ${excerpt(comment.body, 60)}`}
            tabIndex={-1}
            checked={picked}
            onClick={(event) => {
              if (event.shiftKey) pickTo(desk, item);
              else togglePick(item);
            }}
          />
        </label>
      )}
      <button
        type="button"
        class={`row ${taken || gone ? "taken" : ""}`}
        data-id={item.id}
        aria-current={desk.currentId.value === item.id ? "true" : undefined}
        onClick={() => desk.open(item.id)}
      >
        <span class={`row-text ${isMasked(item) ? "masked" : ""}`} dir="auto">
          {excerpt(comment.body)}
        </span>
        <span class="row-meta">
          <span class="row-why">{gist(item)}</span>
          <span class="row-note">{note}</span>
          <span class="row-who" dir="auto">
            {comment.author.name}
          </span>
          <time dateTime={item.queued_at} title={urgencyInWords(item, ageingNow())}>
            {age(item.queued_at, ageingNow())}
          </time>
        </span>
      </button>
    </li>
  );
}
