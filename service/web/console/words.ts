import type { View } from "./selection.ts";
import type { TicketState } from "./ticket_types.ts";
import type { Item, Status, Why } from "./types.ts";

/** A label or code as words: "severe_toxicity" becomes "severe toxicity". */
export const spaced = (code: string): string => code.replaceAll("_", " ");

/** What a counting reason has counted, and where the site draws the line. */
const COUNTED: Record<string, (seen: number, line: number | null) => string> = {
  new_reader: (seen, line) => `${seen} published${line === null ? "" : `, waits until ${line}`}`,
  poor_record: (seen) => plural(seen, "rejection"),
  link: (seen) => plural(seen, "link"),
  too_many_links: (seen, line) => `${seen}${line === null ? "" : `, ${line} pass`}`,
  repeat: (seen) => (seen === 1 ? "once" : `${seen} times`),
  flood: (seen, line) => `${seen}${line === null ? "" : `, waits from ${line}`}`,
  reported: (seen) => plural(seen, "report"),
};

/** One reason as a sentence: what was seen, how strongly, where the line is. */
export function whyInWords({ code, text, label, score, threshold = null }: Why): string {
  if (score == null) return label ? `${text}: ${spaced(label)}` : text;
  const counted = COUNTED[code];
  if (counted) return `${text}: ${counted(score, threshold)}`;
  const line = threshold === null ? "" : `, held from ${threshold.toFixed(2)}`;
  return `${text}: ${label ? `${spaced(label)} ` : ""}${score.toFixed(2)}${line}`;
}

/** The same in a few words, for a list. */
export function whyInShort({ code, text, label, score }: Why): string {
  if (label && score != null && !(code in COUNTED)) return `${spaced(label)} ${score.toFixed(2)}`;
  return label ? `${text}: ${spaced(label)}` : text;
}

/** What a label's score measures, and what it does not. */
const MEANINGS: Record<string, string> = {
  toxicity: "How hostile the wording reads. It is not a measure of hate, and mention is not use.",
  severe_toxicity: "How very hostile the wording reads.",
  insult: "Whether the wording reads as an insult to somebody.",
  threat: "Whether the wording reads as a threat.",
  obscene: "Foul language, whoever it is aimed at.",
  identity_attack: "Hostile wording about a group. Often wrong when a group is only named.",
  sexual_explicit: "Sexual wording.",
};

export const meaning = (label: string): string =>
  MEANINGS[label] ?? "What the model was taught to call by this name.";

export const VIEW: Record<View, string> = {
  all: "All",
  held: "Held",
  reported: "Reported",
  unscored: "Unscored",
  new_readers: "New readers",
  second: "To confirm",
  escalated: "Escalated",
};

/** Why an item stands where it stands in the queue: the factors of its urgency. */
export function urgencyInWords({ priority, urgency, queued_at }: Item, now: number): string {
  const hours = Math.max(0, now - Date.parse(queued_at)) / 3_600_000;
  const age = 2 ** (hours / urgency.doubles_every_h);
  const factors = [
    ["severity", priority],
    ["reach", urgency.reach],
    ["reporters", urgency.reporters],
    ["age", age],
  ] as const;
  return factors.map(([name, factor]) => `${name} ${factor.toFixed(1)}`).join(" × ");
}

