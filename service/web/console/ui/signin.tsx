import { useSignal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { ApiError } from "../../shared/api.ts";
import { inWords, signIn } from "../session.ts";

export function SignInForm({ email = "" }: { email?: string }) {
  const busy = useSignal(false);
  const failed = useSignal<string | null>(null);
  const first = useRef<HTMLInputElement>(null);
  const second = useRef<HTMLInputElement>(null);
  useEffect(() => (email ? second : first).current?.focus(), [email]);
  const submit = async (event: SubmitEvent): Promise<void> => {
    event.preventDefault();
    if (busy.value) return;
    busy.value = true;
    failed.value = null;
    try {
      await signIn(first.current?.value.trim() ?? "", second.current?.value ?? "");
    } catch (error) {
      const wait = error instanceof ApiError ? error.retryAfter : null;
      failed.value = inWords(error) + (wait ? ` Try again in ${wait} s.` : "");
      second.current?.select();
    } finally {
      busy.value = false;
    }
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
      <p class="error" role="alert">
        {failed}
      </p>
      <button type="submit" class="primary" aria-disabled={busy.value}>
        {busy.value ? "Signing in…" : "Sign in"}
      </button>
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
