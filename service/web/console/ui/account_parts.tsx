import { useSignal } from "@preact/signals";
import type { ComponentChildren } from "preact";
import { ApiError } from "../../shared/api.ts";
import { emptied } from "../forms.ts";
import { inWords, lapsed } from "../session.ts";

const OWN = ["bad_credentials", "bad_code", "bad_passkey"];

/** A failure of one's own doing, in words; a session that is over is asked for elsewhere. */
export function told(error: unknown): string | null {
  if (error instanceof ApiError && OWN.includes(error.code)) return inWords(error);
  return lapsed(error) ? null : inWords(error);
}

/** A small form that asks for what proves who one is. */
export function ProofForm(props: {
  label: string;
  button: string;
  children: ComponentChildren;
  onSend: (given: Record<string, string>) => Promise<void>;
}) {
  const failed = useSignal<string | null>(null);
  const busy = useSignal(false);
  const send = async (form: HTMLFormElement): Promise<void> => {
    if (busy.value) return;
    busy.value = true;
    failed.value = null;
    try {
      const given = new FormData(form);
      await props.onSend(Object.fromEntries(given) as Record<string, string>);
      emptied(form, given);
    } catch (error) {
      failed.value = told(error);
    } finally {
      busy.value = false;
    }
  };
  return (
    <form
      class="people-form"
      aria-label={props.label}
      onSubmit={(event) => {
        event.preventDefault();
        void send(event.currentTarget);
      }}
    >
      {props.children}
      <p class="error" role="alert">
        {failed}
      </p>
      <p>
        <button type="submit" class="primary" aria-disabled={busy.value}>
          {props.button}
        </button>
      </p>
    </form>
  );
}

export function PasswordField(props: { name?: string; label?: string; fresh?: boolean }) {
  const { name = "password", label = "Your password", fresh = false } = props;
  return (
    <label>
      {label}
      <input
        type="password"
        name={name}
        required
        minLength={fresh ? 10 : undefined}
        maxLength={200}
        autocomplete={fresh ? "new-password" : "current-password"}
      />
    </label>
  );
}
