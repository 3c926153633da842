/**
 * Why a reader may be unable to comment: the codes, on whose side each lies, and what each refusal is a sign of. The words are in
 * strings_help.ts. The service has the same table (service/help/causes.py); tests/unit/test_help_causes.py holds the two together.
 */
export type Fault = "reader" | "site" | "service" | "rule";

export const CAUSES = {
  storage: "reader",
  blocked: "reader",
  csp: "site",
  origin: "site",
  no_scripts: "reader",
  crash: "service",
  old_browser: "reader",
  offline: "reader",
  network: "reader",
  session_over: "reader",
  token_wrong: "site",
  clock: "reader",
  email_unverified: "reader",
  name: "reader",
  rate_limited: "rule",
  sanctioned: "rule",
  closed: "rule",
  not_entitled: "rule",
  held: "rule",
  rejected: "rule",
  text_refused: "rule",
  rephrase: "rule",
  duplicate: "rule",
  parent_gone: "rule",
  edit_over: "rule",
  challenge: "reader",
  muted: "reader",
  stale: "reader",
  outage: "service",
  unknown: "service",
} as const satisfies Record<string, Fault>;

export type Cause = keyof typeof CAUSES;

export const BY_CODE: Record<string, Cause> = {
  offline: "offline",
  request_timeout: "network",
  unavailable: "outage",
  internal: "outage",
  token_expired: "session_over",
  refresh_refused: "session_over",
  unauthenticated: "session_over",
  token_refused: "token_wrong",
  origin_refused: "origin",
  forbidden: "not_entitled",
  rate_limited: "rate_limited",
  sanctioned: "sanctioned",
  article_closed: "closed",
  duplicate: "duplicate",
  parent_gone: "parent_gone",
  edit_window_over: "edit_over",
  too_large: "text_refused",
  email_unverified: "email_unverified",
  challenge_failed: "challenge",
  rephrase: "rephrase",
  muted: "muted",
};
