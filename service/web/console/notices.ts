import { signal } from "@preact/signals";

/** What happened last, in a few words, with a way back where there is one. */
export interface Toast {
  id: number;
  text: string;
  undo?: () => void;
}

/** Something that was refused, and stays until it is dealt with. */
export interface Notice {
  id: number;
  text: string;
  choices: { label: string; run: () => void }[];
}

const TOAST_MS = 8_000;

export const toast = signal<Toast | null>(null);
export const notices = signal<Notice[]>([]);
/** Read out politely; changes with every toast and notice. */
export const spoken = signal("");

let last = 0;
let timer: ReturnType<typeof setTimeout> | undefined;

/** Shows a toast in place of the one before. */
export function say(text: string, undo?: () => void): void {
  last += 1;
  toast.value = { id: last, text, undo };
  spoken.value = text;
  clearTimeout(timer);
  timer = setTimeout(hush, TOAST_MS);
}

export function hush(): void {
  clearTimeout(timer);
  toast.value = null;
}

/** Keeps the toast while it is pointed at or has the focus. */
export function holdToast(): void {
  clearTimeout(timer);
}

export function releaseToast(): void {
  clearTimeout(timer);
  timer = setTimeout(hush, TOAST_MS);
}

/** Puts up a notice with choices; any choice takes it away. */
export function notify(text: string, choices: Notice["choices"] = []): void {
  last += 1;
  notices.value = [...notices.value, { id: last, text, choices }];
  spoken.value = text;
}

export function dismiss(id: number): void {
  notices.value = notices.value.filter((notice) => notice.id !== id);
}
