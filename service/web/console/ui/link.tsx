import { useSignal } from "@preact/signals";
import type { ComponentChildren } from "preact";
import { useEffect } from "preact/hooks";
import { call } from "../api.ts";
import type { OpenLink } from "../link.ts";
import { enter, inWords, resume, session } from "../session.ts";
import type { FoundLink } from "../team_types.ts";
import type { Session } from "../types.ts";
import { PasswordField, ProofForm } from "./account_parts.tsx";
import { ROLE } from "./member.tsx";
import { SignInForm } from "./signin.tsx";

function Box({ title, children }: { title: string; children: ComponentChildren }) {
  return (
    <main class="front">
      <div class="front-box">
        <h1>
          <span class="brand-mark" aria-hidden="true" />
          {title}
        </h1>
        {children}
      </div>
    </main>
  );
}

/** Taking up an invitation with an account that there is: as its owner only. */
function AsOneself({ found, onJoin }: { found: FoundLink; onJoin: () => Promise<void> }) {
  const failed = useSignal<string | null>(null);
  useEffect(() => {
    resume().catch(() => {});
  }, []);
  if (session.value?.staff.email !== found.email) {
    return (
      <>
        <p>You have an account already: sign in as {found.email}.</p>
        <SignInForm key={found.email} email={found.email} />
      </>
    );
  }
  return (
    <>
      <p class="error" role="alert">
        {failed}
      </p>
      <button
        type="button"
        class="primary"
        onClick={() =>
          onJoin().catch((error: unknown) => {
            failed.value = inWords(error);
          })
        }
      >
        Join
      </button>
    </>
  );
}

/** What a link that works once leads to. Nothing is used up before somebody says so. */
export function LinkPage({ link, onDone }: { link: OpenLink; onDone: () => void }) {
  const { page, token } = link;
  const found = useSignal<FoundLink | null>(null);
  const failed = useSignal<string | null>(null);
  const title = page === "join" ? "Join the staff" : "A new password";
  useEffect(() => {
    document.title = `${title} · Parley`;
    call<FoundLink>("POST", "/links/lookup", { body: { token } }).then(
      (one) => {
        found.value = one;
      },
      (error: unknown) => {
        failed.value = `${inWords(error)} It may have been used, replaced by a newer one, or have run out.`;
      },
    );
  }, [token]);
  const leave = (): void => {
    history.replaceState(null, "", "/console");
    onDone();
  };
  const join = async (more: Record<string, string> = {}): Promise<void> => {
    const opened = await call<Session>("POST", "/links/join", { body: { token, ...more } });
    leave();
    enter(opened);
  };
  if (failed.value) {
    return (
      <Box title={title}>
        <p role="alert">{failed.value}</p>
        <button type="button" class="plain" onClick={leave}>
          To the console
        </button>
      </Box>
    );
  }
  if (!found.value) return <main class="bare" aria-busy="true" />;
  const { email, site, role, known, kind } = found.value;
  if (kind === "reset") {
    return (
      <Box title={title}>
        <p>For {email}. You will be signed out everywhere.</p>
        <ProofForm
          label="A new password"
          button="Set it"
          onSend={async ({ password }) => {
            await call("POST", "/links/password", { body: { token, password } });
            leave();
          }}
        >
          <PasswordField label="A new password, at least ten characters" fresh />
        </ProofForm>
      </Box>
    );
  }
  return (
    <Box title={title}>
      <p>
        {site} invites {email}. {role && ROLE[role]}.
      </p>
      {known ? (
        <AsOneself found={found.value} onJoin={() => join()} />
      ) : (
        <ProofForm label="Join the staff" button="Join" onSend={join}>
          <label>
            Your name, as colleagues see it
            <input type="text" name="name" required maxLength={80} autocomplete="name" />
          </label>
          <PasswordField label="A password, at least ten characters" fresh />
        </ProofForm>
      )}
    </Box>
  );
}
