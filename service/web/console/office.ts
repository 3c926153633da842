import { computed, effect, signal, untracked } from "@preact/signals";
import { appealsVersion } from "./appeals.ts";
import { Decisions } from "./decisions.ts";
import { Desk } from "./desk.ts";
import { readFilters } from "./filters.ts";
import { follow } from "./live.ts";
import { askAgain, expired, mayDecide, session, signOut, site } from "./session.ts";
import type { HouseRule } from "./types.ts";

/** The site's desk that is open now; null while nobody is signed in. */
export const desk = signal<Desk | null>(null);
export const decisions = signal<Decisions | null>(null);
/** Goes up whenever the inbox or an incident has changed. */
export const inboxVersion = signal(0);

const siteKey = computed(() => site.value?.key ?? null);
const me = computed(() => session.value?.staff.id ?? null);

/** Reads what a rejection may name. */
export async function readRules(open: Desk): Promise<void> {
  const { reasons } = await open.get<{ reasons: HouseRule[] }>("/reasons");
  open.rules.value = reasons;
}

/** Opens a desk whenever somebody signs in or changes the site, and closes it after them. */
export function openOffice(): void {
  effect(() => {
    const staffId = me.value;
    if (!staffId) return;
    const made = new Decisions(staffId, () => desk.value);
    decisions.value = made;
    return () => {
      made.outbox.close();
      decisions.value = null;
    };
  });
  effect(() => {
    const [staffId, key, made] = [me.value, siteKey.value, decisions.value];
    if (!staffId || !key || !made) return;
    const open = untracked(
      () =>
        new Desk({
          site: key,
          me: staffId,
          mayDecide: mayDecide.value,
          leaving: () => made.leaving(),
          busy: (id) => made.busy(id),
        }),
    );
    desk.value = open;
    void untracked(() => open.load());
    readRules(open).catch(() => {});
    readFilters(key).catch(() => {});
    return () => {
      open.close();
      desk.value = null;
    };
  });
  effect(() => {
    const [open, made] = [desk.value, decisions.value];
    if (!open || !made || expired.value) return;
    return untracked(() => {
      void made.outbox.flush();
      return follow(open, {
        handled: (id) => made.handled(id),
        tickets: () => {
          inboxVersion.value += 1;
        },
        appeals: () => {
          appealsVersion.value += 1;
        },
        refused: () => void askAgain(),
      });
    });
  });
}

/** Gives back what is claimed, while one still may, and signs out. Throws ApiError. */
export async function leaveOffice(): Promise<void> {
  await desk.value?.leave();
  await signOut();
}
