import { signal } from "@preact/signals";
import type { Appeal, AppealState } from "./appeal_types.ts";
import { plural } from "./words.ts";

/** Goes up whenever an appeal has come, was claimed or decided. */
export const appealsVersion = signal(0);

/** The comment whose last decision somebody is about to appeal; null while nobody is. */
export const dissenting = signal<string | null>(null);

export const APPEAL_STATE: Record<AppealState, string> = {
  open: "open",
  overturned: "overturned",
  upheld: "upheld",
  withdrawn: "withdrawn",
};

const HOUR = 3_600_000;

/** How long there is until an appeal ought to be decided. */
export function dueInWords(due: string, now: number): string {
  const hours = Math.floor(Math.abs(Date.parse(due) - now) / HOUR);
  const time = hours < 24 ? plural(hours, "hour") : plural(Math.floor(hours / 24), "day");
  return Date.parse(due) < now ? `overdue since ${time}` : `${time} left`;
}

const NAMED = 3;

/** Who can judge, for those who may not. */
export function whoCan(judges: Appeal["judges"]): string {
  const names = judges.map(({ name, role }) => (role === "moderator" ? name : `${name} (${role})`));
  if (!names.length)
    return "Nobody else on this site’s staff can. Somebody who had no part in it has to join: an administrator or an operator adds a moderator or a lead.";
  const rest = names.length - NAMED;
  const all = rest > 0 ? [...names.slice(0, NAMED), plural(rest, "other")] : names;
  const last = all.pop() ?? "";
  return `${all.length ? `${all.join(", ")} and ${last}` : last} can.`;
}
