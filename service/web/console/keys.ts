import { signal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { prefs } from "./prefs.ts";

export interface Shortcut {
  /** As `KeyboardEvent.key` has it: "j", "?", "Escape". */
  key: string;
  does: string;
  run: () => void;
}

/** Every part of the screen that has keys puts its list here; the one put last is asked first. */
export const layers = signal<{ name: string; shortcuts: Shortcut[] }[]>([]);

/** True where a key is text. */
export function isTyping(target: EventTarget | null): boolean {
  const element = target as HTMLElement | null;
  if (!element?.tagName) return false;
  if (element.isContentEditable || ["TEXTAREA", "SELECT"].includes(element.tagName)) return true;
  const quiet = ["button", "checkbox", "radio", "submit", "reset"];
  return element.tagName === "INPUT" && !quiet.includes((element as HTMLInputElement).type);
}

function onKey(event: KeyboardEvent): void {
  if (event.defaultPrevented || event.isComposing || !prefs.value.keys) return;
  if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return;
  if (document.querySelector("dialog[open]")) return;
  for (const { shortcuts } of [...layers.value].reverse()) {
    const found = shortcuts.find(({ key }) => key === event.key);
    if (found && !event.repeat) {
      event.preventDefault();
      found.run();
      return;
    }
    // j and k may be kept down; a decision may not.
    if (found && (found.key === "j" || found.key === "k")) return found.run();
    if (found) return;
  }
}

export function startKeys(): void {
  document.addEventListener("keydown", onKey);
}

/** Makes these keys work while the calling component is on the screen. */
export function useShortcuts(name: string, shortcuts: Shortcut[], deps: unknown[]): void {
  useEffect(() => {
    const layer = { name, shortcuts };
    layers.value = [...layers.value, layer];
    return () => {
      layers.value = layers.value.filter((one) => one !== layer);
    };
    // biome-ignore lint/correctness/useExhaustiveDependencies: the caller says what its shortcuts depend on
  }, deps);
}
