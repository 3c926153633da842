import { useSignal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import type { HouseRule } from "../types.ts";
import { Key } from "./parts.tsx";

/** One key a reason: digits first, then letters. */
const KEYS = "123456789abcdefghijkl";
const MAX_NOTE = 2000;

interface Props {
  rules: HouseRule[];
  onChoose: (rule: HouseRule, note: string) => void;
  onClose: () => void;
}

/** Which rule it breaks. A digit decides at once; the note goes along with whichever reason is chosen. */
export function RejectMenu({ rules, onChoose, onClose }: Props) {
  const box = useRef<HTMLDivElement>(null);
  const note = useSignal("");
  const pointed = useSignal<HouseRule | null>(rules[0] ?? null);
  const buttons = (): HTMLButtonElement[] => [
    ...(box.current?.querySelectorAll<HTMLButtonElement>(".reason") ?? []),
  ];
  useEffect(() => {
    const before = document.activeElement as HTMLElement | null;
    buttons()[0]?.focus();
    return () => before?.isConnected && before.focus();
    // biome-ignore lint/correctness/useExhaustiveDependencies: once, when the reasons are there
  }, [rules.length]);
  const choose = (rule: HouseRule): void => onChoose(rule, note.value.trim());
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.key === "Escape") {
      event.preventDefault();
      return onClose();
    }
    const typing = (event.target as HTMLElement).tagName === "TEXTAREA";
    if (typing) {
      if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) buttons()[0]?.focus();
      return;
    }
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const rule = rules[KEYS.indexOf(event.key)];
    const step = { ArrowDown: 1, ArrowRight: 1, ArrowUp: -1, ArrowLeft: -1 }[event.key];
    if (rule && event.key.length === 1 && !event.repeat) choose(rule);
    else if (step) move(step);
    else if (event.key === "n") box.current?.querySelector("textarea")?.focus();
    else return;
    event.preventDefault();
  };
  const move = (step: number): void => {
    const all = buttons();
    const at = all.indexOf(document.activeElement as HTMLButtonElement);
    all[(at + step + all.length) % all.length]?.focus();
  };
  return (
    <div
      class="reject-menu"
      role="group"
      aria-label="Reject: which rule does it break?"
      ref={box}
      onKeyDown={onKeyDown}
    >
      <h3>Which rule does it break?</h3>
      {!rules.length && <p role="status">The reasons are being read…</p>}
      <div class="reasons">
        {rules.map((rule, n) => (
          <button
            type="button"
            class="reason"
            key={rule.code}
            onClick={() => choose(rule)}
            onFocus={() => {
              pointed.value = rule;
            }}
            onMouseEnter={() => {
              pointed.value = rule;
            }}
          >
            <Key>{KEYS[n]}</Key> {rule.title}
          </button>
        ))}
      </div>
      <p class="told muted">
        The author reads: <q>{pointed.value?.text ?? ""}</q>
      </p>
      <label>
        <span>
          A note to the author, if you like <Key>n</Key>
        </span>
        <textarea
          rows={2}
          maxLength={MAX_NOTE}
          dir="auto"
          value={note.value}
          onInput={(event) => {
            note.value = event.currentTarget.value;
          }}
        />
      </label>
      <p class="fine muted">Then choose the reason: Ctrl Enter goes back to them. Esc closes.</p>
    </div>
  );
}
