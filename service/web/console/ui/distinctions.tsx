import { useSignal } from "@preact/signals";
import { call, sitePath } from "../api.ts";
import { notify, say } from "../notices.ts";
import { inWords, lapsed, mayDecide } from "../session.ts";
import type { StaffComment } from "../types.ts";

const BADGES: [string, string][] = [
  ["", "No badge"],
  ["staff", "Staff"],
  ["moderator", "Moderator"],
  ["author", "Author"],
];

/** What can be set apart of a comment that is up (pinned, featured), and the badge of who wrote it; to be keyed by the comment. */
export function Distinctions({ site, comment }: { site: string; comment: StaffComment }) {
  const marks = useSignal({ pinned: comment.pinned, featured: comment.featured });
  const badge = useSignal(comment.author.badge ?? "");
  const attempt = async (change: () => void, undo: () => void, ask: () => Promise<unknown>, done: string) => {
    change();
    try {
      await ask();
      say(done);
    } catch (error) {
      undo();
      if (!lapsed(error)) notify(`Nothing was changed. ${inWords(error)}`);
    }
  };
  const mark = (name: "pinned" | "featured", words: [on: string, off: string]): void => {
    const before = marks.value;
    const on = !before[name];
    void attempt(
      () => {
        marks.value = { ...before, [name]: on };
      },
      () => {
        marks.value = before;
      },
      () => call("PUT", sitePath(site, `/comments/${comment.id}/marks`), { body: { [name]: on } }),
      words[on ? 0 : 1],
    );
  };
  const wear = (to: string): void => {
    const before = badge.value;
    void attempt(
      () => {
        badge.value = to;
      },
      () => {
        badge.value = before;
      },
      () =>
        call("PUT", sitePath(site, `/readers/${comment.author.id}/badge`), { body: { badge: to || null } }),
      to ? `Shown as ${to}` : "The badge is gone",
    );
  };
  const known = BADGES.some(([one]) => one === badge.value);
  const up = comment.status === "published";
  return (
    <p class="distinctions" role="group" aria-label="Set apart">
      {up && !comment.is_reply && (
        <button
          type="button"
          class="plain"
          aria-pressed={marks.value.pinned}
          disabled={!mayDecide.value}
          onClick={() => mark("pinned", ["It stands first now", "It is not pinned any more"])}
        >
          Pinned
        </button>
      )}
      {up && (
        <button
          type="button"
          class="plain"
          aria-pressed={marks.value.featured}
          disabled={!mayDecide.value}
          onClick={() => mark("featured", ["It is featured now", "It is not featured any more"])}
        >
          Featured
        </button>
      )}
      <select
        aria-label={`Badge of ${comment.author.name}`}
        value={badge.value}
        disabled={!mayDecide.value}
        onChange={(event) => wear(event.currentTarget.value)}
      >
        {BADGES.map(([one, words]) => (
          <option key={one} value={one}>
            {words}
          </option>
        ))}
        {!known && <option value={badge.value}>{badge.value}</option>}
      </select>
    </p>
  );
}
