import { useSignal } from "@preact/signals";
import { useRef } from "preact/hooks";
import { randomKey } from "../../shared/keys.ts";
import { call, sitePath } from "../api.ts";
import { keep, recall } from "../kept.ts";
import { place } from "../router.ts";
import { inWords, lapsed, mayDecide } from "../session.ts";
import type { Profile } from "../types.ts";
import { Ago, Part } from "./parts.tsx";

function NoteForm({ reader, onWritten }: { reader: string; onWritten: () => void }) {
  const site = place.value?.site ?? "";
  const draft = `parley:console:note:${site}:${reader}`;
  const text = useSignal(recall<string>(draft) ?? "");
  const failed = useSignal<string | null>(null);
  const key = useRef(randomKey());
  const write = (now: string): void => {
    text.value = now;
    keep(draft, now || null);
  };
  const send = async (): Promise<void> => {
    const body = text.value.trim();
    if (!body) return;
    failed.value = null;
    try {
      await call("POST", sitePath(site, `/readers/${reader}/notes`), { body: { body }, key: key.current });
      key.current = randomKey();
      // What has been typed meanwhile is the next note.
      if (text.value.trim() === body) write("");
      onWritten();
    } catch (error) {
      if (!lapsed(error)) failed.value = `Not noted; your text is still here. ${inWords(error)}`;
    }
  };
  return (
    <form
      class="note-form"
      onSubmit={(event) => {
        event.preventDefault();
        void send();
      }}
    >
      <label>
        <span class="unseen">A note about this reader</span>
        <textarea
          rows={1}
          maxLength={2000}
          dir="auto"
          placeholder="Note something for colleagues"
          value={text.value}
          onInput={(event) => {
            write(event.currentTarget.value);
            // Another text is another note.
            if (failed.value) key.current = randomKey();
          }}
          onKeyDown={(event) => {
            if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) void send();
            if (event.key === "Escape") event.currentTarget.blur();
          }}
        />
      </label>
      {text.value && (
        <button type="submit" class="plain">
          Note it
        </button>
      )}
      <p class="error" role="alert">
        {failed.value}
      </p>
    </form>
  );
}

/** What staff noted about an author, newest first; the author never sees it. */
export function Notes(props: { author: Pick<Profile, "id" | "notes">; onWritten: () => void }) {
  const { author, onWritten } = props;
  if (!author.notes.length && !mayDecide.value) return null;
  return (
    <Part title="Notes about the author">
      <ul class="reports">
        {author.notes.map(({ id, staff, body, created_at }) => (
          <li key={id}>
            <span class="near-meta">
              <b>{staff.name}</b> <Ago at={created_at} />
            </span>
            <span class="typed block" dir="auto">
              {body}
            </span>
          </li>
        ))}
      </ul>
      {mayDecide.value && <NoteForm key={author.id} reader={author.id} onWritten={onWritten} />}
    </Part>
  );
}
