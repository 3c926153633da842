import { useSignal } from "@preact/signals";
import { call, sitePath } from "../api.ts";
import { say } from "../notices.ts";
import { go } from "../router.ts";
import { inWords, lapsed } from "../session.ts";
import type { Ticket } from "../ticket_types.ts";
import { Dialog } from "./parts.tsx";

interface Props {
  site: string;
  reference: string;
  onClose: () => void;
}

/** Lets another ticket go on in this one's place. */
function MergeDialog({ site, reference, onClose }: Props) {
  const into = useSignal("");
  const failed = useSignal<string | null>(null);
  const merge = async (): Promise<void> => {
    const other = into.value.trim();
    if (!other) return;
    failed.value = null;
    try {
      const path = sitePath(site, `/tickets/${encodeURIComponent(reference)}/merge`);
      const on = await call<Ticket>("POST", path, { body: { into: other } });
      onClose();
      say(`Merged into ${on.reference}`);
      go({ view: "tickets", site, reference: on.reference });
    } catch (error) {
      if (!lapsed(error)) failed.value = inWords(error);
    }
  };
  return (
    <Dialog label="Merge this ticket" onClose={onClose}>
      <h2>Merge {reference}</h2>
      <p class="muted">
        The other ticket goes on, with a note of what this one said. This one’s reader is told that the answer
        is there.
      </p>
      <form
        class="inline-form"
        onSubmit={(event) => {
          event.preventDefault();
          void merge();
        }}
      >
        <label>
          The other’s reference
          <input
            data-first
            type="text"
            maxLength={40}
            placeholder="PX-…"
            value={into.value}
            onInput={(event) => {
              into.value = event.currentTarget.value;
            }}
          />
        </label>
        <button type="submit" class="primary">
          Merge
        </button>
      </form>
      <p class="error" role="alert">
        {failed.value}
      </p>
    </Dialog>
  );
}

/** The button, and the dialog behind it. */
export function Merge({ site, reference }: Omit<Props, "onClose">) {
  const open = useSignal(false);
  return (
    <>
      <button
        type="button"
        class="plain"
        aria-haspopup="dialog"
        onClick={() => {
          open.value = true;
        }}
      >
        Merge…
      </button>
      {open.value && (
        <MergeDialog
          site={site}
          reference={reference}
          onClose={() => {
            open.value = false;
          }}
        />
      )}
    </>
  );
}
