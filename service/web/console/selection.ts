import type { Item } from "./types.ts";

/** What stands behind the `?` of an address: names and texts, none of them empty. */
export type Query = Record<string, string>;

export const VIEWS = ["all", "held", "reported", "unscored", "new_readers", "second", "escalated"] as const;
export type View = (typeof VIEWS)[number];

/** From which side the queue is seen, and in which order. */
export interface Selection {
  view: View;
  order: "urgent" | "oldest";
  /** An article's key; null for all. */
  article: string | null;
}

export function selectionOf(query: Query): Selection {
  return {
    view: VIEWS.find((view) => view === query.view) ?? "all",
    order: query.order === "oldest" ? "oldest" : "urgent",
    article: query.article ?? null,
  };
}

/** The same as a query; what is as usual is left out. */
export function queryOf({ view, order, article }: Selection): Query {
  return {
    ...(view === "all" ? {} : { view }),
    ...(order === "urgent" ? {} : { order }),
    ...(article === null ? {} : { article }),
  };
}

/** "?a=b&c=d", or nothing. */
export function behind(query: Query): string {
  const text = new URLSearchParams(query).toString();
  return text && `?${text}`;
}

const CODES: Partial<Record<View, string[]>> = {
  reported: ["reported"],
  unscored: ["unscored"],
  new_readers: ["new_reader", "link"],
};

/** Whether an item is among what was chosen, as the service would say. */
export function fits(item: Item, { view, article }: Selection, lead: boolean): boolean {
  if (article !== null && item.comment.article.key !== article) return false;
  if (view === "escalated" || item.stage === "lead")
    return item.stage === "lead" && (view === "escalated" || (view === "all" && lead));
  if (view === "second") return item.stage === "second";
  if (view === "held") return item.comment.status === "held";
  const codes = CODES[view];
  return !codes || item.reasons.some(({ code }) => codes.includes(code));
}

/** Which of two items is taken first: what was escalated before all else, if it is there at all. */
export function compare(a: Item, b: Item, { order }: Selection): number {
  const escalated = Number(b.stage === "lead") - Number(a.stage === "lead");
  if (escalated) return escalated;
  const byAge = Date.parse(a.queued_at) - Date.parse(b.queued_at);
  return order === "oldest" ? byAge : b.urgency.rank - a.urgency.rank || byAge;
}
