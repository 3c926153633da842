import { signal } from "@preact/signals";
import { randomKey } from "../shared/keys.ts";
import { call, sitePath } from "./api.ts";
import type { Desk } from "./desk.ts";
import { notify, say } from "./notices.ts";
import type { Batch } from "./people_types.ts";
import { inWords, lapsed } from "./session.ts";

/** The act on many comments that is under way on this screen. */
export const running = signal<Batch | null>(null);

export interface Wanted {
  action: "publish" | "reject";
  reason?: string;
  note?: string;
}

/** What is decided on: items as they were on the screen, or a band of a label's scores. */
export type Subject =
  | { items: { id: string; revision: number; status: string }[] }
  | { band: { label: string; low: number; high: number; view?: string; article?: string } };

/** What became of an act, in words. */
export function outcome({ action, state, decided, skipped, overtaken, claimed, taken_back }: Batch): string {
  if (state === "undone") return `${taken_back} of ${decided} taken back`;
  const others = skipped - overtaken - claimed;
  const left = [
    overtaken && `${overtaken} decided by somebody else`,
    claimed && `${claimed} with somebody else`,
    others && `${others} waiting for a lead, a second person or an appeal`,
  ].filter(Boolean);
  const did = `${decided} ${action === "publish" ? "approved" : "rejected"}`;
  return left.length ? `${did}. Left alone: ${left.join(", ")}` : did;
}

/** Begins an act and sees it through; tells what became of it, with the way back. Null if it stopped on the way. */
export async function decideMany(desk: Desk, wanted: Wanted, subject: Subject): Promise<Batch | null> {
  const body = { ...wanted, ...subject };
  const batch = await goOn(desk, () =>
    call<Batch>("POST", sitePath(desk.options.site, "/batches"), { body, key: randomKey() }),
  );
  if (batch) say(outcome(batch), () => void undoMany(desk, batch));
  return batch;
}

export async function undoMany(desk: Desk, { id }: Batch): Promise<Batch | null> {
  const batch = await goOn(desk, () =>
    call<Batch>("POST", sitePath(desk.options.site, `/batches/${id}/undo`)),
  );
  if (batch) say(outcome(batch));
  return batch;
}

async function goOn(desk: Desk, first: () => Promise<Batch>): Promise<Batch | null> {
  let batch: Batch | null = null;
  try {
    batch = await first();
    while (batch.state === "doing" || batch.state === "undoing") {
      running.value = batch;
      batch = await call<Batch>("POST", sitePath(desk.options.site, `/batches/${batch.id}/steps`));
    }
  } catch (error) {
    const resume = batch;
    if (!lapsed(error)) {
      const again = { label: "Go on", run: () => void (resume && goOn(desk, () => Promise.resolve(resume))) };
      notify(
        `Not all was done. ${inWords(error)}`,
        resume ? [again, { label: "Leave it", run: () => {} }] : [],
      );
    }
    batch = null;
  }
  running.value = null;
  void desk.load();
  return batch;
}
