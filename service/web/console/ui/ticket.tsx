import { useSignal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { call, sitePath } from "../api.ts";
import type { Desk } from "../desk.ts";
import { useLatest } from "../latest.ts";
import { say } from "../notices.ts";
import { inboxVersion } from "../office.ts";
import { go } from "../router.ts";
import type { Query } from "../selection.ts";
import { inWords, lapsed, mayDecide } from "../session.ts";
import type { Ticket, TicketState } from "../ticket_types.ts";
import { spaced, TICKET_STATE } from "../words.ts";
import { Conversation } from "./conversation.tsx";
import { TicketAnswer } from "./ticket_answer.tsx";
import { TicketAppeal } from "./ticket_appeal.tsx";
import { TicketFacts } from "./ticket_facts.tsx";
import { Merge } from "./ticket_merge.tsx";

/** States that staff set here; the others come about by what readers and the service do. */
const SETTABLE: readonly TicketState[] = [
  "open",
  "in_progress",
  "waiting_reader",
  "resolved",
  "closed",
  "spam",
];

function StateChoice({ state, onMove }: { state: TicketState; onMove: (state: TicketState) => void }) {
  return (
    <select
      aria-label="State"
      value={state}
      onChange={(event) => onMove(event.currentTarget.value as TicketState)}
    >
      {!SETTABLE.includes(state) && <option value={state}>{TICKET_STATE[state]}</option>}
      {SETTABLE.map((one) => (
        <option key={one} value={one}>
          {TICKET_STATE[one]}
        </option>
      ))}
    </select>
  );
}

interface Props {
  desk: Desk;
  reference: string;
  /** Where one came from. */
  query: Query;
}

/** One ticket: what was said, what is known, and an answer. */
export function TicketCard({ desk, reference, query }: Props) {
  const { site } = desk.options;
  const ticket = useSignal<Ticket | null>(null);
  const failed = useSignal<string | null>(null);
  const heading = useRef<HTMLHeadingElement>(null);
  const path = sitePath(site, `/tickets/${encodeURIComponent(reference)}`);
  const version = inboxVersion.value;
  const latest = useLatest();
  const show = (read: Ticket): void => {
    latest.begin();
    ticket.value = read;
    failed.value = null;
  };
  useEffect(() => {
    const isLast = latest.begin();
    call<Ticket>("GET", path)
      .then((read) => isLast() && show(read))
      .catch((error: unknown) => {
        if (!lapsed(error) && isLast()) failed.value = inWords(error);
      });
  }, [path, version]);
  useEffect(() => heading.current?.focus({ preventScroll: true }), []);
  const move = async (state: TicketState): Promise<void> => {
    try {
      show(await call<Ticket>("PUT", `${path}/state`, { body: { state } }));
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
          onClick={() => go({ view: "tickets", site, query, reference: null })}
        >
          <span aria-hidden="true">←</span>
        </button>
        <h2 id="ticket-heading" ref={heading} tabIndex={-1}>
          {reference}
        </h2>
        <span class="muted">{shown && spaced(shown.category)}</span>
        <span class="grow" />
        {shown && mayDecide.value && (
          <>
            {shown.state !== "merged" && <Merge site={site} reference={shown.reference} />}
            <StateChoice state={shown.state} onMove={(state) => void move(state)} />
          </>
        )}
      </header>
      {failed.value && (
        <p class="warning" role="alert">
          {failed.value}
        </p>
      )}
      {shown && (
        <div class="ticket-scroll">
          <TicketFacts ticket={shown} site={site} />
          <TicketAppeal site={site} ticket={shown} onHanded={show} />
          <Conversation ticket={shown} />
        </div>
      )}
      {shown && mayDecide.value && <TicketAnswer site={site} ticket={shown} onWritten={show} />}
    </article>
  );
}
