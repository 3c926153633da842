import type { Causes } from "./help_types.ts";

/** So many can be told apart by colour; the others are one. */
const NAMED = 4;

export interface Column {
  at: string;
  /** By cause, and "others". */
  tickets: Record<string, number>;
}

/** The causes with most tickets, the others under one name, and the columns by these. */
export function layersOf({ causes, steps }: Causes): { names: string[]; columns: Column[] } {
  const named = Object.keys(causes).slice(0, NAMED);
  const columns = steps.map(({ at, tickets }) => {
    const column: Record<string, number> = {};
    for (const [cause, count] of Object.entries(tickets)) {
      const name = named.includes(cause) ? cause : "others";
      column[name] = (column[name] ?? 0) + count;
    }
    return { at, tickets: column };
  });
  const others = Object.keys(causes).length > named.length ? ["others"] : [];
  return { names: [...named, ...others], columns };
}
