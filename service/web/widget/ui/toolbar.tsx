import type { RefObject } from "preact";
import { type Format, format } from "../format.ts";
import type { Locale } from "../i18n.ts";

const BUTTONS: [Format, string][] = [
  ["bold", "B"],
  ["italic", "I"],
  ["strike", "S"],
  ["quote", "❝"],
  ["list", "☰"],
  ["code", "‹›"],
  ["link", "🔗\uFE0E"],
  ["spoiler", "◼"],
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
          class={`quiet ${how}`}
          key={how}
          tabIndex={index ? -1 : 0}
          title={locale.t(`format_${how}`)}
          aria-label={locale.t(`format_${how}`)}
          onClick={() => area.current && apply(area.current, how, onChange)}
        >
          {sign}
        </button>
      ))}
    </div>
  );
}
