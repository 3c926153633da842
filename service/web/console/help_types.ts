import type { Person } from "./types.ts";

/** Many readers with one cause at once. */
export interface Incident {
  id: string;
  cause: string;
  code: string;
  /** What nine in ten of its tickets have in common. */
  common: { build: string | null; browser: string | null; route: string | null };
  opened_at: string;
  resolved_at: string | null;
  resolved_by: Person | null;
  answer: string | null;
  tickets: number;
  waiting: number;
}

/** Something that is wrong with the site's own pages. */
export interface Fault {
  cause: string;
  detail: string;
  what: string;
  fix: string;
  seen: number;
  example: Record<string, unknown>;
  first_seen_at: string;
  last_seen_at: string;
  mended_at: string | null;
  mended_by: Person | null;
}

export interface Causes {
  step: "hour" | "day";
  /** By how often, falling. */
  causes: Record<string, number>;
  steps: { at: string; tickets: Record<string, number> }[];
}

export interface SavedAnswer {
  id: string;
  title: string;
  body: string;
}

export interface SavedAnswers {
  answers: SavedAnswer[];
  /** What can stand in braces, and what it stands for. */
  placeholders: Record<string, string>;
}
