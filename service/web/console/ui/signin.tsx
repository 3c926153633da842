import { useSignal } from "@preact/signals";
import { useEffect, useLayoutEffect, useRef } from "preact/hooks";
import { ApiError } from "../../shared/api.ts";
import { call } from "../api.ts";
import { passkeysWork, signWithPasskey } from "../passkeys.ts";
import { enter, inWords, signIn } from "../session.ts";

/** Says that a link may be on its way, and no more: whether anybody has the address is nobody's business. */
function Forgotten({ emailOf }: { emailOf: () => string }) {
  const said = useSignal<string | null>(null);
  const ask = async (): Promise<void> => {
    const email = emailOf();
    if (!email) {
      said.value = "Type your e-mail address first.";
      return;
    }
    try {
      await call("POST", "/resets", { body: { email } });
      said.value =
        "If the address is one of the staff’s and mail can be sent from here, a link is on its way. Else ask an administrator.";
    } catch (error) {
      said.value = inWords(error);
    }
  };
  return (
    <>
      <button type="button" class="plain" onClick={() => void ask()}>
        I forgot my password
      </button>
      <p class="muted fine" role="status">
        {said}
      </p>
    </>
  );
}

export function SignInForm({ email = "" }: { email?: string }) {
  const busy = useSignal(false);
  const failed = useSignal<string | null>(null);
  const asked = useSignal(false);
  const first = useRef<HTMLInputElement>(null);
  const second = useRef<HTMLInputElement>(null);
  const third = useRef<HTMLInputElement>(null);
  useLayoutEffect(() => (email ? second : first).current?.focus(), [email]);
  useLayoutEffect(() => third.current?.focus(), [asked.value]);
  const attempt = async (work: () => Promise<void>): Promise<void> => {
    if (busy.value) return;
    busy.value = true;
    failed.value = null;
    try {
      await work();
    } catch (error) {
      const wait = error instanceof ApiError ? error.retryAfter : null;
      const needed = error instanceof ApiError && error.code === "code_needed";
      if (needed) asked.value = true;
      else failed.value = inWords(error) + (wait ? ` Try again in ${wait} s.` : "");
      (asked.value ? third : second).current?.select();
    } finally {
      busy.value = false;
    }
  };
  const submit = (event: SubmitEvent): void => {
    event.preventDefault();
    const code = third.current?.value.trim() || null;
    void attempt(() => signIn(first.current?.value.trim() ?? "", second.current?.value ?? "", code));
  };
  return (
    <form class="signin" onSubmit={submit}>
      <label>
        E-mail address
        <input ref={first} type="email" name="email" autocomplete="username" required defaultValue={email} />
      </label>
      <label>
        Password
        <input
          ref={second}
          data-first={email ? "" : undefined}
          type="password"
          name="password"
          autocomplete="current-password"
          required
        />
      </label>
      {asked.value && (
        <label>
          Code from your app, or a recovery code
          <input ref={third} type="text" name="code" autocomplete="one-time-code" required maxLength={40} />
        </label>
      )}
      <p class="error" role="alert">
        {failed}
      </p>
      <button type="submit" class="primary" aria-disabled={busy.value}>
        {busy.value ? "Signing in…" : "Sign in"}
      </button>
      <div class="ways">
        {passkeysWork && (
          <button
            type="button"
            class="plain"
            onClick={() => void attempt(async () => enter(await signWithPasskey()))}
          >
            Use a passkey
          </button>
        )}
        <Forgotten emailOf={() => first.current?.value.trim() ?? ""} />
      </div>
    </form>
  );
}

export function SignInPage() {
  useEffect(() => {
    document.title = "Sign in · Parley";
  }, []);
  return (
    <main class="front">
      <div class="front-box">
        <h1>
          <span class="brand-mark" aria-hidden="true" />
          Parley
        </h1>
        <p class="muted">The moderators’ console</p>
        <SignInForm />
      </div>
    </main>
  );
}
