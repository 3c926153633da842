/** What can be found out from inside the page, without asking the service who the reader is. */

/** No handshake in this time: something is in the way. */
export const HANDSHAKE_MS = 8000;

/** True where the page may store something and read it back. */
export function storageWorks(): boolean {
  try {
    localStorage.setItem("parley:probe", "1");
    localStorage.removeItem("parley:probe");
    return true;
  } catch {
    return false;
  }
}

/** Milliseconds until anything at all answers at `url`; null if nothing does. What it says may not be read, and need not be. */
export async function reach(url: string): Promise<number | null> {
  const started = performance.now();
  const signal = AbortSignal.timeout(HANDSHAKE_MS);
  try {
    await fetch(url, { mode: "no-cors", cache: "no-store", credentials: "omit", signal });
    return Math.round(performance.now() - started);
  } catch {
    return null;
  }
}

/** Notes whether the page's own policy blocks what goes to `host`, until `stop` is called. */
export function watchPolicy(host: string): { broken: () => string | null; stop: () => void } {
  const origin = new URL(host).origin;
  let directive: string | null = null;
  const note = (event: SecurityPolicyViolationEvent): void => {
    if (event.blockedURI.startsWith(origin)) directive = event.effectiveDirective;
  };
  document.addEventListener("securitypolicyviolation", note);
  return {
    broken: () => directive,
    stop: () => document.removeEventListener("securitypolicyviolation", note),
  };
}

/** The last requests to `host`, as the browser timed them: paths only, no query strings, no content. */
export function breadcrumbs(host: string): { at: number; what: string; status?: number }[] {
  return (performance.getEntriesByType("resource") as PerformanceResourceTiming[])
    .filter((entry) => entry.name.startsWith(host))
    .slice(-20)
    .map((entry) => ({
      at: Math.round(entry.startTime),
      what: entry.name.slice(host.length).split(/[?#]/)[0] as string,
      status: entry.responseStatus || undefined,
    }));
}
