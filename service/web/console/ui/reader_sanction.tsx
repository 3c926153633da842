import { useSignal } from "@preact/signals";
import { useRef } from "preact/hooks";
import { randomKey } from "../../shared/keys.ts";
import { call, sitePath } from "../api.ts";
import type { Desk } from "../desk.ts";
import { say } from "../notices.ts";
import { ACTION, DOES, SPANS, UNDER } from "../people.ts";
import type { Reader, SanctionAction } from "../people_types.ts";
import { inWords, lapsed } from "../session.ts";
import { RuleChoice } from "./choices.tsx";

/** What the form holds, as the service takes it. */
function bodyOf(form: FormData, action: SanctionAction, reader: Reader): Record<string, unknown> {
  const text = (name: string): string => String(form.get(name) ?? "").trim();
  const body: Record<string, unknown> = { action, seen: reader.sanction };
  for (const name of ["reason", "words", "note"]) if (text(name)) body[name] = text(name);
  const span = text("span");
  if (span === "until") body.until = new Date(text("until")).toISOString();
  else if (span) body.hours = Number(span);
  return body;
}

function Ending({ action }: { action: SanctionAction }) {
  const span = useSignal(action === "suspend" ? "168" : "");
  return (
    <>
      <label>
        For how long
        <select
          name="span"
          value={span.value}
          onChange={(event) => {
            span.value = event.currentTarget.value;
          }}
        >
          {action !== "suspend" && <option value="">until it is lifted</option>}
          {SPANS.map(([hours, words]) => (
            <option key={hours} value={String(hours)}>
              {words}
            </option>
          ))}
          <option value="until">until…</option>
        </select>
      </label>
      {span.value === "until" && (
        <label>
          Until
          <input type="datetime-local" name="until" required />
        </label>
      )}
    </>
  );
}

interface FormProps {
  desk: Desk;
  reader: Reader;
  action: SanctionAction;
  onDone: (reader: Reader | null) => void;
}

function SanctionForm({ desk, reader, action, onDone }: FormProps) {
  const failed = useSignal<string | null>(null);
  const key = useRef(randomKey());
  const submit = async (form: HTMLFormElement): Promise<void> => {
    failed.value = null;
    try {
      const path = sitePath(desk.options.site, `/readers/${reader.id}/sanctions`);
      const body = bodyOf(new FormData(form), action, reader);
      const after = await call<Reader>("POST", path, { body, key: key.current });
      say(`${reader.name}: ${action === "warn" ? "warned" : UNDER[after.sanction]}`);
      onDone(after);
    } catch (error) {
      // Another attempt may say something else.
      key.current = randomKey();
      if (!lapsed(error)) failed.value = inWords(error);
    }
  };
  return (
    <form
      class="people-form"
      aria-label={`${ACTION[action]}: ${reader.name}`}
      onSubmit={(event) => {
        event.preventDefault();
        void submit(event.currentTarget);
      }}
    >
      <p>{DOES[action]}</p>
      {action !== "lift" && <RuleChoice label="For which rule" rules={desk.rules.value} />}
      {action !== "warn" && action !== "lift" && <Ending key={action} action={action} />}
      <label>
        Words to the reader
        <textarea name="words" rows={2} maxLength={2000} dir="auto" />
      </label>
      <label>
        A note for colleagues
        <textarea name="note" rows={1} maxLength={2000} dir="auto" />
      </label>
      <p class="error" role="alert">
        {failed}
      </p>
      <p class="people-buttons">
        <button type="submit" class="primary">
          {ACTION[action]}
        </button>
        <button type="button" class="plain" onClick={() => onDone(null)}>
          Leave it
        </button>
      </p>
    </form>
  );
}

/** What can be laid on a reader, or lifted. */
export function Sanctioning(props: { desk: Desk; reader: Reader; onChanged: (reader: Reader) => void }) {
  const { desk, reader, onChanged } = props;
  const chosen = useSignal<SanctionAction | null>(null);
  const offered: SanctionAction[] = ["warn", "premoderate", "suspend", "ban"];
  if (reader.sanction !== "none") offered.unshift("lift");
  return (
    <>
      <div class="people-buttons" role="group" aria-label="What to do">
        {offered.map((action) => (
          <button
            type="button"
            class="plain"
            key={action}
            aria-expanded={chosen.value === action}
            onClick={() => {
              chosen.value = chosen.value === action ? null : action;
            }}
          >
            {ACTION[action]}
          </button>
        ))}
      </div>
      {chosen.value && (
        <SanctionForm
          key={chosen.value}
          desk={desk}
          reader={reader}
          action={chosen.value}
          onDone={(after) => {
            chosen.value = null;
            if (after) onChanged(after);
          }}
        />
      )}
    </>
  );
}
