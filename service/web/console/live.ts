import { listen } from "../shared/sse.ts";
import { sitePath } from "./api.ts";
import type { Desk } from "./desk.ts";
import type { Counts, Person } from "./types.ts";

interface Told {
  id: string | null;
  by: Person | null;
}

const MAX_CLAIM_MS = 5 * 60_000;

/** Keeps a desk up to date; `handled` knows what this screen decided itself, `tickets` is told when the inbox has changed. */
export function follow(desk: Desk, handled: (id: string) => boolean, tickets: () => void): () => void {
  const me = desk.options.me;
  const has = (id: string): boolean => desk.items.value.some((item) => item.id === id);
  const on: Record<string, (id: string, by: Person | null) => void> = {
    "item.claimed": (id, by) => {
      if (by)
        desk.patch(id, { claimed_by: { ...by, until: new Date(Date.now() + MAX_CLAIM_MS).toISOString() } });
    },
    "item.released": (id) => desk.patch(id, { claimed_by: null }),
    "item.decided": (id, by) => {
      if (by?.id === me && handled(id)) return;
      const { [id]: _, ...others } = desk.contexts.value;
      desk.contexts.value = others;
      if (has(id)) desk.overtake(id, by);
      if (desk.fresh.value.has(id))
        desk.fresh.value = new Set([...desk.fresh.value].filter((one) => one !== id));
    },
    "item.added": (id) => {
      if (!has(id) && !handled(id)) desk.fresh.value = new Set([...desk.fresh.value, id]);
      if (id in desk.overtaken.value) {
        void desk.fetchContext(id, { anew: true }).then((context) => {
          if (!context?.item) return;
          const { [id]: _, ...others } = desk.overtaken.value;
          desk.overtaken.value = others;
          desk.put(context.item);
        });
      }
      desk.refill();
    },
  };
  return listen({
    url: `/api/v1/staff${sitePath(desk.options.site, "/events")}`,
    credentials: "same-origin",
    onEvent: ({ event, data }) => {
      const told = (data ? JSON.parse(data) : {}) as Told;
      if (event === "counts") desk.counts.value = JSON.parse(data) as Counts;
      else if (event === "resync") void desk.load();
      else if (event === "ticket.changed") tickets();
      else if (told.id) on[event]?.(told.id, told.by);
    },
    onState: (connected) => {
      // What happened while nobody listened is not told again.
      if (connected && !desk.connected.value) void desk.load();
      desk.connected.value = connected;
    },
  });
}
