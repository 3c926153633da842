import type { Note, Person } from "./types.ts";

export type Sanction = "none" | "premoderated" | "suspended" | "banned";
export type SanctionAction = "warn" | "premoderate" | "suspend" | "ban" | "lift";

/** What was laid on a reader, or lifted. */
export interface Past {
  id: string;
  kind: "warned" | "premoderated" | "suspended" | "banned" | "lifted";
  at: string;
  until: string | null;
  reason: string | null;
  reason_text: string | null;
  words: string | null;
  by_appeal: boolean;
  acknowledged_at: string | null;
  withdrawn_at: string | null;
  staff: Person | null;
}

export interface Strike {
  comment_id: string;
  batch_id: string | null;
  reason_text: string;
  created_at: string;
  expires_at: string;
}

export interface Strikes {
  count: number;
  limit: number;
  days: number;
  suggests: "warn" | "suspend" | "ban" | null;
  items: Strike[];
}

/** Somebody under a sanction whom a reader may be. */
export interface Hint {
  kind: "network" | "mail" | "name";
  seen_at: string;
  shared_by: number | null;
  sanction: Sanction;
  reader: Person;
}

/** An act on all of a reader's comments. */
export interface Batch {
  id: string;
  action: "publish" | "reject";
  reason_text: string;
  state: "doing" | "done" | "undoing" | "undone";
  total: number;
  decided: number;
  skipped: number;
  /** Of those skipped. */
  overtaken: number;
  claimed: number;
  taken_back: number;
  created_at: string;
  staff: Person | null;
}

/** All that is known of a reader. */
export interface Reader extends Person {
  guest: boolean;
  created_at: string;
  sanction: Sanction;
  sanctioned_until: string | null;
  counts: Record<string, number>;
  history: Past[];
  strikes: Strikes;
  hints: Hint[];
  notes: Note[];
  batches: Batch[];
}
