import { useSignal } from "@preact/signals";
import { useCallback, useEffect } from "preact/hooks";
import { linkOf } from "../link.ts";
import { expired, inWords, resume, session } from "../session.ts";
import { LinkPage } from "./link.tsx";
import { Dialog } from "./parts.tsx";
import { Shell } from "./shell.tsx";
import { SignInForm, SignInPage } from "./signin.tsx";

/** Nothing is shown until it is known who is signed in: a form that flashes up would take the first keys. */
export function App() {
  const failed = useSignal<string | null>(null);
  const link = useSignal(linkOf(location));
  const ask = useCallback(() => {
    failed.value = null;
    resume().catch((error: unknown) => {
      failed.value = inWords(error);
    });
  }, [failed]);
  useEffect(ask, [ask]);
  if (link.value) {
    const leave = (): void => {
      link.value = null;
    };
    return <LinkPage link={link.value} onDone={leave} />;
  }
  if (session.value === undefined) {
    return (
      <main class="bare" aria-busy={failed.value === null}>
        {failed.value && (
          <>
            <p role="alert">{failed.value}</p>
            <button type="button" class="plain" onClick={ask}>
              Try again
            </button>
          </>
        )}
      </main>
    );
  }
  if (session.value === null) return <SignInPage />;
  return (
    <>
      <Shell />
      {expired.value && (
        <Dialog label="Sign in again" onClose={() => {}} closable={false}>
          <h2>Sign in again</h2>
          <p class="muted">Your session has ended. What you decided is kept and sent once you are back.</p>
          <SignInForm email={session.value.staff.email} />
        </Dialog>
      )}
    </>
  );
}
