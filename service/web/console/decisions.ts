import { signal } from "@preact/signals";
import type { ApiError } from "../shared/api.ts";
import type { Problem } from "../shared/types.ts";
import { serverNow } from "./api.ts";
import { dissenting } from "./appeals.ts";
import type { Desk } from "./desk.ts";
import { type Notice, notify, say } from "./notices.ts";
import { type Decide, newOp, type Op, Outbox, wayBack } from "./outbox.ts";
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
  /** Where it is taken back, once the service has answered. */
  back: string | null;
}

export const DID: Record<Action, string> = { publish: "Approved", reject: "Rejected", hold: "Held" };
const AGAIN: Record<Action, string> = {
  publish: "Approve it anyway",
  reject: "Reject it anyway",
  hold: "Hold it anyway",
};
const TO: Record<Action, Status> = { publish: "published", reject: "rejected", hold: "held" };
const GONE: Status[] = ["deleted", "erased"];
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

  /** Whether anything about this comment is on its way. */
  busy(id: string): boolean {
    return this.outbox.waiting.value.some((op) => op.comment === id);
  }

  /** Whether it was decided here. */
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
    this.make(op, { item, index, choice });
  }

  private make(op: Decide, what: Pick<Made, "item" | "index" | "choice">): void {
    const made: Made = { ...what, key: op.key, at: op.at, state: "made", back: null };
    this.history.value = [made, ...this.history.value].slice(0, REMEMBERED);
    this.outbox.add(op);
    const { action, title } = what.choice;
    say(`${DID[action]}${title ? `: ${title.toLowerCase()}` : ""}`, () => this.undo(made.key));
  }

  /** Takes back the decision with this key, or the last one; says so if there is none. */
  undo(key?: string): void {
    const made = this.history.value.find((one) => one.state === "made" && (!key || one.key === key));
    const desk = this.desk();
    if (!made || !desk) {
      say("Nothing to undo");
      return;
    }
    this.mark(made.key, { state: "undone" });
    if (!this.outbox.cancel(made.key)) {
      const base = newOp(desk.options.site, made.item.id);
      this.outbox.add({ ...base, kind: "undo", of: made.key, back: made.back });
    }
    if (made.index >= 0) {
      desk.list.put({ ...made.item, claimed_by: null }, made.index);
      desk.open(made.item.id);
    }
    say(`Undone: ${DID[made.choice.action].toLowerCase()}`);
  }

  private mark(key: string, change: Partial<Made>): void {
    this.history.value = this.history.value.map((made) => (made.key === key ? { ...made, ...change } : made));
  }

  private readonly done = (op: Op, made: Decided): void => {
    if (op.kind === "decide") this.mark(op.key, { back: wayBack(made) });
    if (made.proposal) say("Proposed: a second person confirms it", () => this.undo(op.key));
    const desk = this.desk();
    if (op.kind === "undo") {
      void desk?.restored(op.comment);
      return;
    }
    desk?.contexts.renew(op.comment);
    // A list that was on its way, as when the page has just been opened, may still have it.
    if (op.action !== "hold" && !this.busy(op.comment)) desk?.remove(op.comment);
  };

  /** Puts back on the screen what was not done, and says why; nobody's decision is made over somebody else's. */
  private readonly refused = (op: Op, error: ApiError): void => {
    const made = this.history.value.find((one) => one.key === (op.kind === "undo" ? op.of : op.key));
    const quoted = made ? ` “${excerpt(made.item.comment.body, 60)}”` : "";
    const choices: Notice["choices"] = [
      { label: "Leave it", run: () => {} },
      { label: "Open it", run: () => go({ view: "comment", site: op.site, id: op.comment }) },
    ];
    const { appeal } = error.problem;
    if (appeal)
      choices.push({
        label: "Open the appeal",
        run: () => go({ view: "appeals", site: op.site, query: {}, id: appeal }),
      });
    const desk = this.desk();
    if (op.kind === "undo") {
      desk?.remove(op.comment);
      notify(`Could not be undone. ${because(error)}${quoted}`, choices);
      return;
    }
    this.mark(op.key, { state: "refused" });
    if (error.code === "stale") this.tellStale(op, error, made, quoted, choices);
    else {
      if (made && made.index >= 0) desk?.list.put(made.item, made.index);
      if (error.code === "claim_lost") void desk?.refresh(op.comment);
      notify(`Not ${DID[op.action].toLowerCase()}. ${because(error)}${quoted}`, choices);
    }
  };

  private tellStale(
    op: Decide,
    error: ApiError,
    made: Made | undefined,
    quoted: string,
    choices: Notice["choices"],
  ): void {
    const { comment_status: status, comment_revision: revision = op.revision } = error.problem;
    if (revision !== op.revision) {
      notify(`The author changed the text before you decided.${quoted}`, choices);
    } else if (status === TO[op.action]) {
      say(`${first(error.problem)} had decided the same`);
    } else {
      const again = { ...op, ...newOp(op.site, op.comment), status: status as Status };
      const anyway = { label: AGAIN[op.action], run: () => made && this.make(again, { ...made, index: -1 }) };
      const appeal = {
        label: "Appeal it",
        run: () => {
          dissenting.value = op.comment;
        },
      };
      const open = made && !GONE.includes(again.status);
      const more = open ? [...choices, anyway, ...(byColleague(error.problem) ? [appeal] : [])] : choices;
      notify(`${because(error)} Yours was not made.${quoted}`, more);
    }
  }
}

function wire({ action, reason, note }: Choice): Choice {
  return { action, ...(reason ? { reason } : {}), ...(note ? { note } : {}) };
}

const byColleague = ({ decided_by: by }: Problem): boolean =>
  by !== undefined && !["machine", "author", "system"].includes(by);

function first({ decided_by: by }: Problem): string {
  if (by === "machine") return "The classifier";
  return by === "author" ? "The author" : (by ?? "Somebody");
}

/** Who was first and when, or whatever else the service said. */
function because(error: ApiError): string {
  const { decided_by: by, decided_at: at, comment_status: status } = error.problem;
  if (error.code !== "stale" || !by || !at) return inWords(error);
  const seconds = Math.max(0, Math.round((serverNow() - Date.parse(at)) / 1000));
  const ago = seconds < 90 ? `${seconds} s ago` : `${Math.round(seconds / 60)} min ago`;
  return `${first(error.problem)} decided this ${ago}: ${STATUS[status as Status]}.`;
}
