import { signal } from "@preact/signals";

/** Where in the console one is; the address says the same. */
export type Place =
  | { view: "queue"; site: string }
  | { view: "comment"; site: string; id: string }
  | { view: "tickets"; site: string; reference: string | null };

function parse(path: string): Place | null {
  const [site, view, rest] = path
    .replace(/^\/console\/?/, "")
    .split("/")
    .map((part) => decodeURIComponent(part));
  if (!site) return null;
  if (view === "tickets") return { view, site, reference: rest || null };
  if (view === "comments" && rest) return { view: "comment", site, id: rest };
  return { view: "queue", site };
}

export function pathOf(place: Place): string {
  const base = `/console/${encodeURIComponent(place.site)}`;
  switch (place.view) {
    case "queue":
      return `${base}/queue`;
    case "comment":
      return `${base}/comments/${encodeURIComponent(place.id)}`;
    case "tickets":
      return `${base}/tickets${place.reference ? `/${encodeURIComponent(place.reference)}` : ""}`;
  }
}

/** Null until a site is known. */
export const place = signal<Place | null>(parse(location.pathname));

export function go(to: Place, { replace = false } = {}): void {
  const path = pathOf(to);
  if (path !== location.pathname) history[replace ? "replaceState" : "pushState"](null, "", path);
  place.value = to;
}

addEventListener("popstate", () => {
  place.value = parse(location.pathname);
});
