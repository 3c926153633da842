import { useLayoutEffect, useRef, useState } from "preact/hooks";
import type { ApiError } from "../../shared/api.ts";
import type { Member } from "../member.ts";
import type { Thread } from "../thread.ts";
import { Action, Alert } from "./parts.tsx";

/** The way in for those with an account, where the site has one that leads through a window of the service. */
export function SignIn({ thread }: { thread: Thread }) {
  const { config } = thread.member as Member;
  if (!config?.sign_in.some((way) => way !== "sso")) return null;
  return (
    <Action thread={thread} class="link" run={async () => (await import("../ways_in.ts")).signIn(thread)}>
      {thread.options.locale.t("sign_in")}
    </Action>
  );
}

/** The guest's name. */
export function NameField(props: {
  thread: Thread;
  value: string;
  onChange: (name: string) => void;
  wrong?: boolean;
}) {
  const { t } = props.thread.options.locale;
  return (
    <label class="name">
      <span>{t("your_name")}</span>
      <input
        dir="auto"
        autoComplete="nickname"
        maxLength={props.thread.member?.config?.limits.name ?? 60}
        aria-invalid={props.wrong}
        value={props.value}
        onInput={(event) => props.onChange(event.currentTarget.value)}
      />
    </label>
  );
}

/** Asks for a name where something other than writing needs one; then goes on with it. */
export function NameGate(props: { thread: Thread; then: () => void; onCancel: () => void }) {
  const { locale } = props.thread.options;
  const { session } = props.thread.member as Member;
  const [name, setName] = useState(session.lastName);
  const [error, setError] = useState<ApiError | null>(null);
  const form = useRef<HTMLFormElement>(null);
  const busy = useRef(false);
  useLayoutEffect(() => form.current?.querySelector("input")?.focus(), []);
  const submit = async (event: Event): Promise<void> => {
    event.preventDefault();
    if (!name.trim() || busy.current) return;
    busy.current = true;
    try {
      await session.asGuest(name.trim());
      props.then();
    } catch (caught) {
      setError(caught as ApiError);
    }
    busy.current = false;
  };
  return (
    <form class="gate" ref={form} aria-label={locale.t("name_first")} onSubmit={submit}>
      <p>{locale.t("name_first")}</p>
      <div class="foot">
        <NameField thread={props.thread} value={name} onChange={setName} />
        <SignIn thread={props.thread} />
        <button type="button" class="quiet" onClick={props.onCancel}>
          {locale.t("cancel")}
        </button>
        <button type="submit" class="primary">
          {locale.t("go_on")}
        </button>
      </div>
      {error && <Alert thread={props.thread} error={error} />}
    </form>
  );
}
