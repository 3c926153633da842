import { useSignal } from "@preact/signals";
import { useLayoutEffect, useRef } from "preact/hooks";
import type { Desk } from "../desk.ts";
import { takeBack } from "../handovers.ts";
import { useShortcuts } from "../keys.ts";
import type { Item } from "../types.ts";
import { whyInWords } from "../words.ts";
import { Ago, Key } from "./parts.tsx";

/** Who handed it over, what they wrote, and what they propose. */
export function HandedOver({ item }: { item: Item }) {
  const { handover, stage } = item;
  if (!handover || stage === "first") return null;
  const { staff, words, reasons, note, to_status: to, created_at: at } = handover;
  return (
    <section class="handed-over" aria-label="Handed over">
      <p>
        <b dir="auto">{staff.name}</b>{" "}
        {to ? `proposes to ${to === "published" ? "approve" : "reject"} it` : "leaves it to a lead"}
        {reasons.length > 0 && `: ${reasons.map(whyInWords).join("; ").toLowerCase()}`}{" "}
        <span class="muted">
          <Ago at={at} />
        </span>
      </p>
      {words && <blockquote dir="auto">{words}</blockquote>}
      {note && (
        <p class="muted">
          To the author: <q dir="auto">{note}</q>
        </p>
      )}
    </section>
  );
}

/** Why somebody else's turn it is, and the way back for whoever handed it over. */
export function OthersTurn({ desk, item, me }: { desk: Desk; item: Item; me: string }) {
  const { handover } = item;
  const mine = handover?.staff.id === me;
  return (
    <>
      {item.stage === "lead" ? "It waits for a lead." : "You proposed what to do: somebody else confirms it."}
      {mine && handover && (
        <>
          {" "}
          <button
            type="button"
            class="link"
            onClick={() => void takeBack(desk, item.id, `/handovers/${handover.id}/undo`)}
          >
            Take it back
          </button>
        </>
      )}
    </>
  );
}

interface Props {
  title: string;
  does: string;
  onSend: (words: string) => void;
  onClose: () => void;
}

/** A few words to colleagues, if one likes, before an item is handed over. */
export function HandOverMenu({ title, does, onSend, onClose }: Props) {
  const area = useRef<HTMLTextAreaElement>(null);
  const words = useSignal("");
  useLayoutEffect(() => {
    const before = document.activeElement as HTMLElement | null;
    area.current?.focus();
    return () => before?.isConnected && before.focus();
  }, []);
  const send = (): void => onSend(words.value.trim());
  useShortcuts("Handing over", [{ key: "Escape", does: "Do not hand it over", run: onClose }], []);
  return (
    <form
      class="reject-menu"
      aria-label={does}
      onSubmit={(event) => {
        event.preventDefault();
        send();
      }}
    >
      <label>
        <span>{title}</span>
        <textarea
          ref={area}
          rows={2}
          maxLength={2000}
          dir="auto"
          value={words.value}
          onInput={(event) => {
            words.value = event.currentTarget.value;
          }}
          onKeyDown={(event) => {
            if (event.key === "Escape") onClose();
            if (event.key !== "Enter" || event.shiftKey) return;
            event.preventDefault();
            send();
          }}
        />
      </label>
      <div class="buttons">
        <button type="submit" class="primary">
          {does} <Key>Enter</Key>
        </button>
        <button type="button" class="plain" onClick={onClose}>
          Cancel <Key>Esc</Key>
        </button>
      </div>
    </form>
  );
}
