import { signal } from "@preact/signals";
import { keep, recall } from "./kept.ts";
import { isSevere } from "./masking.ts";
import { notify } from "./notices.ts";
import { prefs } from "./prefs.ts";
import type { Item } from "./types.ts";
import { plural } from "./words.ts";

interface Exposure {
  /** The day in the moderator's own time: every day begins anew. */
  day: string;
  severe: number;
  /** What `severe` was at the last break. */
  rested: number;
}

const KEY = "parley:console:exposure";

const today = (): string => new Date().toLocaleDateString("sv");

function load(): Exposure {
  const kept = recall<Exposure>(KEY);
  return kept?.day === today() ? kept : { day: today(), severe: 0, rested: 0 };
}

/** How many comments that score high were on this screen today. */
export const exposure = signal<Exposure>(load());
/** Having a break: no card is opened, and none is claimed. */
export const paused = signal(false);

const seen = new Set<string>();

function store(change: Partial<Exposure>): void {
  exposure.value = { ...exposure.value, ...change };
  keep(KEY, exposure.value);
}

/** The next suggestion comes after as many again. */
export function rest(pause: boolean): void {
  store({ rested: exposure.value.severe });
  paused.value = pause;
}

/** Counts a comment that is on the screen, once; suggests a break where the moderator wants that. */
export function countSevere(item: Item): void {
  if (!isSevere(item) || seen.has(item.id)) return;
  seen.add(item.id);
  exposure.value = load();
  store({ severe: exposure.value.severe + 1 });
  const { breaks } = prefs.value;
  const since = exposure.value.severe - exposure.value.rested;
  if (breaks && since >= breaks) {
    rest(false);
    notify(`You have had ${plural(since, "comment")} that score high since the last break. Time for one?`, [
      { label: "Have a break", run: () => rest(true) },
      { label: "Go on", run: () => {} },
    ]);
  }
}
