import type { ComponentChildren } from "preact";
import { useLayoutEffect, useReducer, useRef, useState } from "preact/hooks";
import type { ApiError } from "../../shared/api.ts";
import { fullTime, timeAgo } from "../../shared/time.ts";
import type { Thread } from "../thread.ts";
import { trusted } from "../trusted.ts";

/** Draws the component again whenever the thread touches `key`. */
export function useWatch(thread: Thread, key: string): void {
  const [, redraw] = useReducer((n: number) => n + 1, 0);
  // At once: what is touched between this drawing and the next frame would be missed.
  useLayoutEffect(() => thread.watch(key, () => redraw(0)), [thread, key]);
}

/** HTML that the service has sanitised. */
export function Html({ html }: { html: string }) {
  const ref = useRef<HTMLDivElement>(null);
  useLayoutEffect(() => {
    if (ref.current) ref.current.innerHTML = trusted(html);
  }, [html]);
  return <div class="body" dir="auto" ref={ref} />;
}

/** A time that ticks. */
export function Time({ thread, at, href }: { thread: Thread; at: string; href: string }) {
  useWatch(thread, "tick");
  const { lang, t } = thread.options.locale;
  return (
    <a class="time" href={href} title={fullTime(at, lang)}>
      <time dateTime={at}>{timeAgo(at, thread.now(), lang, t("just_now"))}</time>
    </a>
  );
}

/** A quiet button that takes no second press while its work goes on, and says what went wrong. */
export function Action(props: {
  thread: Thread;
  run: () => Promise<unknown> | undefined;
  class?: string;
  children: ComponentChildren;
}) {
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<ApiError | null>(null);
  const press = async (): Promise<void> => {
    setBusy(true);
    setError(null);
    try {
      await props.run();
    } catch (caught) {
      setError(caught as ApiError);
    }
    setBusy(false);
  };
  return (
    <>
      <button type="button" class={props.class} aria-disabled={busy} onClick={() => busy || void press()}>
        {props.children}
      </button>
      {error && <Alert thread={props.thread} error={error} />}
    </>
  );
}

/** What went wrong, spoken at once, with the way to help. */
export function Alert({ thread, error }: { thread: Thread; error: ApiError }) {
  const { locale } = thread.options;
  return (
    <p class="alert" role="alert">
      {thread.member?.explain(error) ?? locale.t("failed")}{" "}
      <button type="button" class="link" onClick={() => thread.askHelp({ error })}>
        {locale.t("get_help")}
      </button>
    </p>
  );
}

/** Puts the focus on a comment, once it is drawn. */
export function focusComment(root: ParentNode | null, id: string | null | undefined): void {
  if (!root || !id) return;
  requestAnimationFrame(() => root.querySelector<HTMLElement>(`[data-id="${CSS.escape(id)}"]`)?.focus());
}