/** What staff do, as the record has it. */
export const DEED: Record<string, string> = {
  "comment.publish": "approved",
  "comment.reject": "rejected",
  "comment.hold": "held",
  "comment.undo": "took a decision back",
  "comment.escalate": "escalated",
  "comment.hand_back": "handed back",
  "comment.propose": "proposed a decision",
  "comment.disagree": "did not confirm",
  "comment.withdraw": "took a handover back",
  "appeal.file": "appealed",
  "appeal.overturn": "overturned on appeal",
  "appeal.uphold": "upheld on appeal",
  "appeal.undo": "took an appeal’s outcome back",
  "ticket.answer": "answered a ticket",
  "ticket.note": "noted on a ticket",
  "ticket.move": "moved a ticket",
  "reader.note": "noted about a reader",
  "sample.judge": "looked a second time",
  "comment.pin": "pinned",
  "comment.unpin": "unpinned",
  "comment.feature": "featured",
  "comment.unfeature": "no longer featured",
  "reader.badge": "changed the badge of a reader",
  "reader.sanction": "restricted a reader",
  "reader.lift": "lifted a restriction",
  "reader.warn": "warned a reader",
  "reader.withdraw_warning": "took a warning back",
  "reader.remove_comments": "took down all that a reader wrote",
  "reader.restore_comments": "put back all that a reader wrote",
  "staff.invite": "invited somebody to the staff",
  "staff.uninvite": "withdrew an invitation",
  "staff.join": "joined the staff",
  "staff.role": "changed a role",
  "staff.disable": "disabled a role",
  "staff.enable": "enabled a role",
  "staff.remove": "took somebody off the staff",
  "staff.reset": "gave out a link to a new password",
  "site.people": "changed how the site deals with people",
  "account.password": "changed their password",
  "account.reset": "set a new password by a link",
  "account.totp_on": "set up one-time codes",
  "account.totp_off": "gave up one-time codes",
  "account.recovery_code": "used a recovery code",
  "account.passkey_add": "added a passkey",
  "account.passkey_remove": "removed a passkey",
  "session.revoke": "ended a session",
  "policy.save": "changed the policy",
  "article.mode": "changed an article’s mode",
  "answers.save": "wrote a saved answer",
  "answers.delete": "deleted a saved answer",
  "fault.mend": "called a fault mended",
  "incident.resolve": "ended an incident",
  "session.sign_in": "signed in",
  "session.sign_out": "signed out",
  "record.export": "took the record away",
};

export const STATUS: Record<Status, string> = {
  pending: "waiting for the classifier",
  published: "published",
  held: "held",
  rejected: "rejected",
  deleted: "deleted by its author",
  erased: "erased",
};

export const TICKET_STATE: Record<TicketState, string> = {
  received: "Received",
  diagnosed: "Cause named",
  self_solved: "Solved by the reader",
  open: "Open",
  in_progress: "In progress",
  waiting_reader: "Waiting for the reader",
  linked: "Part of an incident",
  handed_over: "Handed over as an appeal",
  resolved: "Resolved",
  closed: "Closed",
  merged: "Merged into another",
  spam: "Spam",
};

/** What a reader's browser may take for the cause (service/help/causes.py), in a few words. */
export const CAUSE: Record<string, string> = {
  storage: "storage blocked",
  blocked: "content blocker",
  csp: "the page’s policy",
  origin: "origin not listed",
  no_scripts: "no scripts",
  crash: "script crashed",
  old_browser: "old browser",
  offline: "offline",
  network: "network",
  session_over: "session over",
  token_wrong: "wrong token",
  clock: "clock wrong",
  email_unverified: "address not confirmed",
  name: "name refused",
  rate_limited: "too fast",
  sanctioned: "sanction",
  closed: "article closed",
  not_entitled: "not signed in",
  held: "comment waits",
  rejected: "comment rejected",
  text_refused: "text refused",
  rephrase: "asked to rephrase",
  duplicate: "posted twice",
  parent_gone: "parent gone",
  edit_over: "too late to edit",
  challenge: "challenge failed",
  muted: "author muted",
  stale: "old version of the page",
  outage: "our outage",
  unknown: "nothing found",
  none: "not diagnosed",
};

export const causeName = (code: string): string => CAUSE[code] ?? spaced(code);

/** "1 comment", "3 comments". */
export const plural = (n: number, one: string, many = `${one}s`): string => `${n} ${n === 1 ? one : many}`;

/** Initials-free one-liner of a text: white space folded, cut at a word. */
export function excerpt(text: string, length = 140): string {
  const flat = text.replace(/\s+/g, " ").trim();
  if (flat.length <= length) return flat;
  const cut = flat.slice(0, length);
  return `${cut.slice(0, Math.max(cut.lastIndexOf(" "), length - 20))}…`;
}

/** Minutes and hours in two characters or so, for the list: "now", "5 min", "3 h", "2 d". */
export function age(then: string, now: number): string {
  const minutes = Math.max(0, Math.floor((now - Date.parse(then)) / 60_000));
  if (minutes < 1) return "now";
  if (minutes < 60) return `${minutes} min`;
  return minutes < 1440 ? `${Math.floor(minutes / 60)} h` : `${Math.floor(minutes / 1440)} d`;
}
