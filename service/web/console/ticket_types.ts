import type { AppealState } from "./appeal_types.ts";
import type { ArticleRef, Decision, Person, Status } from "./types.ts";

export const TICKET_STATES = [
  "received",
  "diagnosed",
  "self_solved",
  "open",
  "in_progress",
  "waiting_reader",
  "linked",
  "handed_over",
  "resolved",
  "closed",
  "merged",
  "spam",
] as const;
export type TicketState = (typeof TICKET_STATES)[number];

export interface TicketMessage {
  id: string;
  kind: "reader" | "answer" | "note";
  staff: Person | null;
  body: string;
  created_at: string;
}

export interface TicketStep {
  from_state: TicketState;
  to_state: TicketState;
  actor: "reader" | "staff" | "system";
  staff: Person | null;
  created_at: string;
}

/** A comment, with the last decision on it. */
export interface About {
  id: string;
  status: Status;
  body: string | null;
  created_at: string;
  decision: Pick<Decision, "to_status" | "actor" | "staff" | "reasons" | "note" | "created_at"> | null;
}

export interface FailedRequest {
  request_id: string;
  route: string;
  status: number;
  code: string | null;
  error: string | null;
  milliseconds: number;
  at: string;
}

export interface Ticket {
  reference: string;
  category: string;
  state: TicketState;
  message: string;
  email: string | null;
  article: ArticleRef | null;
  comment_id: string | null;
  reader: Person | null;
  diagnostics: Record<string, unknown>;
  overflow: boolean;
  /** What the reader's browser took for the cause. */
  cause: string | null;
  incident_id: string | null;
  /** The reference of the ticket that goes on in its place. */
  merged_into: string | null;
  /** Mail to the reader that has not been delivered. */
  mail: { state: "waiting" | "failed"; error: string | null } | null;
  /** What it was handed over as. */
  appeal: { id: string; state: AppealState; due_at: string; note: string | null } | null;
  created_at: string;
  updated_at: string;
  messages?: TicketMessage[] | null;
  steps?: TicketStep[] | null;
  /** The comment that it is about. */
  comment?: About | null;
  /** The log's lines of the failed calls that the diagnostics name. */
  requests?: FailedRequest[] | null;
}
