import { ApiError } from "../shared/api.ts";
import type { Comment } from "../shared/types.ts";
import { BY_CODE, type Cause } from "./causes.ts";
import { breadcrumbs, HANDSHAKE_MS, reach, storageWorks, watchPolicy } from "./probes.ts";
import type { HelpContext, Thread } from "./thread.ts";

/** More than this is a wrong clock, not a slow network. */
const SKEW_MS = 120_000;
/** From here on a finding is sure enough to be shown while the rest is still being checked. */
export const SURE = 95;

/** A cause, how surely it explains the trouble (0 to 100), and what was seen of it. */
export interface Finding {
  cause: Cause;
  weight: number;
  /** When it ends, in the browser's milliseconds. */
  until?: number;
  /** What the service said of it, in its words. */
  said?: string[];
  /** The comment that it is about, or that stands in the way. */
  comment?: string;
}

export interface Diagnosis {
  /** The likeliest first; never empty. */
  findings: Finding[];
  /** What was checked, and what came of it. */
  checks: [name: string, result: string][];
}

/** What POST /diagnosis answers, as far as it is used here. */
interface Seen {
  now: string;
  token: { state: "none" | "good" | "expired" | "wrong" };
  page: { origin: string | null; listed: boolean };
  sanction: { kind: string; until: string | null } | null;
  article_closed: boolean | null;
  comments: { id: string; status: string; reasons: { text: string }[]; note: string | null }[];
  limits: { name: string; retry_after_s: number }[];
  service: { build: string; judging: boolean };
  findings: { code: Cause; weight: number; comment_id: string | null }[];
}

const WAITING = { pending: "held", held: "held", rejected: "rejected" } as Partial<Record<string, Cause>>;

/** What is plain at once, without asking anybody. */
export function atOnce(thread: Thread, { error, comment }: HelpContext): Finding[] {
  const found: Finding[] = [];
  const add = (cause: Cause | undefined, weight: number, more: Partial<Finding> = {}): void => {
    if (cause) found.push({ cause, weight, ...more });
  };
  if (!navigator.onLine) add("offline", 100);
  if (error) found.push(...fromError(error));
  if (comment) add(WAITING[comment.status], 98, { comment: comment.id, said: wordsOf(comment) });
  if (!storageWorks()) add("storage", 50);
  if (Math.abs(thread.skew) > SKEW_MS) add("clock", 35);
  if ((window as { parley?: { crashed?: boolean } }).parley?.crashed) add("crash", 96);
  return found;
}

function fromError(error: ApiError): Finding[] {
  const { problem, code, status } = error;
  const said = problem.errors?.map((field) => field.message);
  if (code === "invalid") {
    const about = problem.errors?.[0]?.pointer;
    const cause = about === "/name" ? "name" : about === "/body" ? "text_refused" : undefined;
    return [{ cause: cause ?? "unknown", weight: cause ? 100 : 1, said }];
  }
  const cause = BY_CODE[code] ?? (status >= 500 ? "outage" : undefined);
  if (!cause)
    return [{ cause: "unknown", weight: 1, said: error.problem.detail ? [error.problem.detail] : [] }];
  const wait = error.retryAfter ?? (code === "rate_limited" ? 10 : null);
  const until = problem.until
    ? Date.parse(problem.until)
    : wait === null
      ? undefined
      : Date.now() + wait * 1000;
  return [{ cause, weight: 100, until, comment: problem.comment_id, said }];
}

const wordsOf = (comment: Pick<Comment, "reasons" | "note">): string[] => [
  ...(comment.reasons ?? []).map((reason) => reason.text),
  ...(comment.note ? [comment.note] : []),
];

/** Looks into everything. Rejects with nothing: what cannot be asked is a finding too. */
export async function examine(thread: Thread, context: HelpContext): Promise<Diagnosis> {
  const { host } = thread.options;
  const policy = watchPolicy(host);
  const [seen, ping] = await Promise.all([askService(thread, context), reach(`${host}livez`)]);
  // Only where it must tell our host from the whole network: a page with a strict policy of its own would report it.
  const page = ping === null ? await reach(`${location.origin}/robots.txt`) : null;
  policy.stop();
  const refused = seen instanceof ApiError ? seen : null;
  const known = seen instanceof ApiError ? null : seen;
  const found = [
    ...atOnce(thread, context),
    ...(known ? fromService(thread, context, known) : []),
    ...(refused ? fromSilence(thread, refused, { policy: policy.broken(), ping, page }) : []),
  ];
  return {
    findings: ranked(found),
    checks: [
      ["network", navigator.onLine ? "online" : "offline"],
      ["service", ping === null ? "no answer" : `answers in ${ping} ms`],
      ...(ping === null ? [["this page's host", page === null ? "no answer" : `answers in ${page} ms`]] : []),
      ["page's policy", policy.broken() ?? "lets us through"],
      ["storage", storageWorks() ? "works" : "blocked"],
      ["cookies", navigator.cookieEnabled ? "on" : "off"],
      ...(known ? checked(thread, known) : [["diagnosis", refused?.code ?? ""]]),
    ] as Diagnosis["checks"],
  };
}

