import { signal } from "@preact/signals";
import type { Desk } from "./desk.ts";
import type { Item } from "./types.ts";

/** What is marked in the queue, to be decided on as one: by its comment's id, as it was when it was marked. */
export const picks = signal<ReadonlyMap<string, Item>>(new Map());
/** Where a range begins. */
let anchor: string | null = null;

export function clearPicks(): void {
  anchor = null;
  picks.value = new Map();
}

export function togglePick(item: Item): void {
  const next = new Map(picks.value);
  if (!next.delete(item.id)) next.set(item.id, item);
  anchor = item.id;
  picks.value = next;
}

/** Marks everything in the list from what was marked last to this. */
export function pickTo(desk: Desk, item: Item): void {
  const all = desk.list.items.value;
  const [from, to] = [desk.list.at(anchor), desk.list.at(item.id)];
  const range = from < 0 ? [item] : all.slice(Math.min(from, to), Math.max(from, to) + 1);
  picks.value = new Map([...picks.value, ...range.map((one): [string, Item] => [one.id, one])]);
  anchor = item.id;
}
