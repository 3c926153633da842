import { signal } from "@preact/signals";
import { compare, selectionOf } from "./selection.ts";
import type { Item } from "./types.ts";

/** What waits, in the order in which it is worked on, as far as it has been read. */
export class List {
  readonly items = signal<Item[]>([]);
  /** What left while a page of the list was on its way: the page may still have it. */
  private readonly gone = new Set<string>();
  /** Which of two items is taken first. */
  order: (a: Item, b: Item) => number = (a, b) => compare(a, b, selectionOf({}));

  find(id: string | null): Item | null {
    return this.items.value.find((item) => item.id === id) ?? null;
  }

  /** Where an item stands, from 0; -1 if it is not there. */
  at(id: string | null): number {
    return this.items.value.findIndex((item) => item.id === id);
  }

  /** All others, from the one after `id` round to the one before it. */
  after(id: string): Item[] {
    const [all, at] = [this.items.value, this.at(id)];
    return [...all.slice(at + 1), ...all.slice(0, Math.max(at, 0))];
  }

  /** To be called before a page is asked for. */
  expect(): void {
    this.gone.clear();
  }

  /** Adds a page. If it is the `whole` queue, what it lacks leaves, but for the card that is `open`. */
  merge(page: Item[], { whole, open }: { whole: boolean; open: string | null }): void {
    const here = page.filter(({ id }) => !this.gone.has(id));
    const fetched = new Map(here.map((item) => [item.id, item]));
    const kept = this.items.value
      .filter(({ id }) => !whole || fetched.has(id) || id === open)
      .map((item) => fetched.get(item.id) ?? item);
    const known = new Set(kept.map(({ id }) => id));
    const added = here.filter(({ id }) => !known.has(id));
    this.items.value = [...kept, ...added].sort(this.order);
  }

  /** Puts an item into the list, at `index` if it is not there yet, or what is new about one that is. */
  put(item: Item, index = 0): void {
    this.gone.delete(item.id);
    const all = this.items.value;
    this.items.value = this.find(item.id)
      ? all.map((one) => (one.id === item.id ? item : one))
      : [...all.slice(0, index), item, ...all.slice(index)];
  }

  patch(id: string, change: Partial<Item>): void {
    this.items.value = this.items.value.map((item) => (item.id === id ? { ...item, ...change } : item));
  }

  drop(id: string): void {
    this.gone.add(id);
    this.items.value = this.items.value.filter((item) => item.id !== id);
  }

  clear(): void {
    this.items.value = [];
  }

  /** It may come again with the next page. */
  allow(id: string): void {
    this.gone.delete(id);
  }
}
