import { useSignal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { randomKey } from "../../shared/keys.ts";
import { call, sitePath } from "../api.ts";
import { keep, recall } from "../kept.ts";
import { useShortcuts } from "../keys.ts";
import { say } from "../notices.ts";
import { fill, readAnswers, saved, unfilled, valuesOf } from "../saved_answers.ts";
import { inWords, lapsed, session, site as signedSite } from "../session.ts";
import type { Ticket } from "../ticket_types.ts";

interface Props {
  site: string;
  ticket: Ticket;
  onWritten: (ticket: Ticket) => void;
}

/** Puts a saved answer into the text. */
function Saved({ ticket, onTake }: { ticket: Ticket; onTake: (text: string) => void }) {
  const answers = saved.value?.answers ?? [];
  if (!answers.length) return null;
  return (
    <select
      aria-label="Saved answers"
      value=""
      onChange={(event) => {
        const chosen = answers.find(({ id }) => id === event.currentTarget.value);
        event.currentTarget.value = "";
        if (!chosen) return;
        const values = valuesOf(ticket, signedSite.value?.name ?? "", session.value?.staff.name ?? "");
        onTake(fill(chosen.body, values));
      }}
    >
      <option value="">Saved answers…</option>
      {answers.map(({ id, title }) => (
        <option key={id} value={id}>
          {title}
        </option>
      ))}
    </select>
  );
}

/** Answers the reader, or leaves a note for colleagues. What is typed is kept until it is sent. */
export function TicketAnswer({ site, ticket, onWritten }: Props) {
  const place = `parley:console:answer:${site}:${ticket.reference}`;
  const draft = useSignal(recall<string>(place) ?? "");
  const resolves = useSignal(false);
  const busy = useSignal(false);
  const failed = useSignal<string | null>(null);
  const key = useRef(randomKey());
  const box = useRef<HTMLTextAreaElement>(null);
  const write = (text: string): void => {
    draft.value = text;
    keep(place, text || null);
    // Another text is another message.
    if (failed.value) key.current = randomKey();
  };
  useShortcuts("Ticket", [{ key: "r", does: "Write an answer", run: () => box.current?.focus() }], []);
  useEffect(() => {
    readAnswers(site).catch(() => {});
  }, [site]);
  const send = async (kind: "answer" | "note"): Promise<void> => {
    const body = draft.value.trim();
    if (!body || busy.value) return;
    const left = kind === "answer" ? unfilled(body, Object.keys(saved.value?.placeholders ?? {})) : [];
    if (left.length) {
      failed.value = `Not sent: fill in ${left.join(", ")}, or take it out.`;
      box.current?.focus();
      return;
    }
    busy.value = true;
    failed.value = null;
    try {
      const path = sitePath(site, `/tickets/${ticket.reference}/messages`);
      const state = kind === "answer" && resolves.value ? { state: "resolved" } : {};
      onWritten(await call<Ticket>("POST", path, { body: { kind, body, ...state }, key: key.current }));
      key.current = randomKey();
      // What has been typed meanwhile is the next message.
      if (draft.value.trim() === body) write("");
      say(kind === "answer" ? "Answered" : "Noted");
    } catch (error) {
      if (!lapsed(error)) failed.value = `Not sent; your text is still here. ${inWords(error)}`;
    } finally {
      busy.value = false;
    }
  };
  return (
    <form
      class="answer"
      onSubmit={(event) => {
        event.preventDefault();
        void send("answer");
      }}
    >
      <label>
        <span class="unseen">Answer or note</span>
        <textarea
          ref={box}
          rows={3}
          maxLength={4000}
          dir="auto"
          placeholder="Answer the reader, or leave a note for colleagues"
          value={draft.value}
          onInput={(event) => write(event.currentTarget.value)}
          onKeyDown={(event) => {
            if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) void send("answer");
            if (event.key === "Escape") box.current?.blur();
          }}
        />
      </label>
      <p class="error" role="alert">
        {failed}
      </p>
      <div class="answer-buttons">
        <button type="submit" class="primary" aria-disabled={busy.value}>
          Answer the reader
        </button>
        <label class="check">
          <input
            type="checkbox"
            checked={resolves.value}
            onChange={(event) => {
              resolves.value = event.currentTarget.checked;
            }}
          />
          and resolve it
        </label>
        <button type="button" class="plain" aria-disabled={busy.value} onClick={() => void send("note")}>
          Note for colleagues
        </button>
        <Saved
          ticket={ticket}
          onTake={(text) => {
            write(draft.value ? `${draft.value}\n\n${text}` : text);
            box.current?.focus();
          }}
        />
      </div>
    </form>
  );
}
