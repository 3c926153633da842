import type { Why } from "./types.ts";

export interface Piece {
  text: string;
  /** The reasons that point at this piece; none for plain text. */
  whys: Why[];
}

/**
 * Cuts a text where reasons begin and end. Offsets count code points, as the service does; overlapping reasons share pieces.
 * Offsets outside the text (of an older revision) are ignored.
 */
export function pieces(body: string, whys: Why[]): Piece[] {
  const points = [...body];
  const spans = whys.flatMap((why) => {
    const { start, end } = why;
    return start != null && end != null && start >= 0 && start < end && end <= points.length
      ? [{ start, end, why }]
      : [];
  });
  const edges = [...new Set([0, points.length, ...spans.flatMap(({ start, end }) => [start, end])])].sort(
    (a, b) => a - b,
  );
  return edges.slice(0, -1).map((from, n) => {
    const to = edges[n + 1] ?? points.length;
    const here = spans.filter(({ start, end }) => start <= from && end >= to);
    return { text: points.slice(from, to).join(""), whys: here.map(({ why }) => why) };
  });
}
