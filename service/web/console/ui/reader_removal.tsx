import { useSignal } from "@preact/signals";
import { useRef } from "preact/hooks";
import { randomKey } from "../../shared/keys.ts";
import { call, sitePath } from "../api.ts";
import type { Desk } from "../desk.ts";
import type { Batch, Reader } from "../people_types.ts";
import { inWords, lapsed, mayDecide } from "../session.ts";
import { plural } from "../words.ts";
import { RuleChoice } from "./choices.tsx";
import { Ago } from "./parts.tsx";

const goesOn = ({ state }: Batch): boolean => state === "doing" || state === "undoing";

function stateOf({ state, decided, skipped, taken_back, total }: Batch): string {
  if (state === "doing") return `${decided + skipped} of ${total} so far`;
  if (state === "undoing") return `${taken_back} of ${decided} put back so far`;
  if (state === "undone") return `${taken_back} of ${decided} put back`;
  return `${decided} taken down${skipped ? `, ${skipped} left alone` : ""}`;
}

interface Props {
  desk: Desk;
  reader: Reader;
  onChanged: () => void;
}

/** Taking down all that a reader wrote, and putting it back: it goes on step by step while this is on the screen. */
export function Removals({ desk, reader, onChanged }: Props) {
  const asking = useSignal(false);
  const running = useSignal<Batch | null>(null);
  const failed = useSignal<string | null>(null);
  const key = useRef(randomKey());
  const at = (rest: string): string => sitePath(desk.options.site, rest);
  const run = async (first: () => Promise<Batch>): Promise<void> => {
    failed.value = null;
    try {
      let batch = await first();
      running.value = batch;
      while (goesOn(batch)) {
        batch = await call<Batch>("POST", at(`/batches/${batch.id}/steps`));
        running.value = batch;
      }
      key.current = randomKey();
    } catch (error) {
      if (!lapsed(error)) failed.value = `It stopped on the way, and can go on. ${inWords(error)}`;
    }
    running.value = null;
    onChanged();
  };
  const begin = (form: HTMLFormElement): void => {
    const { reason, note } = Object.fromEntries(new FormData(form));
    asking.value = false;
    void run(() =>
      call<Batch>("POST", at(`/readers/${reader.id}/removals`), {
        body: { reason, ...(note ? { note } : {}) },
        key: key.current,
      }),
    );
  };
  const { pending = 0, published = 0, held = 0 } = reader.counts;
  const open = pending + published + held;
  return (
    <>
      {mayDecide.value && !running.value && (
        <p>
          <button
            type="button"
            class="plain"
            aria-expanded={asking.value}
            disabled={!open}
            onClick={() => {
              asking.value = !asking.value;
            }}
          >
            Take down all their comments
          </button>
        </p>
      )}
      {asking.value && (
        <form
          class="people-form"
          aria-label="Take down all their comments"
          onSubmit={(event) => {
            event.preventDefault();
            begin(event.currentTarget);
          }}
        >
          <p>
            {plural(open, "comment")} will be rejected. You can put all of them back as they were. What a
            colleague has open, or what is under appeal, is left alone.
          </p>
          <RuleChoice label="For which rule" rules={desk.rules.value} />
          <label>
            A note to the author
            <textarea name="note" rows={1} maxLength={2000} dir="auto" />
          </label>
          <p class="people-buttons">
            <button type="submit" class="primary">
              Take down {open}
            </button>
          </p>
        </form>
      )}
      {running.value && (
        <p role="status">
          <progress
            aria-label="Progress"
            max={running.value.state.startsWith("und") ? running.value.decided : running.value.total}
            value={
              running.value.state.startsWith("und")
                ? running.value.taken_back
                : running.value.decided + running.value.skipped
            }
          />{" "}
          {stateOf(running.value)}
        </p>
      )}
      <p class="error" role="alert">
        {failed}
      </p>
      <ul class="people-list">
        {reader.batches.map((batch) => (
          <li key={batch.id}>
            <span>
              <b>{batch.staff?.name}</b> took down all <Ago at={batch.created_at} /> ({batch.reason_text}):{" "}
              {stateOf(batch)}
            </span>
            {mayDecide.value && !running.value && batch.state !== "undone" && (
              <span class="people-buttons">
                {goesOn(batch) && (
                  <button
                    type="button"
                    class="plain"
                    onClick={() => void run(() => call<Batch>("POST", at(`/batches/${batch.id}/steps`)))}
                  >
                    Go on
                  </button>
                )}
                {batch.state !== "undoing" && (
                  <button
                    type="button"
                    class="plain"
                    onClick={() => void run(() => call<Batch>("POST", at(`/batches/${batch.id}/undo`)))}
                  >
                    Put all back
                  </button>
                )}
              </span>
            )}
          </li>
        ))}
      </ul>
    </>
  );
}