/** The service's view; where the session has run out, that of a renewed one, as any other call would have it. */
async function askService(thread: Thread, { comment }: HelpContext): Promise<Seen | ApiError> {
  const body = { article: thread.options.article, comment_id: comment?.id };
  const ask = (): Promise<Seen> => thread.call<Seen>("POST", "/diagnosis", { body, timeout: HANDSHAKE_MS });
  try {
    const seen = await ask();
    const lapsed = seen.token.state === "expired" || seen.token.state === "wrong";
    return lapsed && (await thread.member?.session.restore()) ? await ask() : seen;
  } catch (error) {
    return error as ApiError;
  }
}

function fromService(thread: Thread, { error }: HelpContext, seen: Seen): Finding[] {
  const found: Finding[] = seen.findings.map(({ code, weight, comment_id }) => {
    const own = seen.comments.find(({ id }) => id === comment_id);
    return { cause: code, weight, comment: comment_id ?? undefined, said: own && wordsOf(own as Comment) };
  });
  for (const finding of found) {
    if (finding.cause === "sanctioned" && seen.sanction?.until)
      finding.until = Date.parse(seen.sanction.until);
    if (finding.cause === "rate_limited")
      finding.until = Date.now() + 1000 * Math.max(...seen.limits.map((limit) => limit.retry_after_s));
  }
  // An old widget may send what is no longer taken, and not know the code that says so.
  const puzzling =
    !!error &&
    error.status >= 400 &&
    error.status < 500 &&
    fromError(error).some(({ cause }) => cause === "unknown");
  if (seen.service.build !== thread.options.build) found.push({ cause: "stale", weight: puzzling ? 90 : 45 });
  if (Math.abs(skewOf(seen)) > SKEW_MS) found.push({ cause: "clock", weight: 35 });
  // It did not answer then and does now.
  if (error && (error.code === "network" || error.code === "timeout"))
    found.push({ cause: "network", weight: 30 });
  return found;
}

/** What it means that the service did not say what it sees. */
function fromSilence(
  thread: Thread,
  refused: ApiError,
  { policy, ping, page }: { policy: string | null; ping: number | null; page: number | null },
): Finding[] {
  if (refused.status === 429 || refused.code === "offline") return [];
  if (policy) return [{ cause: "csp", weight: 99 }];
  if (refused.status) return [{ cause: "outage", weight: 97 }];
  if (ping !== null) return [{ cause: "blocked", weight: 96 }];
  if (page === null) return [{ cause: "network", weight: 92 }];
  // Silent from the start, something keeps it out; fallen silent, it is we who are in trouble.
  const [first, second]: Cause[] =
    thread.article || thread.member?.config ? ["outage", "blocked"] : ["blocked", "outage"];
  return [
    { cause: first as Cause, weight: 90 },
    { cause: second as Cause, weight: 80 },
  ];
}

/** One finding a cause, the likeliest first; what one source saw adds to what another did. */
export function ranked(found: Finding[]): Finding[] {
  const byCause = new Map<Cause, Finding>();
  for (const finding of [...found].sort((a, b) => a.weight - b.weight)) {
    const known = byCause.get(finding.cause);
    const given = Object.fromEntries(Object.entries(finding).filter(([, value]) => value !== undefined));
    byCause.set(finding.cause, { ...known, ...given } as Finding);
  }
  const all = [...byCause.values()].sort((a, b) => b.weight - a.weight);
  return all.length ? all : [{ cause: "unknown", weight: 0 }];
}

const skewOf = (seen: Seen): number => Date.parse(seen.now) - Date.now();

function checked(thread: Thread, seen: Seen): [string, string][] {
  const { build } = thread.options;
  return [
    ["this page may post", `${seen.page.listed ? "yes" : "no"}, ${seen.page.origin ?? "no origin"}`],
    ["sign-in", seen.token.state],
    ["restriction", seen.sanction?.kind ?? "none"],
    ["article", seen.article_closed ? "closed" : "open"],
    ["own comments here", seen.comments.map(({ status }) => status).join(", ") || "none"],
    ["limits reached", seen.limits.map(({ name }) => name).join(", ") || "none"],
    ["clock", `off by ${Math.round(-skewOf(seen) / 1000)} s`],
    ["version", build === seen.service.build ? build : `${build}, newest ${seen.service.build}`],
    ["automatic check", seen.service.judging ? "runs" : "does not run"],
  ];
}

/** What is sent along with a request for help, all of it shown first: no text of the reader's, no tokens, no query strings. */
export function evidence(
  thread: Thread,
  { error }: HelpContext,
  diagnosis: Diagnosis | null,
): Record<string, unknown> {
  const { build, host } = thread.options;
  return {
    page: location.origin + location.pathname,
    host,
    build,
    service_build: thread.member?.config?.build,
    phase: thread.phase,
    error: error && { code: error.code, status: error.status, request_id: error.problem.request_id },
    causes: diagnosis?.findings.map(({ cause }) => cause),
    checks: diagnosis?.checks.map(([name, result]) => ({ name, result })),
    breadcrumbs: breadcrumbs(host),
    // Not sent, but made of the request by the service: the reader is to know of all that is kept.
    client: "a code that tells one browser from another, kept for seven days",
    online: navigator.onLine,
    storage: storageWorks(),
    cookies: navigator.cookieEnabled,
    clock_skew_s: Math.round(thread.skew / 1000),
    language: navigator.language,
    window: `${innerWidth}x${innerHeight}`,
    browser: navigator.userAgent,
  };
}
