import { computed } from "@preact/signals";
import { randomKey } from "../shared/keys.ts";
import { call, sitePath } from "./api.ts";
import type { Desk } from "./desk.ts";
import { notify, say } from "./notices.ts";
import { inWords, lapsed, site } from "./session.ts";
import type { Handover, Item } from "./types.ts";

/** What was escalated is for leads and administrators. */
export const mayLead = computed(() => ["lead", "admin"].includes(site.value?.role ?? ""));

export type Move = "escalation" | "hand-back" | "confirmation" | "disagreement";

const DID: Record<Move, string> = {
  escalation: "Escalated",
  "hand-back": "Handed back",
  confirmation: "Confirmed",
  disagreement: "Left to a lead",
};

/** Hands an item over, at once on the screen; it comes back if the service refuses. */
export async function handOver(desk: Desk, item: Item, move: Move, body: object): Promise<void> {
  const index = desk.remove(item.id);
  const put = (): void => {
    desk.list.put({ ...item, claimed_by: null }, Math.max(index, 0));
    desk.open(item.id);
  };
  say(DID[move]);
  try {
    const path = sitePath(desk.options.site, `/comments/${item.id}/${move}`);
    const made = await call<Handover | { decision: { id: string } }>("POST", path, {
      body,
      key: randomKey(),
    });
    const undo = "decision" in made ? `/decisions/${made.decision.id}/undo` : `/handovers/${made.id}/undo`;
    say(DID[move], () => void takeBack(desk, item.id, undo));
  } catch (error) {
    if (lapsed(error)) return;
    put();
    notify(`Not ${DID[move].toLowerCase()}. ${inWords(error)}`);
    void desk.refresh(item.id);
  }
}

/** Takes a handover back; what has been done since stands. */
export async function takeBack(desk: Desk, id: string, path: string): Promise<void> {
  try {
    await call("POST", sitePath(desk.options.site, path), { key: randomKey() });
    say("Taken back");
    await desk.restored(id);
    if (desk.list.find(id)) desk.open(id);
  } catch (error) {
    if (!lapsed(error)) notify(`Not taken back. ${inWords(error)}`);
  }
}
