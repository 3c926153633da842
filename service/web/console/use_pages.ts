import { useSignal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import type { Desk } from "./desk.ts";
import { behind, type Query } from "./selection.ts";
import { inWords, lapsed } from "./session.ts";
import type { Page } from "./types.ts";

/** A list of the desk's site, read page by page; another query, or another version of the same, starts it anew, and what was
 * asked for before is dropped. */
export function usePages<T>(desk: Desk, path: string, query: Query, version = 0) {
  const items = useSignal<T[] | null>(null);
  const next = useSignal<string | null>(null);
  const failed = useSignal<string | null>(null);
  const latest = useRef("");
  const asked = behind(query);
  const read = async (cursor: string | null): Promise<void> => {
    latest.current = asked;
    try {
      const page = await desk.get<Page<T>>(`${path}${behind({ ...query, ...(cursor ? { cursor } : {}) })}`);
      if (latest.current !== asked) return;
      items.value = cursor ? [...(items.value ?? []), ...page.items] : page.items;
      next.value = page.next;
      failed.value = null;
    } catch (error) {
      if (!lapsed(error) && latest.current === asked) failed.value = inWords(error);
    }
  };
  useEffect(() => void read(null), [desk, asked, version]);
  return { items: items.value, next: next.value, failed: failed.value, more: () => void read(next.value) };
}
