import { signal } from "@preact/signals";
import { behind, type Query } from "./selection.ts";

/** What is beside the inbox. */
export const HELP_VIEWS = ["incidents", "faults", "answers"] as const;

/** Where in the console one is; the address says the same. */
export type Place =
  | { view: "queue"; site: string; query?: Query }
  | { view: "bands"; site: string; query: Query }
  | { view: "search"; site: string; query: Query; id: string | null }
  | { view: "record"; site: string; query: Query }
  | { view: "policy"; site: string }
  | { view: "insight"; site: string }
  | { view: "quality"; site: string }
  | { view: "appeals"; site: string; query: Query; id: string | null }
  | { view: "comment"; site: string; id: string }
  | { view: "reader"; site: string; id: string }
  | { view: "staff"; site: string }
  | { view: "account"; site: string }
  | { view: "incidents"; site: string }
  | { view: "faults"; site: string }
  | { view: "answers"; site: string }
  | { view: "tickets"; site: string; reference: string | null; query?: Query };

function parse({ pathname, search }: Location): Place | null {
  const [site, view, rest] = pathname
    .replace(/^\/console\/?/, "")
    .split("/")
    .map((part) => decodeURIComponent(part));
  // Behind a dash are pages of no site: links that work once.
  if (!site || site === "-") return null;
  if (view === "readers" && rest) return { view: "reader", site, id: rest };
  if (view === "staff" || view === "account") return { view, site };
  if (view === "comments" && rest) return { view: "comment", site, id: rest };
  const query = Object.fromEntries([...new URLSearchParams(search)].filter(([, value]) => value));
  if (view === "appeals") return { view, site, id: rest || null, query };
  if (view === "tickets") return { view, site, reference: rest || null, query };
  const help = HELP_VIEWS.find((one) => one === view);
  if (help) return { view: help, site };
  if (view === "search") return { view, site, query, id: rest || null };
  if (view === "record" || view === "bands") return { view, site, query };
  if (view === "policy") return { view, site };
  if (view === "insight" || view === "quality") return { view, site };
  return { view: "queue", site, query };
}

export function pathOf(place: Place): string {
  const base = `/console/${encodeURIComponent(place.site)}`;
  switch (place.view) {
    case "queue":
      return `${base}/queue${behind(place.query ?? {})}`;
    case "search":
      return `${base}/search${place.id ? `/${encodeURIComponent(place.id)}` : ""}${behind(place.query)}`;
    case "policy":
    case "insight":
    case "staff":
    case "account":
    case "quality":
    case "incidents":
    case "faults":
    case "answers":
      return `${base}/${place.view}`;
    case "record":
    case "bands":
      return `${base}/${place.view}${behind(place.query)}`;
    case "reader":
      return `${base}/readers/${encodeURIComponent(place.id)}`;
    case "comment":
      return `${base}/comments/${encodeURIComponent(place.id)}`;
    case "appeals":
      return `${base}/appeals${place.id ? `/${encodeURIComponent(place.id)}` : ""}${behind(place.query)}`;
    case "tickets":
      return `${base}/tickets${place.reference ? `/${encodeURIComponent(place.reference)}` : ""}${behind(place.query ?? {})}`;
  }
}

/** Null until a site is known. */
export const place = signal<Place | null>(parse(location));

export function go(to: Place, { replace = false } = {}): void {
  const path = pathOf(to);
  if (path !== location.pathname + location.search)
    history[replace ? "replaceState" : "pushState"](null, "", path);
  place.value = to;
}

addEventListener("popstate", () => {
  place.value = parse(location);
});
