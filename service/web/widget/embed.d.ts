/**
 * What embed.js and count.js give to the page: `parley`, the element, and its events. Copy this file into a TypeScript project, or
 * refer to it: `/// <reference path="embed.d.ts" />`.
 */

/** What may be said of a thread; the script tag's own attributes stand in for what is not. */
interface ParleyOptions {
  site?: string;
  article?: string;
  /** The article's page, where the thread stands on another one. */
  url?: string;
  title?: string;
  lang?: string;
  theme?: "auto" | "light" | "dark";
  /** The address of a stylesheet of the page's own, for the inside of the thread. */
  css?: string;
  contrast?: "high";
  text?: "large";
}

interface Parley {
  /** Shows a thread in `target`, in place of what is there; the same element as long as the options are the same. */
  create(target: Element, options?: ParleyOptions): HTMLElement;
  /** Takes a thread off the page; harmless where it is gone. */
  destroy(element: Element): void;
  /** Of count.js: fills in the counts of all elements with `data-parley-count`. */
  count(): Promise<void>;
}

type ParleyStatus = "pending" | "published" | "held" | "rejected" | "deleted" | "removed";

interface ParleyEvents {
  "parley:ready": CustomEvent<{ article: { key: string; comment_count: number; state: string } }>;
  "parley:count": CustomEvent<{ count: number }>;
  "parley:posted": CustomEvent<{ id: string; status: ParleyStatus; parent_id: string | null }>;
  "parley:status": CustomEvent<{ id: string; status: ParleyStatus }>;
  "parley:edited": CustomEvent<{ id: string }>;
  "parley:deleted": CustomEvent<{ id: string }>;
  "parley:nudged": CustomEvent<{ id: string; answer: "rephrased" | "sent" }>;
  "parley:voted": CustomEvent<{ id: string; value: 1 | -1 | null }>;
  "parley:muted": CustomEvent<{ id: string; muted: boolean }>;
  "parley:shared": CustomEvent<{ id: string }>;
  /** The page is asked who its reader is: it may answer at once, with a signed token or a promise of one. */
  "parley:token": CustomEvent<{ answer: (token: string | Promise<string>) => void }>;
  "parley:error": CustomEvent<{ code: string }>;
}

interface Window {
  parley: Parley;
}
interface HTMLElementEventMap extends ParleyEvents {}
interface DocumentEventMap extends ParleyEvents {}
