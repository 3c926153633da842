import type { Ticket, TicketMessage, TicketStep } from "../ticket_types.ts";
import { TICKET_STATE } from "../words.ts";
import { Ago } from "./parts.tsx";

type Entry = { at: string; message: TicketMessage } | { at: string; step: TicketStep };

function entries({ messages, steps }: Ticket): Entry[] {
  const all: Entry[] = [
    ...(messages ?? []).map((message) => ({ at: message.created_at, message })),
    ...(steps ?? []).map((step) => ({ at: step.created_at, step })),
  ];
  return all.sort((a, b) => a.at.localeCompare(b.at));
}

function Said({ message, reader }: { message: TicketMessage; reader: string }) {
  const { kind, staff, body, created_at } = message;
  return (
    <li class={`said said-${kind}`}>
      <p class="near-meta">
        <b dir="auto">{kind === "reader" ? reader : staff?.name}</b>
        {kind === "note" && <span class="tag">note, among staff</span>}
        <Ago at={created_at} />
      </p>
      <p class="typed" dir="auto">
        {body}
      </p>
    </li>
  );
}

/** What was said and done on a ticket, in order. The reader's first words are the ticket's own. */
export function Conversation({ ticket }: { ticket: Ticket }) {
  const reader = ticket.reader?.name ?? "The reader";
  const first = ticket.messages?.some(({ kind, body }) => kind === "reader" && body === ticket.message);
  return (
    <ol class="conversation">
      {!first && (
        <Said
          reader={reader}
          message={{
            id: "",
            kind: "reader",
            staff: null,
            body: ticket.message,
            created_at: ticket.created_at,
          }}
        />
      )}
      {entries(ticket).map((entry) =>
        "message" in entry ? (
          <Said key={`m${entry.message.id}`} message={entry.message} reader={reader} />
        ) : (
          <li class="step muted" key={`s${entry.at}`}>
            {entry.step.staff?.name ?? (entry.step.actor === "reader" ? reader : "The system")}:{" "}
            {TICKET_STATE[entry.step.to_state].toLowerCase()} <Ago at={entry.at} />
          </li>
        ),
      )}
    </ol>
  );
}
