import type { Why, Word } from "./types.ts";

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

/** The words that raised a score, as reasons that point at the text. */
export const raised = (words: Word[]): Why[] =>
  words.map(({ label, start, end }) => ({ code: "raised", text: "Raised the score for", label, start, end }));

const WORD = /[\p{L}\p{N}]/u;

/** What stands between two letters or digits is part of a longer word. */
function isWhole(text: string, from: number, to: number): boolean {
  return !WORD.test(text[from - 1] ?? "") && !WORD.test(text[to] ?? "");
}

/** Where these words stand in a text, in UTF-16 units, in order and without overlaps. */
export function places(text: string, words: string[]): [number, number][] {
  const found: [number, number][] = [];
  for (const word of words) {
    for (let at = text.indexOf(word); at >= 0; at = text.indexOf(word, at + word.length)) {
      if (isWhole(text, at, at + word.length)) found.push([at, at + word.length]);
    }
  }
  found.sort(([a, b], [c, d]) => a - c || d - b);
  return found.filter(([from], n) => found.slice(0, n).every(([, to]) => to <= from));
}
