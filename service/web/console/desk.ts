import { computed, signal } from "@preact/signals";
import { call, sitePath } from "./api.ts";
import { Claims } from "./claims.ts";
import { ageingNow } from "./clock.ts";
import { Contexts } from "./contexts.ts";
import { mayLead } from "./handovers.ts";
import { List } from "./list.ts";
import { Pages } from "./pages.ts";
import { compare, fits, type Selection } from "./selection.ts";
import { lapsed } from "./session.ts";
import type { Context, Counts, HouseRule, Item, Person, QueuePage } from "./types.ts";

/** With fewer than this many below the card, more are fetched. */
const LOW = 10;

export interface Options {
  site: string;
  me: string;
  mayDecide: boolean;
  /** Comments whose decision is on its way: the service's list may still have them. */
  leaving: () => Set<string>;
  /** Whether a decision on this comment, or the undoing of one, is on its way. */
  busy: (id: string) => boolean;
}

/** One site's queue as one moderator sees it. The list keeps its order while they work; what is new comes when it is asked for. */
export class Desk {
  readonly options: Options;
  readonly list = new List();
  readonly currentId = signal<string | null>(null);
  readonly current = computed(() => this.list.find(this.currentId.value));
  readonly counts = signal<Counts | null>(null);
  readonly rules = signal<HouseRule[]>([]);
  readonly pages: Pages;
  /** How many have come since the list was read. */
  readonly fresh = signal<Set<string>>(new Set());
  /** Decided by somebody else while it was on this screen. */
  readonly overtaken = signal<Record<string, Person | null>>({});
  readonly skipped = signal<Set<string>>(new Set());
  readonly contexts: Contexts;
  readonly connected = signal(false);
  private readonly claims: Claims | null;
  /** The card was opened by the console, so it may also be changed by it. */
  private unasked = false;
  /** What was claimed for this screen at some time. */
  private readonly ours = new Set<string>();
  private beginning = false;

  constructor(options: Options) {
    this.options = options;
    this.contexts = new Contexts(options.site);
    const handlers = {
      // A claim may be answered after its item has been decided on.
      claimed: (item: Item) => {
        this.ours.add(item.id);
        if (!options.leaving().has(item.id)) this.list.put(item);
      },
      lost: (id: string) => void this.lost(id),
    };
    this.pages = new Pages({
      get: (rest) => this.get<QueuePage>(rest),
      expect: () => this.list.expect(),
      take: (page, first) => this.take(page, first),
    });
    this.claims = options.mayDecide ? new Claims(options.site, handlers) : null;
  }

  close(): void {
    this.claims?.close();
  }

  /** Gives all claims back; resolves when the service knows. */
  async leave(): Promise<void> {
    await this.claims?.want([]);
  }

  /** Finds out what happened while the service could not be heard. */
  catchUp(): void {
    void this.load();
    this.claims?.check();
  }

  get<T>(rest: string): Promise<T> {
    return call<T>("GET", sitePath(this.options.site, rest));
  }

  /** Reads the list anew, or what has been added to it; what is on the screen stays there. */
  load(): Promise<void> {
    return this.pages.first();
  }

  /** Shows the queue from another side. */
  select(selection: Selection): void {
    this.open(null);
    this.list.clear();
    this.list.order = (a, b) => compare(a, b, selection);
    this.fresh.value = new Set();
    this.pages.choose(selection);
    void this.load();
  }

  private take(page: QueuePage, first: boolean): void {
    // The stream's are never older than a page that was on its way.
    if (!this.connected.value || !this.counts.value) this.counts.value = page.counts;
    const leaving = this.options.leaving();
    this.list.merge(
      page.items.filter(({ id }) => !leaving.has(id)),
      { whole: first && page.next === null, open: this.currentId.value },
    );
    if (first) this.fresh.value = new Set();
  }

  /** Opens the first card, unless one is open: one's own claim, else the most urgent that nobody has. */
  async begin(): Promise<void> {
    if (this.currentId.value || this.beginning) return;
    this.beginning = true;
    await this.openFirst();
    this.beginning = false;
  }

  private async openFirst(): Promise<void> {
    const mine = this.list.items.value.find(({ claimed_by }) => claimed_by?.id === this.options.me);
    if (mine || !this.claims)
      return this.open(mine?.id ?? this.list.items.value[0]?.id ?? null, { unasked: true });
    try {
      const item = await this.claims.next(this.pages.query);
      if (!item || this.currentId.value) return;
      this.ours.add(item.id);
      this.list.put(item);
      this.open(item.id, { unasked: true });
    } catch (error) {
      if (!lapsed(error)) this.open(this.list.items.value[0]?.id ?? null, { unasked: true });
    }
  }

  /** Puts a card on the screen and claims it and the next. */
  open(id: string | null, { unasked = false } = {}): void {
    const left = this.currentId.value;
    this.unasked = unasked;
    this.currentId.value = id;
    this.contexts.shown = id;
    if (left && left !== id && left in this.overtaken.value) this.drop(left);
    for (const one of this.claimShown()) void this.contexts.read(one);
    this.refill();
  }

