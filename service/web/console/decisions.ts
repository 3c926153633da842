import { signal } from "@preact/signals";
import type { ApiError } from "../shared/api.ts";
import { serverNow } from "./api.ts";
import type { Desk } from "./desk.ts";
import { notify, say } from "./notices.ts";
import { type Decide, newOp, type Op, Outbox } from "./outbox.ts";
import { go } from "./router.ts";
import { inWords } from "./session.ts";
import type { Action, Decided, Item, Status } from "./types.ts";
import { excerpt, STATUS } from "./words.ts";

export interface Choice {
  action: Action;
  reason?: string;
  /** The reason's title. */
  title?: string;
  note?: string;
}

/** A decision of this sitting, as it can be taken back. */
export interface Made {
  key: string;
  item: Item;
  index: number;
  choice: Choice;
  at: number;
  state: "made" | "undone" | "refused";
  /** The service's id of it, once it has answered. */
  decision: string | null;
}

export const DID: Record<Action, string> = { publish: "Approved", reject: "Rejected", hold: "Held" };
const AGAIN: Record<Action, string> = {
  publish: "Approve it anyway",
  reject: "Reject it anyway",
  hold: "Hold it anyway",
};
const TO: Record<Action, Status> = { publish: "published", reject: "rejected", hold: "held" };
const REMEMBERED = 100;

/** Decides at once on the screen, then at the service; what the service refuses is put back and told. */
export class Decisions {
  readonly outbox: Outbox;
  readonly history = signal<Made[]>([]);
  private readonly desk: () => Desk | null;

  constructor(staffId: string, desk: () => Desk | null) {
    this.desk = desk;
    this.outbox = new Outbox(staffId, { done: this.done, refused: this.refused });
  }

  /** Comments whose decision is on its way. */
  leaving(): Set<string> {
    const last = new Map(this.outbox.waiting.value.map((op) => [op.comment, op.kind]));
    return new Set([...last].flatMap(([id, kind]) => (kind === "decide" ? [id] : [])));
  }

  handled(id: string): boolean {
    return this.history.value.some((made) => made.item.id === id && made.state !== "refused");
  }

  decide(desk: Desk, item: Item, choice: Choice): void {
    const { revision, status } = item.comment;
    const op: Decide = {
      ...newOp(desk.options.site, item.id),
      kind: "decide",
      revision,
      status,
      ...wire(choice),
    };
    const index = desk.remove(item.id);
    const made: Made = { key: op.key, item, index, choice, at: op.at, state: "made", decision: null };
    this.history.value = [made, ...this.history.value].slice(0, REMEMBERED);
    this.outbox.add(op);
    const title = choice.title ? `: ${choice.title.toLowerCase()}` : "";
    say(`${DID[choice.action]}${title}`, () => this.undo(made.key));
  }

  /** Takes back the decision with this key, or the last one; says so if there is none. */
  undo(key?: string): void {
    const made = this.history.value.find((one) => one.state === "made" && (!key || one.key === key));
    const desk = this.desk();
    if (!made || !desk) return say("Nothing to undo");
    this.mark(made.key, { state: "undone" });
    if (!this.outbox.cancel(made.key)) {
      const base = newOp(desk.options.site, made.item.id);
      this.outbox.add({ ...base, kind: "undo", of: made.key, decision: made.decision });
    }
    if (made.index >= 0) {
      desk.put({ ...made.item, claimed_by: null }, made.index);
      desk.open(made.item.id);
    }
    say(`Undone: ${DID[made.choice.action].toLowerCase()}`);
  }

  private mark(key: string, change: Partial<Made>): void {
    this.history.value = this.history.value.map((made) => (made.key === key ? { ...made, ...change } : made));
  }

  private readonly done = (op: Op, { decision, comment }: Decided): void => {
    if (op.kind === "decide") this.mark(op.key, { decision: decision.id });
    else {
      const desk = this.desk();
      const item = desk?.items.value.find(({ id }) => id === op.comment);
      if (desk && item) desk.patch(item.id, { comment });
    }
    this.forgetContext(op.comment);
  };

  private forgetContext(id: string): void {
    const desk = this.desk();
    if (!desk || !(id in desk.contexts.value)) return;
    if (desk.currentId.value === id) void desk.fetchContext(id, { anew: true });
    else {
      const { [id]: _, ...others } = desk.contexts.value;
      desk.contexts.value = others;
    }
  }

  private readonly refused = (op: Op, error: ApiError): void => {
    const made = this.history.value.find((one) => one.key === (op.kind === "undo" ? op.of : op.key));
    const words = made ? ` “${excerpt(made.item.comment.body, 60)}”` : "";
    const open = { label: "Open it", run: () => go({ view: "comment", site: op.site, id: op.comment }) };
    const desk = this.desk();
    if (op.kind === "undo") {
      desk?.remove(op.comment);
      return notify(`Could not be undone. ${because(error)}${words}`, [
        { label: "Leave it", run: () => {} },
        open,
      ]);
    }
    this.mark(op.key, { state: "refused" });
    if (error.code === "stale") return this.tellStale(op, error, words, open);
    if (desk && made && made.index >= 0) desk.put(made.item, made.index);
    if (error.code === "claim_lost")
      void desk?.fetchContext(op.comment, { anew: true }).then((c) => c?.item && desk.put(c.item));
    notify(`Not ${DID[op.action].toLowerCase()}. ${because(error)}${words}`, [
      { label: "Leave it", run: () => {} },
      open,
    ]);
  };

  private tellStale(
    op: Decide,
    error: ApiError,
    words: string,
    open: { label: string; run: () => void },
  ): void {
    const { comment_status: status, decided_by: by } = error.problem;
    const revision = (error.problem as { comment_revision?: number }).comment_revision ?? op.revision;
    const leave = { label: "Leave it", run: () => {} };
    if (revision !== op.revision) {
      return notify(`The author changed the text before you decided.${words}`, [leave, open]);
    }
    if (status === TO[op.action]) return say(`${by ?? "Somebody"} had decided the same`);
    const again = { ...op, ...newOp(op.site, op.comment), status: (status ?? op.status) as Status };
    notify(`${because(error)} Yours was not made.${words}`, [
      leave,
      open,
      { label: AGAIN[op.action], run: () => this.outbox.add(again) },
    ]);
  }
}

function wire({ action, reason, note }: Choice): Choice {
  return { action, ...(reason ? { reason } : {}), ...(note ? { note } : {}) };
}

/** Who was first and when, or whatever else the service said. */
function because(error: ApiError): string {
  const { decided_by: by, decided_at: at, comment_status: status } = error.problem;
  if (error.code !== "stale" || !by) return inWords(error);
  const seconds = at ? Math.max(0, Math.round((serverNow() - Date.parse(at)) / 1000)) : null;
  const ago =
    seconds === null ? "" : seconds < 90 ? ` ${seconds} s ago` : ` ${Math.round(seconds / 60)} min ago`;
  const who = by === "machine" ? "The classifier" : by === "author" ? "The author" : by;
  return `${who} decided this${ago}: ${STATUS[(status ?? "held") as Status] ?? status}.`;
}
