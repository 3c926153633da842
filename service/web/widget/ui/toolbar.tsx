import type { RefObject } from "preact";
import { type Format, format } from "../format.ts";
import type { Locale } from "../i18n.ts";

/** The sign on each button: a letter, or a path on a grid of 16. */
const BUTTONS: [Format, string][] = [
  ["bold", "B"],
  ["italic", "I"],
  ["strike", "S"],
  ["quote", "M3 4h4v4q0 3-3 4M9.5 4h4v4q0 3-3 4"],
  ["list", "M6 4h8M6 8h8M6 12h8M2.5 4h.1M2.5 8h.1M2.5 12h.1"],
  ["code", "M5.5 4 2 8l3.5 4M10.5 4 14 8l-3.5 4"],
  ["link", "m6.5 9.5 3-3m-2-2 1-1a2.8 2.8 0 0 1 4 4l-1 1m-3 3-1 1a2.8 2.8 0 0 1-4-4l1-1"],
  ["spoiler", "M2 8q2.3-4 6-4t6 4q-2.3 4-6 4t-6-4zM3 13 13 3"],
];
const KEYS: Record<string, Format> = { b: "bold", i: "italic", k: "link" };

interface Props {
  area: RefObject<HTMLTextAreaElement | null>;
  locale: Locale;
  onChange: (text: string) => void;
}

/** Formats what is selected in `area`; the browser's own undo takes it back. */
export function apply(area: HTMLTextAreaElement, how: Format, onChange: (text: string) => void): void {
  const { value: text, selectionStart: start, selectionEnd: end } = area;
  const done = format({ text, start, end }, how);
  area.focus();
  area.setSelectionRange(0, text.length);
  // Deprecated, but the only way that keeps the history of undo.
  if (!document.execCommand("insertText", false, done.text)) {
    area.value = done.text;
    onChange(done.text);
  }
  area.setSelectionRange(done.start, done.end);
}

/** The format that a keystroke stands for. */
export function formatKey(event: KeyboardEvent): Format | undefined {
  return (event.ctrlKey || event.metaKey) && !event.altKey && !event.shiftKey ? KEYS[event.key] : undefined;
}

/** Buttons for those who do not know Markdown. Arrow keys move among them: the toolbar is one stop of the Tab key. */
export function Toolbar({ area, locale, onChange }: Props) {
  const move = (event: KeyboardEvent): void => {
    const forward = event.key === "ArrowRight";
    if (!forward && event.key !== "ArrowLeft") return;
    const bar = event.currentTarget as HTMLElement;
    const buttons = [...bar.querySelectorAll("button")];
    const now = buttons.indexOf(event.target as HTMLButtonElement);
    const step = forward === locale.rtl ? -1 : 1;
    const next = buttons[(now + step + buttons.length) % buttons.length];
    for (const button of buttons) button.tabIndex = button === next ? 0 : -1;
    next?.focus();
  };
  return (
    <div class="toolbar" role="toolbar" aria-label={locale.t("format")} onKeyDown={move}>
      {BUTTONS.map(([how, sign], index) => (
        <button
          type="button"
          class={`quiet as-${how}`}
          key={how}
          tabIndex={index ? -1 : 0}
          title={locale.t(`format_${how}`)}
          aria-label={locale.t(`format_${how}`)}
          onClick={() => area.current && apply(area.current, how, onChange)}
        >
          {sign.length === 1 ? (
            sign
          ) : (
            <svg viewBox="0 0 16 16" width="16" height="16" aria-hidden="true">
              <path d={sign} />
            </svg>
          )}
        </button>
      ))}
    </div>
  );
}
