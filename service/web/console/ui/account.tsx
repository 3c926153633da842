import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { call } from "../api.ts";
import { useLatest } from "../latest.ts";
import { say } from "../notices.ts";
import { addPasskey, passkeysWork } from "../passkeys.ts";
import { askAgain, enter, inWords, lapsed, session } from "../session.ts";
import type { Account } from "../team_types.ts";
import { Codes } from "./account_codes.tsx";
import { PasswordField, ProofForm } from "./account_parts.tsx";
import { Ago } from "./parts.tsx";

interface Props {
  account: Account;
  onChanged: () => Promise<void>;
}

function Passkeys({ account, onChanged }: Props) {
  const remove = async (id: string): Promise<void> => {
    try {
      await call("DELETE", `/account/passkeys/${id}`);
      say("The passkey is removed");
      await onChanged();
    } catch (error) {
      if (!lapsed(error)) say(inWords(error));
    }
  };
  return (
    <section class="page-part" aria-label="Passkeys">
      <h2>Passkeys</h2>
      <p class="muted">
        A passkey on your device or security key signs you in by itself: no password, no code, and nothing
        that can be typed into a wrong page.
      </p>
      <ul class="people-list">
        {account.passkeys.map(({ id, name, created_at, used_at }) => (
          <li key={id}>
            <span>
              <b>{name}</b>, added <Ago at={created_at} />
              {used_at ? (
                <>
                  , used <Ago at={used_at} />
                </>
              ) : (
                ", not used yet"
              )}
            </span>
            <button type="button" class="plain" onClick={() => void remove(id)}>
              Remove<span class="unseen"> {name}</span>
            </button>
          </li>
        ))}
      </ul>
      {passkeysWork ? (
        <ProofForm
          label="Add a passkey"
          button="Add a passkey"
          onSend={async ({ name = "", password = "" }) => {
            enter(await addPasskey(name, password));
            say("The passkey is added");
            await onChanged();
          }}
        >
          <label>
            A name to know it by
            <input type="text" name="name" required maxLength={60} placeholder="My laptop" />
          </label>
          <PasswordField />
        </ProofForm>
      ) : (
        <p class="muted">This browser cannot make passkeys.</p>
      )}
    </section>
  );
}

function Password({ onChanged }: Pick<Props, "onChanged">) {
  return (
    <section class="page-part" aria-label="Password">
      <h2>Password</h2>
      <ProofForm
        label="Change your password"
        button="Change it"
        onSend={async ({ current, password }) => {
          await call("PUT", "/account/password", { body: { current, password } });
          say("Changed. You are signed out everywhere else.");
          await onChanged();
        }}
      >
        <PasswordField name="current" label="The one until now" />
        <PasswordField label="A new one, at least ten characters" fresh />
      </ProofForm>
    </section>
  );
}

function Sessions({ account, onChanged }: Props) {
  const end = async (path: string): Promise<void> => {
    try {
      await call("DELETE", `/account/sessions${path}`);
      await (path ? onChanged() : askAgain());
    } catch (error) {
      if (!lapsed(error)) say(inWords(error));
    }
  };
  return (
    <section class="page-part" aria-label="Sessions">
      <h2>Where you are signed in</h2>
      <ul class="people-list">
        {account.sessions.map(({ id, browser, seen_at, second_factor, here }) => (
          <li key={id}>
            <span>
              <b>{browser || "A browser"}</b>
              {here && " (this one)"}
              <span class="muted block">
                last seen <Ago at={seen_at} />, {second_factor ? "with" : "without"} a second factor
              </span>
            </span>
            {!here && (
              <button type="button" class="plain" onClick={() => void end(`/${id}`)}>
                End it<span class="unseen">: {browser}</span>
              </button>
            )}
          </li>
        ))}
      </ul>
      <p>
        <button type="button" class="plain" onClick={() => void end("")}>
          Sign out everywhere
        </button>
      </p>
    </section>
  );
}

/** How one's account is kept. */
export function AccountView() {
  const account = useSignal<Account | null>(null);
  const failed = useSignal<string | null>(null);
  const latest = useLatest();
  const read = async (): Promise<void> => {
    const isLast = latest.begin();
    try {
      const found = await call<Account>("GET", "/account");
      if (!isLast()) return;
      account.value = found;
      failed.value = null;
    } catch (error) {
      if (!lapsed(error)) failed.value = inWords(error);
    }
  };
  useEffect(() => void read(), []);
  const withheld = session.value?.withheld ?? [];
  return (
    <div class="page" aria-busy={!account.value && !failed.value}>
      {withheld.length > 0 && (
        <p class="warning" role="status">
          {withheld.join(", ")}: this needs a second factor. Set up one-time codes or a passkey, and your role
          counts.
        </p>
      )}
      {failed.value && <p role="alert">{failed.value}</p>}
      {account.value && (
        <>
          <Codes account={account.value} onChanged={read} />
          <Passkeys account={account.value} onChanged={read} />
          <Password onChanged={read} />
          <Sessions account={account.value} onChanged={read} />
        </>
      )}
    </div>
  );
}
