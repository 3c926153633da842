export interface Change {
  kind: "same" | "added" | "removed";
  text: string;
}

/** Beyond this many table cells the two texts are shown whole instead. */
const MAX_CELLS = 4_000_000;

/** The lengths of the longest common subsequences of all suffixes, row by row. */
function table(a: string[], b: string[]): Uint16Array[] {
  const rows = Array.from({ length: a.length + 1 }, () => new Uint16Array(b.length + 1));
  for (let i = a.length - 1; i >= 0; i -= 1) {
    for (let j = b.length - 1; j >= 0; j -= 1) {
      const [here, below] = [rows[i] as Uint16Array, rows[i + 1] as Uint16Array];
      here[j] = a[i] === b[j] ? (below[j + 1] ?? 0) + 1 : Math.max(below[j] ?? 0, here[j + 1] ?? 0);
    }
  }
  return rows;
}

/** What changed between two texts, word by word (longest common subsequence). */
export function diff(before: string, after: string): Change[] {
  const [a, b] = [before, after].map((text) => text.split(/(\s+)/).filter(Boolean)) as [string[], string[]];
  const changes: Change[] = [];
  const push = (kind: Change["kind"], text: string): void => {
    const last = changes.at(-1);
    if (last?.kind === kind) last.text += text;
    else changes.push({ kind, text });
  };
  if (a.length * b.length > MAX_CELLS) {
    return [
      { kind: "removed", text: before },
      { kind: "added", text: after },
    ];
  }
  const rows = table(a, b);
  let [i, j] = [0, 0];
  while (i < a.length || j < b.length) {
    if (i < a.length && j < b.length && a[i] === b[j]) {
      push("same", a[i] ?? "");
      i += 1;
      j += 1;
    } else if (j >= b.length || (i < a.length && (rows[i + 1]?.[j] ?? 0) >= (rows[i]?.[j + 1] ?? 0))) {
      push("removed", a[i] ?? "");
      i += 1;
    } else {
      push("added", b[j] ?? "");
      j += 1;
    }
  }
  return changes;
}
