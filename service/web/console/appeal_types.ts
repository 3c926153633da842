import type { Decision, Person, Role, StaffComment } from "./types.ts";

/** A restriction on a reader's account. */
export interface Sanction {
  id: string;
  sanction: "none" | "premoderated" | "suspended" | "banned";
  until: string | null;
  reason: string | null;
  note: string | null;
  staff: Person | null;
  created_at: string;
}

export type AppealState = "open" | "overturned" | "upheld" | "withdrawn";

/** An appeal against a decision on a comment, or against a sanction. */
export interface Appeal {
  id: string;
  kind: "comment" | "sanction";
  state: AppealState;
  /** What the reader wrote, and what a colleague did who disagrees. */
  body: string | null;
  dissent: string | null;
  opened_by: Person | null;
  reader: Person;
  created_at: string;
  due_at: string;
  decided_at: string | null;
  judge: Person | null;
  note: string | null;
  claimed_by: (Person & { until: string }) | null;
  /** One had a part in what is appealed. */
  barred: boolean;
  parties: Person[];
  judges: (Person & { role: Role })[];
  tickets: string[];
  decision: Decision | null;
  sanction: Sanction | null;
  comment: StaffComment | null;
  statement?: Record<string, unknown> | null;
  redress?: string | null;
}

export type Verdict = "overturn" | "uphold";
