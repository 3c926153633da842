import { signal } from "@preact/signals";
import { call, sitePath } from "./api.ts";
import { lapsed } from "./session.ts";
import type { Context, Item } from "./types.ts";

/** All the context of the comments that were looked at, as far as it has been read. */
export class Contexts {
  readonly known = signal<Record<string, Context>>({});
  /** The comment on the screen. */
  shown: string | null = null;
  private readonly site: string;
  /** What is on its way, the last asked of each comment: the answer to an earlier question may come after it. */
  private readonly asked = new Map<string, Promise<Context | null>>();

  constructor(site: string) {
    this.site = site;
  }

  /** A comment's context, read once unless it is wanted `anew`; null if it cannot be had. */
  async read(id: string, { anew = false } = {}): Promise<Context | null> {
    const known = this.known.value[id];
    if (known && !anew) return known;
    const mine = (!anew && this.asked.get(id)) || this.ask(id);
    this.asked.set(id, mine);
    const context = await mine;
    const last = this.asked.get(id);
    if (last !== mine) return last ?? this.known.value[id] ?? null;
    this.asked.delete(id);
    if (context) this.known.value = { ...this.known.value, [id]: context };
    return context;
  }

  private async ask(id: string): Promise<Context | null> {
    try {
      return await call<Context>("GET", sitePath(this.site, `/comments/${encodeURIComponent(id)}`));
    } catch (error) {
      lapsed(error);
      return null;
    }
  }

  /** Something has become of this comment: reads it anew if it is on the screen, else when it is wanted. */
  renew(id: string): void {
    if (id === this.shown) void this.read(id, { anew: true });
    else {
      const { [id]: _, ...others } = this.known.value;
      this.known.value = others;
      this.asked.delete(id);
    }
  }

  /** Something has become of an author, whose comments are many: all is read anew when it is wanted. */
  forget(): void {
    this.known.value = {};
    this.asked.clear();
  }

  /** What is new about a comment's place in the queue. */
  patch(id: string, change: Partial<Item>): void {
    const known = this.known.value[id];
    if (known?.item)
      this.known.value = { ...this.known.value, [id]: { ...known, item: { ...known.item, ...change } } };
  }
}
