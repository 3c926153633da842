import { useSignal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { randomKey } from "../../shared/keys.ts";
import { call, sitePath } from "../api.ts";
import { keep, recall } from "../kept.ts";
import { useShortcuts } from "../keys.ts";
import { say } from "../notices.ts";
import { inboxVersion } from "../office.ts";
import { go } from "../router.ts";
import { inWords, lapsed, mayDecide } from "../session.ts";
import type { Ticket, TicketState } from "../ticket_types.ts";
import { spaced, TICKET_STATE } from "../words.ts";
import { Conversation } from "./conversation.tsx";
import { CommentLink } from "./links.tsx";
import { Ago } from "./parts.tsx";

/** States that staff set here; the others come about by what readers and the service do. */
const SETTABLE: readonly TicketState[] = [
  "open",
  "in_progress",
  "waiting_reader",
  "resolved",
  "closed",
  "spam",
];

function Facts({ ticket }: { ticket: Ticket }) {
  const details = Object.entries(ticket.diagnostics);
  return (
    <>
      <p class="byline">
        <b dir="auto">{ticket.reader?.name ?? "A reader"}</b>
        {ticket.email && <a href={`mailto:${ticket.email}`}>{ticket.email}</a>}
        <Ago at={ticket.created_at} />
      </p>
      <p class="where">
        {ticket.article && <span dir="auto">{ticket.article.title ?? ticket.article.key}</span>}
        {ticket.comment_id && <CommentLink id={ticket.comment_id}>The comment it is about</CommentLink>}
      </p>
      {ticket.cause && <p class="muted">Their browser took it for: {spaced(ticket.cause)}.</p>}
      {ticket.merged_into && <p class="muted">It goes on as {ticket.merged_into}.</p>}
      {ticket.mail && (
        <p class={ticket.mail.state === "failed" ? "warning" : "muted"}>
          {ticket.mail.state === "failed"
            ? `Mail to the reader could not be delivered: ${ticket.mail.error ?? "no reason given"}.`
            : "Mail to the reader is on its way."}
        </p>
      )}
      {details.length > 0 && (
        <details class="diagnostics">
          <summary>What their browser said</summary>
          <dl>
            {details.map(([name, value]) => (
              <div key={name}>
                <dt>{spaced(name)}</dt>
                <dd>{typeof value === "object" ? JSON.stringify(value) : String(value)}</dd>
              </div>
            ))}
          </dl>
        </details>
      )}
    </>
  );
}

function Answer({
  site,
  ticket,
  onWritten,
}: {
  site: string;
  ticket: Ticket;
  onWritten: (ticket: Ticket) => void;
}) {
  const place = `parley:console:answer:${site}:${ticket.reference}`;
  const draft = useSignal(recall<string>(place) ?? "");
  const write = (text: string): void => {
    draft.value = text;
    keep(place, text || null);
  };
  const busy = useSignal(false);
  const failed = useSignal<string | null>(null);
  const key = useRef(randomKey());
  const box = useRef<HTMLTextAreaElement>(null);
  useShortcuts("Ticket", [{ key: "r", does: "Write an answer", run: () => box.current?.focus() }], []);
  const send = async (kind: "answer" | "note"): Promise<void> => {
    const body = draft.value.trim();
    if (!body || busy.value) return;
    busy.value = true;
    failed.value = null;
    try {
      const path = sitePath(site, `/tickets/${ticket.reference}/messages`);
      onWritten(await call<Ticket>("POST", path, { body: { kind, body }, key: key.current }));
      key.current = randomKey();
      write("");
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
          onInput={(event) => {
            write(event.currentTarget.value);
            // Another text is another message.
            if (failed.value) key.current = randomKey();
          }}
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
        <button type="button" class="plain" aria-disabled={busy.value} onClick={() => void send("note")}>
          Note for colleagues
        </button>
      </div>
    </form>
  );
}

/** One ticket: what was said, what is known, and an answer. */
export function TicketCard({ site, reference }: { site: string; reference: string }) {
  const ticket = useSignal<Ticket | null>(null);
  const failed = useSignal<string | null>(null);
  const heading = useRef<HTMLHeadingElement>(null);
  const path = sitePath(site, `/tickets/${encodeURIComponent(reference)}`);
  const version = inboxVersion.value;
  useEffect(() => {
    call<Ticket>("GET", path)
      .then((read) => {
        ticket.value = read;
      })
      .catch((error: unknown) => {
        if (!lapsed(error)) failed.value = inWords(error);
      });
  }, [path, version]);
  useEffect(() => heading.current?.focus({ preventScroll: true }), []);
  const move = async (state: TicketState): Promise<void> => {
    try {
      ticket.value = await call<Ticket>("PUT", `${path}/state`, { body: { state } });
      say(`Moved: ${TICKET_STATE[state].toLowerCase()}`);
    } catch (error) {
      if (!lapsed(error)) failed.value = inWords(error);
    }
  };
  const shown = ticket.value;
  return (
    <article class="card" aria-labelledby="ticket-heading">
      <header class="card-head ticket-head">
        <button
          type="button"
          class="icon back"
          aria-label="Back to the list"
          onClick={() => go({ view: "tickets", site, reference: null })}
        >
          <span aria-hidden="true">←</span>
        </button>
        <h2 id="ticket-heading" ref={heading} tabIndex={-1}>
          {reference}
        </h2>
        <span class="muted">{shown && spaced(shown.category)}</span>
        <span class="grow" />
        {shown && mayDecide.value && (
          <select
            aria-label="State"
            value={shown.state}
            onChange={(event) => void move(event.currentTarget.value as TicketState)}
          >
            {!SETTABLE.includes(shown.state) && (
              <option value={shown.state}>{TICKET_STATE[shown.state]}</option>
            )}
            {SETTABLE.map((state) => (
              <option key={state} value={state}>
                {TICKET_STATE[state]}
              </option>
            ))}
          </select>
        )}
      </header>
      {failed.value && (
        <p class="warning" role="alert">
          {failed.value}
        </p>
      )}
      {shown && (
        <div class="ticket-scroll">
          <Facts ticket={shown} />
          <Conversation ticket={shown} />
        </div>
      )}
      {shown && mayDecide.value && (
        <Answer
          site={site}
          ticket={shown}
          onWritten={(written) => {
            ticket.value = written;
          }}
        />
      )}
    </article>
  );
}
