import { useMemo } from "preact/hooks";

/** Tells the answer to what was asked last from one that comes late: a slow line may bring them in any order. */
export class Latest {
  private turn = 0;

  /** To be called when something is asked, or has become known otherwise: answers to earlier questions are out of date from now on.
   * Returns whether that is still the last. */
  begin(): () => boolean {
    this.turn += 1;
    const mine = this.turn;
    return () => mine === this.turn;
  }
}

/** One for as long as the component is on the screen. */
export function useLatest(): Latest {
  return useMemo(() => new Latest(), []);
}
