import { useRef } from "preact/hooks";
import type { Sort } from "../../shared/types.ts";
import type { Thread } from "../thread.ts";
import { Item } from "./comment.tsx";
import { Action, Alert, focusComment, useWatch } from "./parts.tsx";

const SORTS: Sort[] = ["newest", "oldest", "top", "replies", "featured"];

function Header({ thread }: { thread: Thread }) {
  const { t } = thread.options.locale;
  const count = thread.article?.comment_count ?? 0;
  return (
    <header class="top">
      <h2 tabIndex={-1}>{count ? t("count", { n: count }) : t("comments")}</h2>
      {count > 1 && (
        <label class="sort">
          <span>{t("sort")}</span>
          <select
            value={thread.sort}
            onChange={(event) => void thread.setSort(event.currentTarget.value as Sort)}
          >
            {SORTS.map(
              (sort) =>
                (sort !== "featured" || !!thread.article?.featured_count) && (
                  <option key={sort} value={sort}>
                    {t(sort)}
                  </option>
                ),
            )}
          </select>
        </label>
      )}
    </header>
  );
}

/** Spoken, not shown. */
function Voice({ thread }: { thread: Thread }) {
  useWatch(thread, "said");
  return (
    <p class="voice" role="status">
      {thread.said}
    </p>
  );
}

/** The line under every thread, and the form that it opens: on the service's own page, where its script has not come. */
function Help({ thread }: { thread: Thread }) {
  useWatch(thread, "help");
  const { locale, host, site } = thread.options;
  const views = thread.member?.views;
  const open = thread.help !== null;
  const press = (): void => {
    if (views) thread.askHelp(open ? null : {});
    else location.assign(`${host}help/${encodeURIComponent(site)}`);
  };
  return (
    <footer>
      <button type="button" class="link" aria-expanded={open} onClick={press}>
        {locale.t("help")}
      </button>
      {thread.help && views && (
        <views.HelpDoor thread={thread} context={thread.help} onClose={() => thread.askHelp(null)} />
      )}
    </footer>
  );
}

function Skeleton({ label }: { label: string }) {
  return (
    <div class="skeleton" role="status" aria-label={label}>
      {[1, 2, 3].map((n) => (
        <div key={n}>
          <i />
          <i />
          <i />
        </div>
      ))}
    </div>
  );
}

/** The box to write in: a plain one until the real one has come, which takes over what was typed. */
function Write({ thread }: { thread: Thread }) {
  const label = thread.options.locale.t("write");
  const views = thread.member?.views;
  const early = useRef<HTMLTextAreaElement>(null);
  if (views) {
    const text = early.current?.value ?? "";
    const focused = early.current?.matches(":focus");
    return <views.Composer thread={thread} text={text} focused={focused} />;
  }
  return (
    <form class="composer">
      <textarea ref={early} rows={2} dir="auto" aria-label={label} placeholder={label} />
    </form>
  );
}

function Comments({ thread }: { thread: Thread }) {
  const { focus, fresh, options } = thread;
  const { t } = options.locale;
  const roots = focus ? [focus] : thread.shown;
  return (
    <>
      {focus && (
        <p class="notice">
          {t("one_thread")}{" "}
          <button type="button" class="link" onClick={() => thread.setFocus(null)}>
            {t("all")}
          </button>
        </p>
      )}
      {thread.marked === "gone" && <p class="notice">{t("gone")}</p>}
      <div aria-live="polite">
        {fresh.length > 0 && !focus && thread.sort !== "featured" && (
          <button
            type="button"
            class="primary new"
            onClick={(event) => {
              const root = event.currentTarget.getRootNode() as ParentNode;
              focusComment(root, thread.member?.showFresh(null));
            }}
          >
            {t("new_comments", { n: fresh.length })}
          </button>
        )}
      </div>
      {roots.length ? (
        <ol class="thread">
          {roots.map((id) => (
            <Item key={id} thread={thread} id={id} depth={0} />
          ))}
        </ol>
      ) : (
        <p class="empty">{t("empty")}</p>
      )}
      {thread.next && !focus && (
        <Action thread={thread} class="wide" run={() => thread.loadMore()}>
          {t("more")}
        </Action>
      )}
    </>
  );
}

/** The whole widget. */
export function ThreadView({ thread }: { thread: Thread }) {
  useWatch(thread, "thread");
  const { t, lang, rtl } = thread.options.locale;
  const closed = thread.article?.state === "closed";
  return (
    <section class="root" aria-label={t("comments")} lang={lang} dir={rtl ? "rtl" : "ltr"}>
      <Header thread={thread} />
      {thread.phase === "failed" && (
        <div class="notice">
          <p>{t("failed")}</p>
          {thread.error && <Alert thread={thread} error={thread.error} />}
          <Action thread={thread} class="primary" run={() => thread.reload()}>
            {t("retry")}
          </Action>
        </div>
      )}
      {thread.phase === "loading" && <Skeleton label={t("loading")} />}
      {thread.phase === "ready" && (
        <>
          {closed ? <p class="notice">{t("closed")}</p> : <Write thread={thread} />}
          <Comments thread={thread} />
        </>
      )}
      <Voice thread={thread} />
      <Help thread={thread} />
    </section>
  );
}
