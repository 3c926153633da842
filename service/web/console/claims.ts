import { ApiError } from "../shared/api.ts";
import { call, sitePath } from "./api.ts";
import type { Query } from "./selection.ts";
import { lapsed } from "./session.ts";
import type { Item } from "./types.ts";

/** The lease is five minutes: two renewals may fail before it runs out. */
const RENEW_MS = 90_000;
/** After this long without a touch nobody is thought to sit there, and the claim is let go. */
const IDLE_MS = 10 * 60_000;

export interface Handlers<T> {
  /** The item as the service has it now. */
  claimed: (item: T) => void;
  /** Somebody else has it, or it is decided. */
  lost: (id: string) => void;
}

/** Which items are claimed for this screen: the one on it and the one after. All requests go one after the other. */
export class Claims<T extends { id: string } = Item> {
  private readonly site: string;
  private readonly handlers: Handlers<T>;
  private readonly place: string;
  private wanted: string[] = [];
  private readonly held = new Set<string>();
  private work: Promise<void> = Promise.resolve();
  private touched = Date.now();
  private readonly timer: ReturnType<typeof setInterval>;

  /** `place` is where the service takes claims of what is claimed. */
  constructor(site: string, handlers: Handlers<T>, place = "/queue/claims") {
    this.site = site;
    this.place = place;
    this.handlers = handlers;
    this.timer = setInterval(() => this.renew(), RENEW_MS);
    addEventListener("pagehide", this.leave);
    document.addEventListener("visibilitychange", this.seen);
    for (const event of ["keydown", "pointerdown"]) addEventListener(event, this.touch, { passive: true });
  }

  close(): void {
    clearInterval(this.timer);
    removeEventListener("pagehide", this.leave);
    document.removeEventListener("visibilitychange", this.seen);
    for (const event of ["keydown", "pointerdown"]) removeEventListener(event, this.touch);
    void this.want([]);
  }

  /** Claims these and gives all others back; resolves when that has been tried. */
  want(ids: string[]): Promise<void> {
    this.wanted = ids;
    return this.queue(() => this.settle());
  }

  /** Makes sure that what is thought to be held still is, after the service could not be heard. */
  check(): void {
    this.queue(() => this.extend());
  }

  /** Claims the first item of a selection that nobody has; null if there is none. */
  async next(selection: Query): Promise<T | null> {
    // What is just being given back may be what is free.
    await this.work;
    const { items } = await call<{ items: T[] }>("POST", this.path, { body: { limit: 1, ...selection } });
    const item = items[0] ?? null;
    if (item) this.held.add(item.id);
    return item;
  }

  /** A decision ends a claim without a word. */
  decided(id: string): void {
    this.held.delete(id);
    this.wanted = this.wanted.filter((one) => one !== id);
  }

  private get path(): string {
    return sitePath(this.site, this.place);
  }

  private queue(step: () => Promise<void>): Promise<void> {
    this.work = this.work.then(step).catch((error: unknown) => {
      if (!(error instanceof ApiError)) throw error;
      lapsed(error);
    });
    return this.work;
  }

  private async settle(): Promise<void> {
    const spare = [...this.held].filter((id) => !this.wanted.includes(id));
    const missing = this.wanted.filter((id) => !this.held.has(id));
    for (const id of spare) this.held.delete(id);
    if (missing.length) await this.claim(missing);
    if (spare.length) await call("DELETE", this.path, { body: { ids: spare } });
  }

  private async claim(ids: string[]): Promise<void> {
    const { items } = await call<{ items: T[] }>("POST", this.path, { body: { ids } });
    for (const item of items) {
      this.held.add(item.id);
      this.handlers.claimed(item);
    }
    for (const id of ids) {
      if (!this.held.has(id) && this.wanted.includes(id)) this.handlers.lost(id);
    }
  }

  private renew(): void {
    if (document.visibilityState !== "visible") return;
    if (Date.now() - this.touched > IDLE_MS) {
      if (this.held.size) this.queue(() => this.giveBack());
      return;
    }
    this.queue(() => this.extend());
  }

  private async extend(): Promise<void> {
    const ids = [...this.held];
    if (ids.length) {
      const { ids: kept } = await call<{ ids: string[] }>("PUT", this.path, { body: { ids } });
      for (const id of ids) if (!kept.includes(id)) this.held.delete(id);
    }
    await this.settle();
  }

  private async giveBack(): Promise<void> {
    const ids = [...this.held];
    this.held.clear();
    await call("DELETE", this.path, { body: { ids } });
  }

  private readonly leave = (): void => {
    const ids = [...this.held];
    this.held.clear();
    if (ids.length) call("DELETE", this.path, { body: { ids }, keepalive: true }).catch(() => {});
  };

  private readonly seen = (): void => {
    if (document.visibilityState !== "visible") return;
    this.touched = Date.now();
    if (this.wanted.some((id) => !this.held.has(id))) this.queue(() => this.settle());
    else this.renew();
  };

  private readonly touch = (): void => {
    const idle = Date.now() - this.touched > IDLE_MS;
    this.touched = Date.now();
    if (idle) this.queue(() => this.settle());
  };
}
