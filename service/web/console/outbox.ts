import { signal } from "@preact/signals";
import { ApiError } from "../shared/api.ts";
import { randomKey } from "../shared/keys.ts";
import { backoff } from "../shared/sse.ts";
import { call, sitePath } from "./api.ts";
import { keep, keysOf, recall } from "./kept.ts";
import { inWords, lapsed } from "./session.ts";
import type { Action, Decided, Status } from "./types.ts";

interface Base {
  /** The Idempotency-Key: however often it is sent, it is done once. */
  key: string;
  site: string;
  comment: string;
  /** Milliseconds since the epoch, by this browser. */
  at: number;
  /** Sent at least once: the service may know of it even if no answer came. */
  tried: boolean;
}

export interface Decide extends Base {
  kind: "decide";
  action: Action;
  /** What was on the screen. */
  revision: number;
  status: Status;
  reason?: string;
  note?: string;
}

export interface Undo extends Base {
  kind: "undo";
  /** The key of the decision that is taken back. */
  of: string;
  /** Where it is taken back, once the service has told its id. */
  back: string | null;
}

export type Op = Decide | Undo;

export interface Handlers {
  done: (op: Op, made: Decided) => void;
  refused: (op: Op, error: ApiError) => void;
}

/** Where what was decided, or proposed, is taken back. */
export function wayBack({ decision, proposal }: Decided): string {
  return decision ? `/decisions/${decision.id}/undo` : `/handovers/${proposal?.id}/undo`;
}

export const newOp = (site: string, comment: string): Base => ({
  key: randomKey(),
  site,
  comment,
  at: Date.now(),
  tried: false,
});

/**
 * Decisions on their way to the service, in the order in which they were made. They are kept before they are sent and forgotten
 * once they are answered, so that neither a lost network nor a closed browser loses one or makes it twice.
 */
export class Outbox {
  readonly waiting = signal<Op[]>([]);
  /** Why nothing can be sent just now, in words; null while all is well. */
  readonly stuck = signal<string | null>(null);
  private readonly prefix: string;
  private readonly handlers: Handlers;
  private sending = false;
  private failures = 0;
  private timer: ReturnType<typeof setTimeout> | undefined;

  constructor(staffId: string, handlers: Handlers) {
    this.prefix = `parley:console:op:${staffId}:`;
    this.handlers = handlers;
    this.waiting.value = keysOf(this.prefix).flatMap((key) => recall<Op>(key) ?? []);
    addEventListener("online", this.flush);
  }

  close(): void {
    removeEventListener("online", this.flush);
    clearTimeout(this.timer);
  }

  add(op: Op): void {
    this.store(op);
    this.waiting.value = [...this.waiting.value, op];
    void this.flush();
  }

  /** Takes an operation back if it was never sent; false if the service may know of it. */
  cancel(key: string): boolean {
    const op = this.waiting.value.find((one) => one.key === key);
    if (!op || op.tried) return false;
    this.forget(op);
    return true;
  }

  /** Sends what waits, one after the other; comes back by itself while the service cannot be reached. */
  readonly flush = async (): Promise<void> => {
    if (this.sending) return;
    clearTimeout(this.timer);
    this.sending = true;
    try {
      for (let op = this.waiting.value[0]; op; op = this.waiting.value[0]) if (!(await this.send(op))) break;
    } finally {
      this.sending = false;
    }
  };

  /** True if the next may go. */
  private async send(first: Op): Promise<boolean> {
    const op = this.replace({ ...first, tried: true });
    try {
      const made = await this.request(op);
      this.failures = 0;
      this.stuck.value = null;
      this.settle(op, made);
      return true;
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      if (lapsed(error)) return false;
      if (error.transient) {
        this.failures += 1;
        this.stuck.value = inWords(error);
        this.timer = setTimeout(this.flush, (error.retryAfter ?? 0) * 1000 || backoff(this.failures));
        return false;
      }
      this.forget(op);
      for (const later of this.waiting.value)
        if (later.kind === "undo" && later.of === op.key) this.forget(later);
      this.handlers.refused(op, error);
      return true;
    }
  }

  private request(op: Op): Promise<Decided> {
    if (op.kind === "undo") return call("POST", sitePath(op.site, op.back ?? ""), { key: op.key });
    const { action, revision, status, reason, note } = op;
    const body = { action, revision, status, reason, note };
    return call("POST", sitePath(op.site, `/comments/${op.comment}/decisions`), { key: op.key, body });
  }

  private settle(op: Op, made: Decided): void {
    this.forget(op);
    for (const later of this.waiting.value) {
      if (later.kind === "undo" && later.of === op.key) this.replace({ ...later, back: wayBack(made) });
    }
    this.handlers.done(op, made);
  }

  private replace(op: Op): Op {
    this.store(op);
    this.waiting.value = this.waiting.value.map((one) => (one.key === op.key ? op : one));
    return op;
  }

  private place(op: Op): string {
    return `${this.prefix}${String(op.at).padStart(15, "0")}:${op.key}`;
  }

  private store(op: Op): void {
    keep(this.place(op), op);
  }

  private forget(op: Op): void {
    keep(this.place(op), null);
    this.waiting.value = this.waiting.value.filter((one) => one.key !== op.key);
  }
}
