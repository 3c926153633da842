import type { Hint, Past, Sanction, SanctionAction } from "./people_types.ts";

/** What a reader is under, in words. */
export const UNDER: Record<Sanction, string> = {
  none: "no restriction",
  premoderated: "pre-moderated",
  suspended: "suspended",
  banned: "banned",
};

export const PAST: Record<Past["kind"], string> = {
  warned: "Warned",
  premoderated: "Pre-moderated",
  suspended: "Suspended",
  banned: "Banned",
  lifted: "Lifted",
};

export const ACTION: Record<SanctionAction, string> = {
  warn: "Warn",
  premoderate: "Pre-moderate",
  suspend: "Suspend",
  ban: "Ban",
  lift: "Lift it",
};

/** What each does, for whoever is about to do it. */
export const DOES: Record<SanctionAction, string> = {
  warn: "They must say that they have read it before their next comment is taken.",
  premoderate: "All their comments wait for a moderator.",
  suspend: "They cannot comment until it ends.",
  ban: "They cannot comment until it is lifted.",
  lift: "They may comment again as everybody else.",
};

/** How long, in hours. */
export const SPANS: [number, string][] = [
  [24, "one day"],
  [72, "three days"],
  [168, "a week"],
  [720, "thirty days"],
];

/** What a hint says, and how little. */
export function hintInWords({ kind, shared_by }: Hint): string {
  if (kind === "mail") return "the same mailbox, dots and +tags aside";
  if (kind === "name") return "a name that looks alike";
  const others = (shared_by ?? 2) - 1;
  return others > 1 ? `the same network, as ${others} others` : "the same network";
}
