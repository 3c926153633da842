/** How a label's scores are spread over what waits: so many in each of BINS bins. */
export interface Spread {
  bins: number[];
  labels: string[];
  unscored: number;
}

export const BINS = 20;

/** The bins from `from` up to, not with, `to`. */
export interface Range {
  from: number;
  to: number;
}

export const bounds = ({ from, to }: Range): { low: number; high: number } => ({
  low: from / BINS,
  high: to / BINS,
});

export const within = (bins: number[], { from, to }: Range): number =>
  bins.slice(from, to).reduce((sum, n) => sum + n, 0);

/** A range with one end moved: the other gives way, so that there is always a bin in it. */
export function moved({ from, to }: Range, end: "from" | "to", at: number): Range {
  if (end === "from") return { from: Math.min(at, BINS - 1), to: Math.max(to, Math.min(at, BINS - 1) + 1) };
  return { from: Math.min(from, Math.max(at, 1) - 1), to: Math.max(at, 1) };
}
