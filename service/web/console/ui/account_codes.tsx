import { useSignal } from "@preact/signals";
import { call } from "../api.ts";
import { askAgain } from "../session.ts";
import type { Account } from "../team_types.ts";
import { plural } from "../words.ts";
import { PasswordField, ProofForm } from "./account_parts.tsx";
import { Ago } from "./parts.tsx";

interface Proposal {
  secret: string;
  uri: string;
  size: number;
  path: string;
}

function RecoveryCodes({ codes }: { codes: string[] }) {
  return (
    <div class="once" role="status">
      <p>
        <b>Keep these recovery codes</b> where you keep passwords. Each opens your account once if your
        telephone is lost. They are not shown again.
      </p>
      <ul class="codes">
        {codes.map((code) => (
          <li key={code}>{code}</li>
        ))}
      </ul>
      <p>
        <button
          type="button"
          class="plain"
          onClick={() => void navigator.clipboard?.writeText(codes.join("\n"))}
        >
          Copy
        </button>
      </p>
    </div>
  );
}

function Enrolment({ proposal, onDone }: { proposal: Proposal; onDone: (codes: string[]) => void }) {
  const { size, path, secret, uri } = proposal;
  return (
    <>
      <p>
        Scan this with an authenticator app, or type the secret into it. Then type the code that it shows.
      </p>
      <svg class="qr" viewBox={`0 0 ${size} ${size}`} role="img" aria-label="QR code of the secret">
        <path d={path} />
      </svg>
      <p>
        <a href={uri}>Open in an app on this device</a>, or by hand:{" "}
        <code>{secret.match(/.{1,4}/g)?.join(" ")}</code>
      </p>
      <ProofForm
        label="The first code"
        button="Ask for codes from now on"
        onSend={async ({ code }) => {
          const { codes } = await call<{ codes: string[] }>("PUT", "/account/codes", { body: { code } });
          onDone(codes);
        }}
      >
        <label>
          Code
          <input
            type="text"
            name="code"
            required
            inputMode="numeric"
            autocomplete="one-time-code"
            maxLength={12}
          />
        </label>
      </ProofForm>
    </>
  );
}

/** One-time codes: setting them up, new recovery codes, giving them up. */
export function Codes({ account, onChanged }: { account: Account; onChanged: () => Promise<void> }) {
  const proposal = useSignal<Proposal | null>(null);
  const codes = useSignal<string[] | null>(null);
  const changing = useSignal<"renew" | "drop" | null>(null);
  const show = async (given: string[]): Promise<void> => {
    codes.value = given;
    proposal.value = null;
    changing.value = null;
    await onChanged();
    await askAgain();
  };
  return (
    <section class="page-part" aria-label="One-time codes">
      <h2>One-time codes</h2>
      {codes.value && <RecoveryCodes codes={codes.value} />}
      {!account.codes_since && !proposal.value && (
        <ProofForm
          label="Set up one-time codes"
          button="Set up one-time codes"
          onSend={async ({ password }) => {
            proposal.value = await call<Proposal>("POST", "/account/codes", { body: { password } });
          }}
        >
          <p class="muted">An app on your telephone shows a code that you type after your password.</p>
          <PasswordField />
        </ProofForm>
      )}
      {proposal.value && <Enrolment proposal={proposal.value} onDone={(given) => void show(given)} />}
      {account.codes_since && (
        <>
          <p>
            Asked for since <Ago at={account.codes_since} />.{" "}
            {plural(account.recovery_codes_left, "recovery code")} left.
          </p>
          <p class="people-buttons">
            {(["renew", "drop"] as const).map((what) => (
              <button
                type="button"
                class="plain"
                key={what}
                aria-expanded={changing.value === what}
                onClick={() => {
                  changing.value = changing.value === what ? null : what;
                }}
              >
                {what === "renew" ? "New recovery codes" : "Give up one-time codes"}
              </button>
            ))}
          </p>
          {changing.value === "renew" && (
            <ProofForm
              label="New recovery codes"
              button="Make new ones"
              onSend={async (body) => {
                const given = await call<{ codes: string[] }>("POST", "/account/recovery-codes", { body });
                await show(given.codes);
              }}
            >
              <p>The old ones open nothing any more.</p>
              <PasswordField />
            </ProofForm>
          )}
          {changing.value === "drop" && (
            <ProofForm
              label="Give up one-time codes"
              button="Give them up"
              onSend={async (body) => {
                await call("DELETE", "/account/codes", { body });
                codes.value = null;
                changing.value = null;
                await onChanged();
                await askAgain();
              }}
            >
              <p>Your password alone will open your account. Every other session of yours ends.</p>
              <PasswordField />
            </ProofForm>
          )}
        </>
      )}
    </section>
  );
}
