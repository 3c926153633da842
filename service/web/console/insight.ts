import type { ArticleRef, Counts } from "./types.ts";

export interface Hour {
  at: string;
  inbound: number;
  held: number;
  rejected: number;
  decided: number;
  median_s: number | null;
  p95_s: number | null;
}

export interface Insight {
  counts: Counts;
  inbound: number;
  automatic: number | null;
  decided: number;
  median_s: number | null;
  p95_s: number | null;
  hours: Hour[];
  articles: (ArticleRef & { inbound: number; held: number; decided: number })[];
}

/** So many columns can be told apart on a telephone. */
const COLUMNS = 31;

/** Puts neighbouring hours together, so that there are at most COLUMNS; of times the longest counts. */
export function columns(hours: Hour[]): Hour[] {
  const size = Math.ceil(hours.length / COLUMNS);
  const found: Hour[] = [];
  for (let at = 0; at < hours.length; at += size) {
    const some = hours.slice(at, at + size);
    const sum = (of: "inbound" | "held" | "rejected" | "decided"): number =>
      some.reduce((all, hour) => all + hour[of], 0);
    found.push({
      at: some[0]?.at ?? "",
      inbound: sum("inbound"),
      held: sum("held"),
      rejected: sum("rejected"),
      decided: sum("decided"),
      median_s: longest(some.map((hour) => hour.median_s)),
      p95_s: longest(some.map((hour) => hour.p95_s)),
    });
  }
  return found;
}

function longest(times: (number | null)[]): number | null {
  const known = times.filter((time) => time !== null);
  return known.length ? Math.max(...known) : null;
}

/** Seconds in words of two or three characters and a unit: "40 s", "12 min", "3.5 h", "2 d". */
export function duration(seconds: number | null): string {
  if (seconds === null) return "–";
  if (seconds < 90) return `${Math.round(seconds)} s`;
  if (seconds < 5400) return `${Math.round(seconds / 60)} min`;
  return seconds < 129_600 ? `${(seconds / 3600).toFixed(1)} h` : `${Math.round(seconds / 86_400)} d`;
}
