import { duration } from "../shared/time.ts";
import type { HelpContext, Thread } from "./thread.ts";

/** More than this is a wrong clock, not a slow network. */
const SKEW_MS = 120_000;

/** What is sent along with a request for help, all of it shown first: no text of the reader's, no tokens, no query strings. */
export function diagnose(thread: Thread, { error }: HelpContext): Record<string, unknown> {
  const { build, host } = thread.options;
  return {
    page: location.origin + location.pathname,
    host,
    build,
    service_build: thread.member?.config?.build,
    phase: thread.phase,
    error: error && { code: error.code, status: error.status, request_id: error.problem.request_id },
    online: navigator.onLine,
    storage: storageWorks(),
    clock_skew_s: Math.round(thread.skew / 1000),
    language: navigator.language,
    window: `${innerWidth}x${innerHeight}`,
    browser: navigator.userAgent,
  };
}

/** What may be the matter, in the reader's words, the likeliest first. */
export function hints(thread: Thread): string[] {
  const { locale, build } = thread.options;
  const { t, lang } = locale;
  const found: string[] = [];
  const own = [...thread.tree.nodes.values()].filter(
    (comment) => comment.author && comment.author.id === thread.me,
  );
  if (!navigator.onLine) found.push(t("hint_offline"));
  if (own.some((comment) => comment.status === "rejected")) found.push(t("hint_rejected"));
  if (own.some((comment) => comment.status === "held")) found.push(t("hint_held"));
  const served = thread.member?.config?.build;
  if (served && served !== build) found.push(t("hint_stale"));
  if (!storageWorks()) found.push(t("hint_storage"));
  const skew = Math.abs(thread.skew);
  if (skew > SKEW_MS) found.push(t("hint_clock", { time: duration(skew / 1000, lang) }));
  return found;
}

function storageWorks(): boolean {
  try {
    localStorage.setItem("parley:probe", "1");
    localStorage.removeItem("parley:probe");
    return true;
  } catch {
    return false;
  }
}
