import { signal } from "@preact/signals";
import { call, sitePath } from "./api.ts";
import { Latest } from "./latest.ts";
import { go, type Place } from "./router.ts";
import type { SavedFilter } from "./types.ts";

/** What the moderator saved on this site, by name. */
export const filters = signal<SavedFilter[]>([]);

const reading = new Latest();

const path = (site: string): string => sitePath(site, "/filters");

/** Throws ApiError, as the others here. */
export async function readFilters(site: string): Promise<void> {
  const isLast = reading.begin();
  const read = await call<{ filters: SavedFilter[] }>("GET", path(site));
  if (isLast()) filters.value = read.filters;
}

/** Saves a view of the queue or a search, in place of what had the name before. */
export async function saveFilter(site: string, filter: Omit<SavedFilter, "id">): Promise<void> {
  await call("PUT", path(site), { body: filter });
  await readFilters(site);
}

export async function forgetFilter(site: string, id: string): Promise<void> {
  await call("DELETE", `${path(site)}/${id}`);
  await readFilters(site);
}

export function applyFilter(site: string, { place, query }: SavedFilter): void {
  const to: Place =
    place === "queue" ? { view: "queue", site, query } : { view: "search", site, query, id: null };
  go(to);
}
