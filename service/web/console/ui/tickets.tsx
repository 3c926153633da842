import { ageingNow } from "../clock.ts";
import type { Desk } from "../desk.ts";
import { useShortcuts } from "../keys.ts";
import { inboxVersion } from "../office.ts";
import { go } from "../router.ts";
import type { Query } from "../selection.ts";
import type { Ticket } from "../ticket_types.ts";
import { usePages } from "../use_pages.ts";
import { age, causeName, excerpt, spaced, TICKET_STATE } from "../words.ts";
import { HelpNav } from "./help_nav.tsx";
import { PlaceLink } from "./links.tsx";
import { TicketCard } from "./ticket.tsx";
import { TicketForm } from "./ticket_form.tsx";

function Row({ ticket, site, query, here }: { ticket: Ticket; site: string; query: Query; here: boolean }) {
  return (
    <li>
      <PlaceLink
        class="row"
        to={{ view: "tickets", site, query, reference: ticket.reference }}
        here={here}
        replace={here}
      >
        <span class="row-text" dir="auto">
          {excerpt(ticket.message) || spaced(ticket.category)}
        </span>
        <span class="row-meta">
          <span class="row-why">{ticket.cause ? causeName(ticket.cause) : spaced(ticket.category)}</span>
          {ticket.mail?.state === "failed" && <span class="tag tag-rejected">mail failed</span>}
          <span class="row-note">{TICKET_STATE[ticket.state]}</span>
          <time dateTime={ticket.updated_at}>{age(ticket.updated_at, ageingNow())}</time>
        </span>
      </PlaceLink>
    </li>
  );
}

interface Props {
  desk: Desk;
  query: Query;
  reference: string | null;
}

/** Readers who asked for help: the list and one ticket. */
export function TicketsView({ desk, query, reference }: Props) {
  const { site } = desk.options;
  const asked = { limit: "50", ...query };
  const { items, next, failed, more } = usePages<Ticket>(desk, "/tickets", asked, inboxVersion.value);
  const list = items ?? [];
  const step = (by: number): void => {
    const at = list.findIndex((ticket) => ticket.reference === reference);
    const to = list[at < 0 ? 0 : at + by];
    if (to) go({ view: "tickets", site, query, reference: to.reference }, { replace: reference !== null });
  };
  useShortcuts(
    "Tickets",
    [
      { key: "j", does: "Next in the list", run: () => step(1) },
      { key: "k", does: "The one before", run: () => step(-1) },
    ],
    [items, reference, site, query],
  );
  return (
    <div class="queue" data-open={reference ? "" : undefined}>
      <section class="list" aria-label="Inbox">
        <HelpNav site={site} />
        <TicketForm
          query={query}
          onSearch={(to) => go({ view: "tickets", site, query: to, reference: null })}
        />
        {failed && (
          <p class="list-note" role="alert">
            The inbox could not be read. {failed}
          </p>
        )}
        <ol>
          {list.map((ticket) => (
            <Row
              key={ticket.reference}
              ticket={ticket}
              site={site}
              query={query}
              here={ticket.reference === reference}
            />
          ))}
        </ol>
        {items?.length === 0 && <p class="list-note">No tickets here.</p>}
        {next && (
          <button type="button" class="fresh" onClick={more}>
            More
          </button>
        )}
      </section>
      {reference ? (
        <TicketCard key={reference} desk={desk} reference={reference} query={query} />
      ) : (
        <p class="empty muted">{list.length ? "Choose a ticket." : ""}</p>
      )}
    </div>
  );
}
