import { prefs } from "./prefs.ts";
import type { Item } from "./types.ts";

const SEVERE = 0.8;

/** Any label of this item scores so high that many would rather not read it unprepared. */
export const isSevere = (item: Item): boolean => Object.values(item.scores).some((score) => score >= SEVERE);

/** Whether the moderator wants this text blurred until it is revealed. A matter of taste: nothing is claimed for it. */
export function isMasked(item: Item): boolean {
  const { mask } = prefs.value;
  return mask === "all" || (mask === "severe" && isSevere(item));
}