  /** Claims the card on the screen and the next; returns both. What is on its way is claimed once it has arrived. */
  claimShown(): string[] {
    const id = this.currentId.value;
    const ids = [id, id && this.after(id)].filter((one): one is string => one !== null);
    void this.claims?.want(ids.filter((one) => !this.options.busy(one)));
    return ids;
  }

  /** Claims one item while it is looked at outside the list; null gives it back. */
  claimOnly(id: string | null): void {
    void this.claims?.want(id ? [id] : []);
  }

  /** The next card that is free, from the one after `id` round to the top; null if there is none. */
  after(id: string): string | null {
    const round = this.list.after(id);
    const free = (item: Item): boolean => !this.takenBy(item) && !(item.id in this.overtaken.value);
    return (
      (round.find((item) => free(item) && !this.skipped.value.has(item.id)) ?? round.find(free))?.id ?? null
    );
  }

  /** Up or down the list by one, whoever has the item. */
  step(by: 1 | -1): void {
    const at = this.list.at(this.currentId.value);
    const to = this.list.items.value[at < 0 ? 0 : at + by];
    if (to) this.open(to.id);
  }

  /** Lays the card aside for now: it stays in the queue, free for others. False if no other is free. */
  skip(id: string): boolean {
    const next = this.after(id);
    if (!next) return false;
    this.skipped.value = new Set([...this.skipped.value, id]);
    this.open(next, { unasked: true });
    return true;
  }

  /** Who else has claimed this item, as long as the claim lasts. */
  takenBy(item: Item): Person | null {
    const by = item.claimed_by;
    return by && by.id !== this.options.me && Date.parse(by.until) > ageingNow() ? by : null;
  }

  /** Takes an item out of the list and shows the next if it was on the screen; returns where it stood. */
  remove(id: string): number {
    const at = this.list.at(id);
    this.claims?.decided(id);
    const wasOpen = this.currentId.value === id;
    const next = wasOpen ? this.after(id) : null;
    this.drop(id);
    if (wasOpen) this.open(next, { unasked: true });
    return at;
  }

  private drop(id: string): void {
    this.list.drop(id);
    this.regain(id);
  }

  private regain(id: string): void {
    const { [id]: _, ...rest } = this.overtaken.value;
    this.overtaken.value = rest;
  }

  /** An item is in the queue that was not, or not any more. */
  async arrived(id: string): Promise<void> {
    this.list.allow(id);
    const fits = !this.pages.narrowed || (await this.belongs(id));
    if (fits && !this.list.find(id) && !this.options.leaving().has(id))
      this.fresh.value = new Set([...this.fresh.value, id]);
    if (id in this.overtaken.value && (await this.refresh(id))?.item) this.regain(id);
    this.refill();
  }

  /** Whether an item is of what was chosen. */
  private async belongs(id: string): Promise<boolean> {
    const item = (await this.contexts.read(id, { anew: true }))?.item;
    return item != null && fits(item, this.pages.selection.value, mayLead.value);
  }

  /** An item waits for somebody else now, or for everybody again. */
  async handedOver(id: string): Promise<void> {
    if (this.options.busy(id)) return;
    const fits = await this.belongs(id);
    const item = this.contexts.known.value[id]?.item;
    if (item && (this.currentId.value === id || (fits && this.list.find(id)))) this.list.put(item);
    else if (fits) await this.arrived(id);
    else this.drop(id);
  }

  /** What is new about an item, wherever it is shown. */
  patch(id: string, change: Partial<Item>): void {
    this.list.patch(id, change);
    this.contexts.patch(id, change);
  }

  /** Reads more of the queue where the list runs out. */
  refill(): void {
    const at = this.list.at(this.currentId.value);
    if (this.pages.busy || this.list.items.value.length - at - 1 >= LOW) return;
    if (this.pages.more) void this.pages.next();
    else if (this.fresh.value.size) void this.load();
  }

  /** Reads one item anew, to see who has it and what it now says. */
  async refresh(id: string): Promise<Context | null> {
    const context = await this.contexts.read(id, { anew: true });
    if (context?.item && !this.options.leaving().has(id)) this.list.put(context.item);
    return context;
  }

  /** A decision was undone: the item waits again, or is not in the queue, as it was not before. */
  async restored(id: string): Promise<void> {
    const context = await this.refresh(id);
    if (context && !context.item && !this.options.busy(id)) this.remove(id);
    else if (this.currentId.value === id) this.claimShown();
  }

  private async lost(id: string): Promise<void> {
    const context = await this.refresh(id);
    if (!context) return;
    if (!context.item) this.overtake(id, context.decisions[0]?.staff ?? null);
    if (this.currentId.value === id && this.unasked) {
      const next = this.after(id);
      // What was never ours was only shown because it looked free; what was read is not taken away without another.
      if (next || !this.ours.has(id)) this.open(next, { unasked: true });
    }
  }

  /** Somebody else has decided: the card leaves the list, unless it is on the screen. */
  overtake(id: string, by: Person | null): void {
    this.fresh.value = new Set([...this.fresh.value].filter((one) => one !== id));
    if (this.currentId.value === id) this.overtaken.value = { ...this.overtaken.value, [id]: by };
    else this.drop(id);
  }
}
