import { signal } from "@preact/signals";
import { serverNow } from "./api.ts";

const TICK_MS = 15_000;

const ticks = signal(0);

/** Now, by the service's clock; whatever is drawn from it is drawn anew as time goes by. */
export function ageingNow(): number {
  ticks.value;
  return serverNow();
}

export function startClock(): void {
  setInterval(() => {
    ticks.value += 1;
  }, TICK_MS);
}
