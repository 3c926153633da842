import { useSignal } from "@preact/signals";
import { decideMany, running, type Wanted } from "../batches.ts";
import type { Desk } from "../desk.ts";
import { useShortcuts } from "../keys.ts";
import { clearPicks, picks } from "../picks.ts";
import { plural } from "../words.ts";
import { Key } from "./parts.tsx";
import { RejectMenu } from "./reject.tsx";

export function Progress() {
  const batch = running.value;
  if (!batch) return null;
  const undoing = batch.state === "undoing";
  const [done, all] = undoing
    ? [batch.taken_back, batch.decided]
    : [batch.decided + batch.skipped, batch.total];
  return (
    <p role="status" class="bulk-progress">
      <progress aria-label="Progress" max={all} value={done} /> {done} of {all}
      {undoing ? " taken back" : ""}
    </p>
  );
}

/** What is marked, and what can be done with all of it. */
export function BulkBar({ desk }: { desk: Desk }) {
  const rejecting = useSignal(false);
  const marked = picks.value;
  const decide = async (wanted: Wanted): Promise<void> => {
    rejecting.value = false;
    const items = [...marked.values()].map(({ id, comment: { revision, status } }) => ({
      id,
      revision,
      status,
    }));
    clearPicks();
    for (const { id } of items) desk.remove(id);
    await decideMany(desk, wanted, { items });
  };
  const approve = (): void => void decide({ action: "publish" });
  const reject = (): void => {
    rejecting.value = !rejecting.value;
  };
  useShortcuts(
    "Marked",
    marked.size && !rejecting.value
      ? [
          { key: "A", does: "Approve all that is marked", run: approve },
          { key: "R", does: "Reject all that is marked", run: reject },
          { key: "Escape", does: "Mark nothing", run: clearPicks },
        ]
      : [],
    [marked, rejecting.value],
  );
  if (!marked.size) return <Progress />;
  return (
    <div class="bulk-bar" role="group" aria-label="Marked">
      <h2 class="unseen">Marked</h2>
      <b role="status">{plural(marked.size, "comment")} marked</b>
      <button type="button" class="plain" onClick={approve} aria-keyshortcuts="Shift+A">
        Approve <Key>⇧A</Key>
      </button>
      <button
        type="button"
        class="plain"
        onClick={reject}
        aria-expanded={rejecting.value}
        aria-keyshortcuts="Shift+R"
      >
        Reject <Key>⇧R</Key>
      </button>
      <button type="button" class="link" onClick={clearPicks} aria-keyshortcuts="Escape">
        Clear <Key>Esc</Key>
      </button>
      {rejecting.value && (
        <RejectMenu
          rules={desk.rules.value}
          onChoose={({ code }, note) =>
            void decide({ action: "reject", reason: code, ...(note ? { note } : {}) })
          }
          onClose={reject}
        />
      )}
    </div>
  );
}
