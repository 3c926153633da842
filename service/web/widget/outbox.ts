import { ApiError, type Call } from "../shared/api.ts";
import type { TicketCategory } from "../shared/types.ts";
import { keep, recall } from "./storage.ts";

export interface Ticket {
  category: TicketCategory;
  message: string;
  email?: string;
  article: string;
  comment_id?: string;
  diagnostics: Record<string, unknown>;
}

export interface Receipt {
  reference: string;
  url: string;
}

/** A request that an earlier try, or an earlier visit, could not send. */
export type Late = Receipt & { message: string };

/** How soon what could not be sent is tried again; each further wait is longer. */
const AGAIN_MS = 4000;
const SLOWEST_MS = 120_000;

/**
 * Requests for help that one site has not confirmed yet. Each is kept in the page's storage under its Idempotency-Key until the
 * service has said that it has it (201, or 202 for a file): through errors, no network, a closed page. It is tried again after a
 * while, when the network is back, on the next visit, and by a beacon as the page goes away. Whatever arrives twice is one ticket.
 */
export class Outbox {
  private readonly prefix: string;
  private readonly url: string;
  private readonly call: Call;
  /** What this page has kept, also where its storage is blocked. */
  private readonly mine = new Set<string>();
  private readonly watchers = new Set<(late: Late) => void>();
  private timer: ReturnType<typeof setTimeout> | undefined;
  private wait = AGAIN_MS;
  private flushing: Promise<void> | null = null;

  /** `base` is the site's part of the API. */
  constructor(base: string, call: Call) {
    this.prefix = `parley:${base.split("/").pop()}:help:`;
    this.url = `${base}/tickets`;
    this.call = call;
    addEventListener("online", () => void this.flush());
    addEventListener("pagehide", () => this.beacon());
    document.addEventListener("visibilitychange", () => document.hidden && this.beacon());
    void this.flush();
  }

  /** Told of what was sent after all, until the returned function is called. */
  watch(watcher: (late: Late) => void): () => void {
    this.watchers.add(watcher);
    return () => this.watchers.delete(watcher);
  }

  /**
   * Keeps a request for help, then sends it. `key` is the same for every try of it. Rejects with ApiError where it could not be
   * sent: it is kept if that may change.
   */
  async send(ticket: Ticket, key: string): Promise<Receipt> {
    this.mine.add(key);
    keep(this.prefix + key, ticket);
    try {
      return await this.deliver(key, ticket);
    } catch (error) {
      this.later();
      throw error;
    }
  }

  /** Sends what earlier tries or visits could not. */
  flush(): Promise<void> {
    this.flushing ??= this.sendAll().finally(() => {
      this.flushing = null;
    });
    return this.flushing;
  }

  private async sendAll(): Promise<void> {
    for (const [key, ticket] of this.kept()) {
      const receipt = await this.deliver(key, ticket).catch(() => null);
      if (receipt) for (const watcher of this.watchers) watcher({ ...receipt, message: ticket.message });
    }
    this.later();
  }

  private kept(): [key: string, ticket: Ticket][] {
    return [...this.keys()].flatMap((key) => {
      const ticket = recall<Ticket>(this.prefix + key);
      return ticket ? [[key, ticket]] : [];
    });
  }

  private keys(): Set<string> {
    const keys = new Set(this.mine);
    try {
      for (const name of Object.keys(localStorage))
        if (name.startsWith(this.prefix)) keys.add(name.slice(this.prefix.length));
    } catch {
      // Blocked: there is nothing from earlier visits.
    }
    return keys;
  }

  private later(): void {
    clearTimeout(this.timer);
    if (this.keys().size === 0) {
      this.wait = AGAIN_MS;
      return;
    }
    this.timer = setTimeout(() => void this.flush(), this.wait);
    this.wait = Math.min(this.wait * 2, SLOWEST_MS);
  }

  private async deliver(key: string, ticket: Ticket): Promise<Receipt> {
    try {
      const receipt = await this.call<Receipt>("POST", "/tickets", { body: ticket, key, keepalive: true });
      this.forget(key);
      return receipt;
    } catch (error) {
      // Only what the service will never take as it is may go: the reader sees it, and can change it.
      if (error instanceof ApiError && (error.status === 422 || error.status === 413)) this.forget(key);
      throw error;
    }
  }

  private forget(key: string): void {
    this.mine.delete(key);
    keep(this.prefix + key, null);
  }

  /** The last try of a page that goes away. Nobody hears the answer, so what was sent stays until the next visit confirms it. */
  private beacon(): void {
    for (const [key, ticket] of this.kept())
      navigator.sendBeacon(this.url, JSON.stringify({ ...ticket, key }));
  }
}

const outboxes = new Map<string, Outbox>();

/** The one outbox of a site on this page. */
export function outboxFor(base: string, call: Call): Outbox {
  const outbox = outboxes.get(base) ?? new Outbox(base, call);
  outboxes.set(base, outbox);
  return outbox;
}
