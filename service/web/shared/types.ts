/** The reader's API as docs/api.md has it. Used by the widget; the console shares Problem and the small parts. */

/** RFC 9457 problem details, with the service's own fields. `code` is what programs go by. */
export interface Problem {
  type?: string;
  title?: string;
  status?: number;
  detail?: string;
  code: string;
  request_id?: string;
  errors?: FieldProblem[];
  /** `sanctioned`: when it ends (RFC 3339), and why. */
  until?: string | null;
  reason?: string | null;
  /** `warned`: the warning that is to be acknowledged. */
  warning?: { id: string };
  /** `duplicate`: the first comment with that text. */
  comment_id?: string;
  /** `stale`: who was first, when, and what became of the comment. */
  decided_by?: string;
  decided_at?: string;
  comment_status?: string;
  comment_revision?: number;
  /** `under_appeal`, `not_impartial`: the appeal's id. */
  appeal?: string | null;
}

/** One refused field. `start` and `end` count UTF-16 code units of the field's text, as JavaScript does. */
export interface FieldProblem {
  pointer: string;
  message: string;
  code: string;
  start?: number;
  end?: number;
}

/** A reason code with the words that the comment's author reads. */
export interface Reason {
  code: string;
  text: string;
}

export type CommentStatus = "published" | "pending" | "held" | "rejected" | "deleted" | "removed";

export interface Author {
  id: string;
  name: string;
  avatar_url: string | null;
  badges: string[];
}

export interface Votes {
  up: number;
  down: number;
}

export interface Appeal {
  state: "open" | "overturned" | "upheld";
  due_at: string;
}

export interface Comment {
  id: string;
  parent_id: string | null;
  root_id: string;
  depth: number;
  /** Null on a tombstone. */
  author: Author | null;
  /** Sanitised by the service; null on a tombstone. */
  html: string | null;
  /** The text as typed; only in its author's own view. */
  body?: string;
  created_at: string;
  edited_at: string | null;
  status: CommentStatus;
  /** Held for its tone alone: its author may put it differently, or send it to people as it is. */
  rephrase?: boolean;
  reasons?: Reason[];
  /** What a moderator wrote to the author; only in the author's own view. */
  note?: string | null;
  /** The author's appeal against what keeps it from readers, and until when there may be one. */
  appeal?: Appeal | null;
  appeal_until?: string | null;
  votes: Votes;
  reply_count: number;
  /** Set apart by staff: first in the thread, or among those that can be read alone. */
  pinned?: boolean;
  featured?: boolean;
  replies?: { items: Comment[]; next: string | null };
  revision: number;
}

export type ArticleState = "open" | "closed" | (string & {});

export interface Article {
  key: string;
  title: string | null;
  url: string | null;
  state: ArticleState;
  comment_count: number;
  version: number;
  /** How many comments `featured` gives. */
  featured_count?: number;
}

export type Sort = "newest" | "oldest" | "top" | "replies" | "featured";

export interface ThreadPage {
  article: Article;
  comments: Comment[];
  next: string | null;
}

export interface ItemPage<T> {
  items: T[];
  next: string | null;
}

export interface Session {
  access_token: string;
  /** Seconds. */
  expires_in: number;
  /** Null where a cookie carries it. */
  refresh_token: string | null;
  reader: { id: string; name: string };
}

export type OwnVote = 1 | -1 | null;

export interface Config {
  site: { key: string; name: string };
  guests_allowed: boolean;
  /** Ways to sign in other than by a name. */
  sign_in: ("sso" | "mail" | "oidc")[];
  /** Up and down, up alone (a single reaction), or not at all. */
  voting: "both" | "up" | "off";
  /** Answers can be told by mail. */
  mail: boolean;
  limits: { body: number; name: number; edit_window_s: number };
  /** Measured seconds from posting to a decision; null while nothing was measured. */
  usual_wait_s: number | null;
  help_url: string;
  /** Where to write to when nothing else works; null where the operator has not said. */
  help_email: string | null;
  /** Since when something is broken for many readers (RFC 3339); null while nothing is. */
  trouble_since: string | null;
  build: string;
}

/** Where answers are told by mail, once confirmed; no address where none was given. */
export interface Mail {
  email: string | null;
  confirmed: boolean;
  replies: boolean;
  following: boolean;
}

export type TicketCategory =
  | "cannot_post"
  | "comment_missing"
  | "comment_rejected"
  | "sign_in"
  | "display"
  | "report_abuse"
  | "privacy"
  | "other";

export type ReportReason = "abuse" | "harassment" | "hate" | "spam" | "off_topic" | "illegal" | "other";
