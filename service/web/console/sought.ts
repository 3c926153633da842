import type { RefObject } from "preact";
import { useLayoutEffect, useRef } from "preact/hooks";

/** For an input of what is looked for: it takes on what the address says when that changes, else keeps what is typed, and the focus. */
export function useSought(value = ""): RefObject<HTMLInputElement | null> {
  const input = useRef<HTMLInputElement>(null);
  useLayoutEffect(() => {
    if (input.current) input.current.value = value;
  }, [value]);
  return input;
}
