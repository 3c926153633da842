import { useEffect, useId, useLayoutEffect, useRef, useState } from "preact/hooks";
import { ApiError } from "../../shared/api.ts";
import { randomKey } from "../../shared/keys.ts";
import type { Comment } from "../../shared/types.ts";
import type { Member } from "../member.ts";
import { keep, recall } from "../storage.ts";
import type { Thread } from "../thread.ts";
import { FollowDoor } from "./follow_door.tsx";
import { NameField, SignIn } from "./name.tsx";
import { Action, Alert, useWatch } from "./parts.tsx";
import { apply, formatKey, Toolbar } from "./toolbar.tsx";

interface Draft {
  text: string;
  /** Idempotency-Key of the tries so far; a changed text gets another. */
  key?: string;
  /** Posted while offline: to be sent as soon as there is a network. */
  queued?: boolean;
}

export interface ComposerProps {
  thread: Thread;
  parent?: Comment;
  /** The own comment to be edited, in place of a new one. */
  editing?: Comment;
  /** What was typed, and whether the focus was there, before this was loaded. */
  text?: string;
  focused?: boolean;
  onDone?: (comment?: Comment) => void;
  onCancel?: () => void;
}

/** Where a comment, a reply or an edit is written. Nothing typed here is lost until the service has it. */
export function Composer({ thread, parent, editing, text = "", focused, onDone, onCancel }: ComposerProps) {
  const member = thread.member as Member;
  const { session } = member;
  const { site, article, locale } = thread.options;
  const { t } = locale;
  const place = `parley:draft:${site}:${article}:${editing ? `edit-${editing.id}` : (parent?.id ?? "")}`;
  const [draft, setDraft] = useState<Draft>(() => recall<Draft>(place) ?? { text: editing?.body ?? text });
  const [restored, setRestored] = useState(() => !!recall<Draft>(place)?.text);
  const [name, setName] = useState(() => session.lastName);
  const [open, setOpen] = useState(!!(parent || editing || focused || draft.text));
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<ApiError | null>(null);
  const [nameWrong, setNameWrong] = useState(false);
  /** What stands in the box now; nothing that is typed while it is being sent may be lost. */
  const typed = useRef(draft.text);
  const area = useRef<HTMLTextAreaElement>(null);
  const form = useRef<HTMLFormElement>(null);
  const id = useId();
  useWatch(thread, "reader");

  const change = (next: Draft): void => {
    setDraft(next);
    typed.current = next.text;
    keep(place, next.text && next.text !== editing?.body ? next : null);
  };

  const refuse = (code: string, key: "empty_text" | "empty_name"): void => {
    setError(new ApiError(422, { code, detail: t(key) }));
    setNameWrong(key === "empty_name");
    (key === "empty_name" ? form.current?.querySelector("input") : area.current)?.focus();
  };

  const send = async (attempt: Draft): Promise<void> => {
    if (!session.reader) await session.asGuest(name.trim());
    if (editing) {
      await member.edit(editing, attempt.text);
      onDone?.();
    } else {
      const comment = await member.post(attempt.text, parent?.id ?? null, attempt.key as string);
      thread.say(t(comment.status === "published" ? "posted_live" : "posted_waiting"));
      onDone?.(comment);
    }
  };

  const submit = async (): Promise<void> => {
    if (busy) return;
    if (!draft.text.trim()) return refuse("empty", "empty_text");
    if (!session.reader && !name.trim()) return refuse("empty", "empty_name");
    const attempt = { ...draft, key: draft.key ?? randomKey(), queued: false };
    change(attempt);
    setBusy(true);
    setError(null);
    setNameWrong(false);
    try {
      await send(attempt);
      setRestored(false);
      if (typed.current === attempt.text) change({ text: "" });
    } catch (caught) {
      if (!(caught instanceof ApiError)) throw caught;
      setError(caught);
      if (typed.current === attempt.text) {
        if (caught.code === "key_reused") change({ text: attempt.text });
        if (caught.code === "offline") change({ ...attempt, queued: true });
      }
      const span = caught.problem.errors?.find(
        (field) => field.pointer === "/body" && field.start !== undefined,
      );
      if (span) area.current?.setSelectionRange(span.start as number, span.end as number);
      setNameWrong(!!caught.problem.errors?.some((field) => field.pointer === "/name"));
      if (!caught.transient) area.current?.focus();
    } finally {
      setBusy(false);
    }
  };

  useLayoutEffect(() => {
    if (parent || editing || focused) area.current?.focus();
  }, []);

  useEffect(() => {
    if (!draft.queued) return;
    const again = (): void => void submit();
    if (navigator.onLine) again();
    addEventListener("online", again);
    return () => removeEventListener("online", again);
  }, [draft.queued]);

  const wrong = error ?? (session.reader ? null : member.refused);
  if (!session.reader && member.config?.guests_allowed === false)
    return (
      <div class="notice">
        {wrong ? <Alert thread={thread} error={wrong} /> : t("no_guests")} <SignIn thread={thread} />
      </div>
    );
  const limit = member.config?.limits.body ?? 10_000;
  const left = limit - draft.text.length;
  const label = parent?.author ? t("reply_to", { name: parent.author.name }) : t(editing ? "edit" : "write");
  const trouble = member.config?.trouble_since && !parent && !editing;
  return (
    <>
      <form
        class={`composer ${open ? "open" : ""}`}
        ref={form}
        aria-label={label}
        onSubmit={(event) => {
          event.preventDefault();
          void submit();
        }}
        onFocusIn={() => setOpen(true)}
        onKeyDown={(event) => {
          if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) void submit();
          const how = formatKey(event);
          if (how && area.current) {
            event.preventDefault();
            apply(area.current, how, (text) => change({ text }));
          }
          if (event.key === "Escape" && !draft.text) onCancel?.();
        }}
      >
        {trouble && <p class="notice">{t("known_trouble")}</p>}
        <textarea
          id={id}
          ref={area}
          rows={open ? 4 : 2}
          dir="auto"
          aria-label={label}
          placeholder={parent ? t("write_reply") : t("write")}
          aria-invalid={left < 0}
          aria-describedby={`${id}-count`}
          value={draft.text}
          onInput={(event) => change({ text: event.currentTarget.value })}
        />
        {open && <Toolbar area={area} locale={locale} onChange={(text) => change({ text })} />}
        {restored && draft.text && <p class="hint">{t("restored")}</p>}
        {wrong && <Alert thread={thread} error={wrong} />}
        {error?.problem.warning && (
          <Action
            thread={thread}
            class="primary"
            run={async () => {
              await session.call("POST", `/me/warnings/${error.problem.warning?.id}/acknowledgement`);
              await submit();
            }}
          >
            {t("understood")}
          </Action>
        )}
        {open && (
          <div class="foot">
            {session.reader ? (
              <span class="who">
                <b>{t("posting_as", { name: session.reader.name })}</b>{" "}
                <button type="button" class="link" onClick={() => session.signOut()}>
                  {t("change")}
                </button>{" "}
                <Action
                  thread={thread}
                  class="link"
                  run={async () => (await import("../ways_in.ts")).openAccount(session)}
                >
                  {t("account")}
                </Action>
              </span>
            ) : (
              <>
                <NameField thread={thread} value={name} onChange={setName} wrong={nameWrong} />
                <SignIn thread={thread} />
              </>
            )}
            <span id={`${id}-count`} class={left < 0 ? "hint over" : "hint"}>
              {left < limit / 10 && (left < 0 ? t("over", { n: -left }) : t("left", { n: left }))}
            </span>
            {onCancel && (
              <button type="button" class="quiet" onClick={onCancel}>
                {t("cancel")}
              </button>
            )}
            <button type="submit" class="primary" aria-disabled={busy}>
              {t(busy ? "posting" : editing ? "save" : parent ? "reply" : "post")}
            </button>
          </div>
        )}
      </form>
      {!parent && !editing && <FollowDoor thread={thread} />}
    </>
  );
}
