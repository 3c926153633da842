import { signal } from "@preact/signals";
import { useLayoutEffect } from "preact/hooks";
import { prefs } from "./prefs.ts";

export interface Shortcut {
  /** As `KeyboardEvent.key` has it: "j", "?", "Escape"; with "Ctrl " before it, it works while one types, too. */
  key: string;
  does: string;
  run: () => void;
}

/** Every part of the screen that has keys puts its list here; the one put last is asked first. */
export const layers = signal<{ name: string; shortcuts: Shortcut[] }[]>([]);

/** May be kept down; a decision may not. */
const REPEATING = ["j", "k"];

/** True where a key is text. */
export function isTyping(target: EventTarget | null): boolean {
  const element = target as HTMLElement | null;
  if (!element?.tagName) return false;
  if (element.isContentEditable || ["TEXTAREA", "SELECT"].includes(element.tagName)) return true;
  const quiet = ["button", "checkbox", "radio", "submit", "reset"];
  return element.tagName === "INPUT" && !quiet.includes((element as HTMLInputElement).type);
}

/** The shortcut that a key press means here; undefined if it is none. */
function meant(event: KeyboardEvent): Shortcut | undefined {
  if (event.defaultPrevented || event.isComposing || event.altKey) return undefined;
  if (document.querySelector("dialog[open]")) return undefined;
  const modified = event.ctrlKey || event.metaKey;
  if (!modified && (!prefs.value.keys || isTyping(event.target))) return undefined;
  const name = modified ? `Ctrl ${event.key}` : event.key;
  return [...layers.value]
    .reverse()
    .flatMap(({ shortcuts }) => shortcuts)
    .find(({ key }) => key === name);
}

function onKey(event: KeyboardEvent): void {
  const found = meant(event);
  if (!found) return;
  event.preventDefault();
  if (!event.repeat || REPEATING.includes(found.key)) found.run();
}

export function startKeys(): void {
  document.addEventListener("keydown", onKey);
}

/** Makes these keys work while the calling component is on the screen; `deps` are what the shortcuts go by. */
export function useShortcuts(name: string, shortcuts: Shortcut[], deps: unknown[]): void {
  // Before the next key is pressed, however fast.
  useLayoutEffect(() => {
    const layer = { name, shortcuts };
    layers.value = [...layers.value, layer];
    return () => {
      layers.value = layers.value.filter((one) => one !== layer);
    };
  }, deps);
}
