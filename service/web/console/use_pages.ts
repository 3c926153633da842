import { useSignal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import type { Desk } from "./desk.ts";
import { useLatest } from "./latest.ts";
import { behind, type Query } from "./selection.ts";
import { inWords, lapsed } from "./session.ts";
import type { Page } from "./types.ts";

/** A list of the desk's site, read page by page; another query, or another version of the same, starts it anew, and what was
 * asked for before is dropped. */
export function usePages<T>(desk: Desk, path: string, query: Query, version = 0) {
  const items = useSignal<T[] | null>(null);
  const next = useSignal<string | null>(null);
  const failed = useSignal<string | null>(null);
  const latest = useLatest();
  const reading = useRef(false);
  const asked = behind(query);
  const read = async (cursor: string | null): Promise<void> => {
    const isLast = latest.begin();
    reading.current = true;
    try {
      const page = await desk.get<Page<T>>(`${path}${behind({ ...query, ...(cursor ? { cursor } : {}) })}`);
      if (!isLast()) return;
      items.value = cursor ? [...(items.value ?? []), ...page.items] : page.items;
      next.value = page.next;
      failed.value = null;
    } catch (error) {
      if (!lapsed(error) && isLast()) failed.value = inWords(error);
    } finally {
      if (isLast()) reading.current = false;
    }
  };
  useEffect(() => void read(null), [desk, asked, version]);
  // What is being read anew begins at the beginning; a second press asks for nothing else than the first.
  const more = (): void => void (reading.current || read(next.value));
  return { items: items.value, next: next.value, failed: failed.value, more };
}
