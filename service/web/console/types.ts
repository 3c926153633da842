/** The staff API as docs/api.md has it. */

export interface Person {
  id: string;
  name: string;
}

export type Role = "moderator" | "lead" | "admin" | "auditor";

export interface SiteRole {
  key: string;
  name: string;
  role: Role;
}

export interface Session {
  staff: Person & { email: string };
  sites: SiteRole[];
  /** Sites that ask for a second factor which this session lacks. */
  withheld: string[];
}

export type Status = "pending" | "published" | "held" | "rejected" | "deleted" | "erased";

export interface Why {
  code: string;
  text: string;
  label?: string | null;
  score?: number | null;
  threshold?: number | null;
  /** Code points of the comment's body. */
  start?: number | null;
  end?: number | null;
}

/** Somebody who comments, with what became of their last 200 comments. */
export interface Author extends Person {
  badge: string | null;
  published: number;
  rejected: number;
  held: number;
}

export interface ArticleRef {
  key: string;
  title: string | null;
  url: string | null;
}

export interface StaffComment {
  id: string;
  revision: number;
  status: Status;
  body: string;
  html: string;
  created_at: string;
  is_reply: boolean;
  pinned: boolean;
  featured: boolean;
  author: Author;
  article: ArticleRef;
  parent: { id: string; author_name: string | null; html: string } | null;
}

/** A word that raised the score of `label`: code points of the comment's body, and how much, in log-odds. */
export interface Word {
  label: string;
  start: number;
  end: number;
  weight: number;
}

/** Why an item stands where it stands; `rank` orders them, falling. */
export interface Urgency {
  rank: number;
  reach: number;
  reporters: number;
  doubles_every_h: number;
}

/** How an item came to wait for somebody else: for a lead, for a second person, for everybody again. */
export interface Handover {
  id: string;
  comment_id: string;
  revision: number;
  action: "escalate" | "hand_back" | "propose" | "disagree" | "withdraw";
  staff: Person;
  /** For colleagues. */
  words: string | null;
  from_status: Status | null;
  to_status: Status | null;
  reasons: Why[];
  note: string | null;
  created_at: string;
}

export interface Item {
  /** The comment's id. */
  id: string;
  lane: string;
  /** Whom it waits for: anybody, a second person, or a lead. */
  stage: "first" | "second" | "lead";
  handover: Handover | null;
  reasons: Why[];
  /** How severe it looks, 0 to 10. */
  priority: number;
  urgency: Urgency;
  queued_at: string;
  attempts: number;
  claimed_by: (Person & { until: string }) | null;
  comment: StaffComment;
  scores: Record<string, number>;
  model: string | null;
  words: Word[] | null;
}

export interface Counts {
  /** All that waits for people; the others overlap. */
  waiting: number;
  held: number;
  reported: number;
  unscored: number;
  new_readers: number;
  second: number;
  escalated: number;
  pending: number;
  tickets_open: number;
  appeals: number;
  incidents_open: number;
  oldest_held_at: string | null;
  classifier: { id: string | null; state: "ready" | "unavailable" | "absent"; detail: string };
}

export interface QueuePage {
  items: Item[];
  next: string | null;
  counts: Counts;
}

export type Action = "publish" | "reject" | "hold";

export interface Decision {
  id: string;
  comment_id: string;
  revision: number;
  from_status: Status;
  to_status: Status;
  actor: "machine" | "staff" | "author" | "system";
  staff: Person | null;
  reasons: Why[];
  note: string | null;
  model: string | null;
  undoes: string | null;
  /** The appeal that it decided. */
  appeal_id: string | null;
  created_at: string;
}

export interface Decided {
  /** Null where it was proposed: a second person decides. */
  decision: Decision | null;
  proposal: Handover | null;
  comment: StaffComment;
}

export interface HouseRule {
  code: string;
  title: string;
  /** What the author reads. */
  text: string;
}

export interface Near {
  id: string;
  parent_id: string | null;
  depth: number;
  author: Person;
  html: string;
  status: Status;
  created_at: string;
}

export interface Report {
  id: string;
  reason: string;
  detail: string | null;
  /** Null for somebody without an account, whose report is this ticket. */
  reader: Person | null;
  ticket: string | null;
  /** What became of this reader's last hundred reports that were dealt with. */
  record: { settled: number; upheld: number };
  created_at: string;
  settled: boolean;
}

/** How many reported a comment for one reason. */
export interface Reported {
  reason: string;
  open: number;
  settled: number;
}

/** What somebody on the staff noted about a reader. */
export interface Note {
  id: string;
  staff: Person;
  body: string;
  created_at: string;
}

export interface Revision {
  revision: number;
  body: string;
  html: string;
  created_at: string;
}

export interface Profile extends Author {
  created_at: string;
  sanction: string;
  sanctioned_until: string | null;
  notes: Note[];
  strikes: number;
  strike_limit: number;
  /** How many under a sanction this reader may be. */
  hints: number;
  recent: { id: string; html: string; status: Status; created_at: string }[];
}

/** All the context of one comment. */
export interface Context {
  comment: StaffComment;
  scores: Record<string, number>;
  model: string | null;
  words: Word[] | null;
  item: Item | null;
  /** The open appeal's id. */
  appeal: string | null;
  parent: Near | null;
  thread: Near[];
  decisions: Decision[];
  handovers: Handover[];
  reports: Report[];
  reported: Reported[];
  revisions: Revision[];
  author: Profile;
}

/** A comment as a search finds it; `body` is cut after 500 characters. */
export interface Found {
  id: string;
  status: Status;
  body: string;
  created_at: string;
  author: Person;
  article: ArticleRef;
  toxicity: number | null;
}

export interface SavedFilter {
  id: string;
  name: string;
  place: "queue" | "search";
  query: Record<string, string>;
}

/** Something that somebody on the staff did. */
export interface Act {
  id: string;
  at: string;
  staff: Person | null;
  action: string;
  subject: string;
  detail: Record<string, unknown>;
}

export interface Page<T> {
  items: T[];
  next: string | null;
}
