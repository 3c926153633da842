import { computed, signal } from "@preact/signals";
import { ApiError } from "../shared/api.ts";
import { call } from "./api.ts";
import { go, place } from "./router.ts";
import type { Session, SiteRole } from "./types.ts";

/** Who is signed in: undefined while that is not known yet, null if nobody is. */
export const session = signal<Session | null | undefined>(undefined);
/** The session ran out under somebody's hands: they sign in again above what they were doing. */
export const expired = signal(false);

export const site = computed<SiteRole | null>(
  () => session.value?.sites.find((one) => one.key === place.value?.site) ?? null,
);
export const mayDecide = computed(() => site.value !== null && site.value.role !== "auditor");

/** May change how the site judges. */
export const mayRule = computed(() => site.value?.role === "lead" || site.value?.role === "admin");
/** May change who is on the staff. */
export const mayAdminister = computed(() => site.value?.role === "admin");
/** May see what colleagues did. */
export const mayAudit = computed(() => site.value !== null && site.value.role !== "moderator");

/** Takes a session that was opened, by whatever way. */
export function enter(opened: Session): void {
  session.value = opened;
  expired.value = false;
  const known = opened.sites.some((one) => one.key === place.value?.site);
  const first = opened.sites[0];
  if (!known && first) go({ view: "queue", site: first.key }, { replace: true });
}

/** Asks again whether anybody is signed in, after the service would not answer as if somebody was. */
export async function askAgain(): Promise<void> {
  try {
    enter(await call<Session>("GET", "/session"));
  } catch (error) {
    lapsed(error);
  }
}

/** Asks who is signed in. Throws ApiError where no answer came. */
export async function resume(): Promise<void> {
  try {
    enter(await call<Session>("GET", "/session"));
  } catch (error) {
    if (!(error instanceof ApiError) || error.status !== 401) throw error;
    session.value = null;
  }
}

/** Throws ApiError: `bad_credentials`, `code_needed` and `bad_code` among others. */
export async function signIn(email: string, password: string, code: string | null): Promise<void> {
  const body = { email, password, ...(code ? { code } : {}) };
  enter(await call<Session>("POST", "/session", { body }));
}

export async function signOut(): Promise<void> {
  await call("DELETE", "/session");
  session.value = null;
  expired.value = false;
}

/** To be asked of every failure: true if it was for want of a session, which is then asked for. */
export function lapsed(error: unknown): boolean {
  if (!(error instanceof ApiError) || error.status !== 401) return false;
  if (session.value) expired.value = true;
  return true;
}

/** A failure in words for a moderator. */
export function inWords(error: unknown): string {
  if (!(error instanceof ApiError)) return "Something went wrong in this page.";
  if (error.code === "offline") return "You are offline.";
  if (error.code === "timeout" || error.code === "network") return "The service does not answer.";
  const said = error.problem.detail ?? error.problem.title ?? `The service refused it (${error.code}).`;
  return /[.!?]$/.test(said) ? said : `${said}.`;
}
