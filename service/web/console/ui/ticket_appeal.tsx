import { useSignal } from "@preact/signals";
import { fullTime } from "../../shared/time.ts";
import { call, sitePath } from "../api.ts";
import { APPEAL_STATE } from "../appeals.ts";
import { say } from "../notices.ts";
import { inWords, lapsed, mayDecide } from "../session.ts";
import type { Ticket } from "../ticket_types.ts";
import { PlaceLink } from "./links.tsx";

const OVER = ["closed", "merged", "resolved", "spam", "handed_over"];

interface Props {
  site: string;
  ticket: Ticket;
  onHanded: (ticket: Ticket) => void;
}

/** The appeal that a ticket became, or the way to make it one, where it comes from a reader who is known. */
export function TicketAppeal({ site, ticket, onHanded }: Props) {
  const failed = useSignal<string | null>(null);
  const { appeal, reference } = ticket;
  if (appeal) {
    return (
      <p>
        <PlaceLink to={{ view: "appeals", site, query: {}, id: appeal.id }}>Its appeal</PlaceLink> is{" "}
        {APPEAL_STATE[appeal.state]}
        {appeal.state === "open" && <>, to be decided by {fullTime(appeal.due_at, "en")}</>}.
      </p>
    );
  }
  if (!ticket.reader || !mayDecide.value || OVER.includes(ticket.state)) return null;
  const hand = async (): Promise<void> => {
    try {
      onHanded(await call<Ticket>("PUT", sitePath(site, `/tickets/${reference}/appeal`)));
      say("Handed over as an appeal");
    } catch (error) {
      if (!lapsed(error)) failed.value = inWords(error);
    }
  };
  return (
    <p>
      <button type="button" class="link" onClick={() => void hand()}>
        Hand it over as an appeal
      </button>
      {failed.value && (
        <span class="error" role="alert">
          {" "}
          {failed}
        </span>
      )}
    </p>
  );
}
