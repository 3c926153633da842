import { effect, signal } from "@preact/signals";
import { keep, recall } from "./kept.ts";

export interface Prefs {
  theme: "system" | "light" | "dark";
  /** What is blurred until it is revealed: nothing, what scores high, or everything. */
  mask: "off" | "severe" | "all";
  /** Single keys may be switched off (WCAG 2.1.4). */
  keys: boolean;
  /** Rendered as readers would see it, or the plain text as typed. */
  text: "shown" | "typed";
  /** After how many comments that score high a break is suggested; 0 for never. */
  breaks: 0 | 20 | 50;
}

const KEY = "parley:console:prefs";
const DEFAULTS: Prefs = { theme: "system", mask: "off", keys: true, text: "shown", breaks: 0 };

export const prefs = signal<Prefs>({ ...DEFAULTS, ...recall<Partial<Prefs>>(KEY) });

export function setPref<K extends keyof Prefs>(name: K, value: Prefs[K]): void {
  prefs.value = { ...prefs.value, [name]: value };
  keep(KEY, prefs.value);
}

/** Puts the theme on the page, now and whenever it or the system's wish changes. */
export function applyTheme(): void {
  const dark = matchMedia("(prefers-color-scheme: dark)");
  const system = signal(dark.matches);
  dark.addEventListener("change", () => {
    system.value = dark.matches;
  });
  effect(() => {
    const { theme } = prefs.value;
    document.documentElement.dataset.theme = theme === "system" ? (system.value ? "dark" : "light") : theme;
  });
}
