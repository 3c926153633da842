import { listen } from "../shared/sse.ts";
import { serverNow, sitePath } from "./api.ts";
import type { Desk } from "./desk.ts";
import type { Counts, Person } from "./types.ts";

interface Told {
  id: string | null;
  by: Person | null;
}

/** How long a claim lasts unless it is renewed, which is told as well. */
const CLAIM_MS = 5 * 60_000;

interface Ears {
  /** Whether this screen decided it itself. */
  handled: (id: string) => boolean;
  /** The inbox or an incident has changed. */
  tickets: () => void;
  /** An appeal has come, was claimed or decided. */
  appeals: () => void;
  /** The service will not tell any more: the session is over, or the role on the site. */
  refused: () => void;
}

/** Keeps a desk up to date, until the returned function is called. */
export function follow(desk: Desk, { handled, tickets, appeals, refused }: Ears): () => void {
  const me = desk.options.me;
  const on: Record<string, (id: string, by: Person | null) => void> = {
    "item.claimed": (id, by) => {
      if (by)
        desk.patch(id, { claimed_by: { ...by, until: new Date(serverNow() + CLAIM_MS).toISOString() } });
    },
    "item.released": (id, by) => {
      desk.patch(id, { claimed_by: null });
      if (by?.id !== me && desk.currentId.value === id) desk.claimShown();
    },
    "item.decided": (id, by) => {
      if (by?.id === me && handled(id)) return;
      desk.contexts.renew(id);
      desk.overtake(id, by);
    },
    "item.added": (id) => void desk.arrived(id),
    "item.handed_over": (id) => void desk.handedOver(id),
  };
  const stop = listen({
    url: `/api/v1/staff${sitePath(desk.options.site, "/events")}`,
    credentials: "same-origin",
    onEvent: ({ event, data }) => {
      const told = (data ? JSON.parse(data) : {}) as Told;
      if (event === "counts") desk.counts.value = JSON.parse(data) as Counts;
      else if (event === "resync") desk.catchUp();
      else if (event === "appeal.changed") appeals();
      else if (event === "ticket.changed" || event === "incident.changed") tickets();
      else if (told.id) on[event]?.(told.id, told.by);
    },
    onState: (connected) => {
      // What happened while nobody listened is not told again.
      if (connected && !desk.connected.value) desk.catchUp();
      desk.connected.value = connected;
    },
    onRefused: refused,
  });
  return () => {
    stop();
    desk.connected.value = false;
  };
}
