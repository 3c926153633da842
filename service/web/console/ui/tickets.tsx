import { useComputed, useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { call, sitePath } from "../api.ts";
import { ageingNow } from "../clock.ts";
import { useShortcuts } from "../keys.ts";
import { inboxVersion } from "../office.ts";
import { go, pathOf } from "../router.ts";
import { inWords, lapsed } from "../session.ts";
import { TICKET_STATES, type Ticket } from "../ticket_types.ts";
import type { Page } from "../types.ts";
import { age, excerpt, spaced, TICKET_STATE } from "../words.ts";
import { TicketCard } from "./ticket.tsx";

function Row({ ticket, site, here }: { ticket: Ticket; site: string; here: boolean }) {
  const to = { view: "tickets", site, reference: ticket.reference } as const;
  return (
    <li>
      <a
        class="row"
        href={pathOf(to)}
        aria-current={here ? "true" : undefined}
        onClick={(event) => {
          if (event.metaKey || event.ctrlKey || event.shiftKey) return;
          event.preventDefault();
          go(to);
        }}
      >
        <span class="row-text" dir="auto">
          {excerpt(ticket.message) || spaced(ticket.category)}
        </span>
        <span class="row-meta">
          <span class="row-why">{spaced(ticket.category)}</span>
          <span class="row-note">{TICKET_STATE[ticket.state]}</span>
          <time dateTime={ticket.updated_at}>{age(ticket.updated_at, ageingNow())}</time>
        </span>
      </a>
    </li>
  );
}

/** Reads the inbox, and reads it anew whenever it has changed. */
function useInbox(site: string, state: string) {
  const tickets = useSignal<Ticket[] | null>(null);
  const next = useSignal<string | null>(null);
  const failed = useSignal<string | null>(null);
  const read = async (cursor: string | null): Promise<void> => {
    try {
      const more = cursor ? `&cursor=${encodeURIComponent(cursor)}` : "";
      const page = await call<Page<Ticket>>("GET", sitePath(site, `/tickets?state=${state}&limit=50${more}`));
      tickets.value = cursor ? [...(tickets.value ?? []), ...page.items] : page.items;
      next.value = page.next;
      failed.value = null;
    } catch (error) {
      if (!lapsed(error)) failed.value = inWords(error);
    }
  };
  const version = inboxVersion.value;
  useEffect(() => void read(null), [site, state, version]);
  return { tickets, next, failed, more: () => void read(next.value) };
}

/** Readers who asked for help: the list and one ticket. */
export function TicketsView({ site, reference }: { site: string; reference: string | null }) {
  const state = useSignal("active");
  const { tickets, next, failed, more } = useInbox(site, state.value);
  const list = useComputed(() => tickets.value ?? []).value;
  const step = (by: number): void => {
    const at = list.findIndex((ticket) => ticket.reference === reference);
    const to = list[at < 0 ? 0 : at + by];
    if (to) go({ view: "tickets", site, reference: to.reference }, { replace: reference !== null });
  };
  useShortcuts(
    "Tickets",
    [
      { key: "j", does: "Next in the list", run: () => step(1) },
      { key: "k", does: "The one before", run: () => step(-1) },
    ],
    [list, reference, site],
  );
  return (
    <div class="queue" data-open={reference ? "" : undefined}>
      <section class="list" aria-label="Inbox">
        <label class="list-filter">
          Show
          <select
            value={state.value}
            onChange={(event) => {
              state.value = event.currentTarget.value;
            }}
          >
            <option value="active">Not done yet</option>
            {TICKET_STATES.map((one) => (
              <option key={one} value={one}>
                {TICKET_STATE[one]}
              </option>
            ))}
            <option value="all">All</option>
          </select>
        </label>
        {failed.value && (
          <p class="list-note" role="alert">
            The inbox could not be read. {failed.value}
          </p>
        )}
        <ol>
          {list.map((ticket) => (
            <Row key={ticket.reference} ticket={ticket} site={site} here={ticket.reference === reference} />
          ))}
        </ol>
        {tickets.value?.length === 0 && <p class="list-note">No tickets here.</p>}
        {next.value && (
          <button type="button" class="fresh" onClick={more}>
            More
          </button>
        )}
      </section>
      {reference ? (
        <TicketCard key={reference} site={site} reference={reference} />
      ) : (
        <p class="empty muted">{list.length ? "Choose a ticket." : ""}</p>
      )}
    </div>
  );
}
