import { useSignal } from "@preact/signals";
import { useLayoutEffect, useRef } from "preact/hooks";
import { useShortcuts } from "../keys.ts";
import type { HouseRule } from "../types.ts";
import { Key } from "./parts.tsx";

/** One key a reason: digits first, then letters. */
const KEYS = [..."123456789abcdefghijkl"];
const MAX_NOTE = 2000;

interface Props {
  rules: HouseRule[];
  onChoose: (rule: HouseRule, note: string) => void;
  onClose: () => void;
}

/** Which rule it breaks. One key decides at once; the note goes along with whichever reason is chosen. */
export function RejectMenu({ rules, onChoose, onClose }: Props) {
  const box = useRef<HTMLDivElement>(null);
  const area = useRef<HTMLTextAreaElement>(null);
  const note = useSignal("");
  const pointed = useSignal<HouseRule | null>(rules[0] ?? null);
  const buttons = (): HTMLButtonElement[] => [
    ...(box.current?.querySelectorAll<HTMLButtonElement>(".reason") ?? []),
  ];
  useLayoutEffect(() => {
    const before = document.activeElement as HTMLElement | null;
    return () => before?.isConnected && before.focus();
  }, []);
  // Once the reasons are there; whoever writes the note already stays with it.
  useLayoutEffect(() => {
    if (document.activeElement !== area.current) buttons()[0]?.focus();
  }, [rules.length]);
  const choose = (rule: HouseRule): void => onChoose(rule, note.value.trim());
  useShortcuts(
    "Rejecting",
    [
      ...rules
        .slice(0, KEYS.length)
        .map((rule, n) => ({ key: KEYS[n] ?? "", does: rule.title, run: () => choose(rule) })),
      { key: "n", does: "Write a note to the author", run: () => area.current?.focus() },
      { key: "Escape", does: "Do not reject", run: onClose },
    ],
    [rules],
  );
  const move = (step: number): void => {
    const all = buttons();
    const at = all.indexOf(document.activeElement as HTMLButtonElement);
    all[(at + step + all.length) % all.length]?.focus();
  };
  const onReasonKey = (event: KeyboardEvent): void => {
    const step = { ArrowDown: 1, ArrowRight: 1, ArrowUp: -1, ArrowLeft: -1 }[event.key];
    if (!step) return;
    event.preventDefault();
    move(step);
  };
  const onNoteKey = (event: KeyboardEvent): void => {
    if (event.key === "Escape" || (event.key === "Enter" && (event.ctrlKey || event.metaKey))) {
      event.preventDefault();
      buttons()[0]?.focus();
    }
  };
  return (
    <div class="reject-menu" role="group" aria-label="Reject: which rule does it break?" ref={box}>
      <h3>Which rule does it break?</h3>
      {!rules.length && <p role="status">The reasons are being read…</p>}
      <div class="reasons" role="group" aria-label="Rules" onKeyDown={onReasonKey}>
        {rules.map((rule, n) => (
          <button
            type="button"
            class="reason"
            key={rule.code}
            aria-keyshortcuts={KEYS[n]}
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
        The author reads: <q>{pointed.value?.text}</q>
      </p>
      <label>
        <span>
          A note to the author, if you like <Key>n</Key>
        </span>
        <textarea
          ref={area}
          rows={1}
          maxLength={MAX_NOTE}
          dir="auto"
          value={note.value}
          onKeyDown={onNoteKey}
          onInput={(event) => {
            note.value = event.currentTarget.value;
          }}
        />
      </label>
      <p class="fine muted hint">
        Choosing the reason decides, and sends the note along. <Key>Esc</Key> leads out of the note, then
        closes.
      </p>
    </div>
  );
}
