import type { ApiError } from "../shared/api.ts";
import { duration } from "../shared/span.ts";
import { fullTime } from "../shared/time.ts";
import type { Locale } from "./i18n.ts";
import type { Key } from "./strings_more.ts";

const BY_CODE: Record<string, Key> = {
  offline: "offline",
  network: "no_answer",
  timeout: "no_answer",
  unavailable: "no_answer",
  internal: "our_fault",
  article_closed: "closed",
  parent_gone: "parent_gone",
  duplicate: "duplicate",
  edit_window_over: "edit_over",
  precondition_failed: "changed",
  not_found: "changed",
  origin_refused: "origin",
  too_large: "too_long",
  unauthenticated: "session_over",
  token_refused: "session_over",
  token_expired: "session_over",
  refresh_refused: "session_over",
  sso_expired: "no_guests",
};

/** What happened and what to do, in the reader's words. */
export function explain(error: ApiError, { t, lang }: Locale): string {
  const { problem, code } = error;
  if (code === "rate_limited") return t("too_fast", { time: duration(error.retryAfter ?? 10, lang) });
  if (code === "sanctioned") {
    const what = problem.until
      ? t("sanctioned_until", { time: fullTime(problem.until, lang) })
      : t("sanctioned");
    return problem.reason ? `${what} ${problem.reason}` : what;
  }
  if (code === "warned") return t("warned", { text: problem.detail ?? "" });
  if (problem.errors?.length) return problem.errors.map((field) => field.message).join(" ");
  const key = BY_CODE[code] ?? (code.startsWith("sso_") && "sso_wrong");
  return key ? t(key) : (problem.detail ?? t("our_fault"));
}
