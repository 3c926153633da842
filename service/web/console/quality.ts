import type { ArticleRef, Status, Why } from "./types.ts";

/** A comment to be judged as if nobody had. */
export interface Sample {
  id: string;
  html: string;
  created_at: string;
  article: ArticleRef;
  parent_html: string | null;
}

export type Verdict = "published" | "rejected" | "unsure";

/** What had become of a sample. */
export interface Revealed {
  comment_id: string;
  actor: "machine" | "staff" | "author" | "system";
  status: Status;
  agrees: boolean | null;
  reasons: Why[];
  model: string | null;
}

export interface Mine {
  decided: number;
  rejected: number;
  undone_by_me: number;
  undone_by_others: number;
  judged: number;
  looked_at: number;
  agreed: number;
}

export interface SecondLooks {
  stratum: "machine_published" | "machine_rejected" | "staff";
  looks: number;
  agreed: number | null;
  kappa: number | null;
}

export interface Day {
  at: string;
  model: string;
  comments: number;
  median: number | null;
  p90: number | null;
  p99: number | null;
}

export interface Quality {
  second_looks: SecondLooks[];
  languages: { language: string | null; looks: number; agreed: number }[];
  labels: { label: string | null; decided: number; rejected: number; precision: number }[];
  appeals: { open: number; overdue: number; upheld: number; overturned: number; median_s: number | null };
  drift: Day[];
}

export const STRATUM: Record<SecondLooks["stratum"], string> = {
  machine_published: "Published by software",
  machine_rejected: "Rejected by software",
  staff: "Decided by people",
};

/** A share of 1 as a whole percentage; fewer than this many looks say too little to show one. */
export const ENOUGH = 10;

export function share(part: number | null, of: number): string {
  return part === null || of < ENOUGH ? "too few to say" : `${Math.round(part * 100)} %`;
}

/** "German" for "de". */
export function languageName(code: string | null): string {
  if (code === null) return "Too short to say";
  return new Intl.DisplayNames("en", { type: "language" }).of(code) ?? code;
}
