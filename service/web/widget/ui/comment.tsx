import { useEffect, useRef, useState } from "preact/hooks";
import type { ApiError } from "../../shared/api.ts";
import type { Comment } from "../../shared/types.ts";
import type { Thread } from "../thread.ts";
import { Action, Alert, focusComment, Html, Time, useWatch } from "./parts.tsx";

/** Replies deeper than this are a conversation of their own. */
const DEEPEST = 4;

const initials = (name: string): string =>
  name
    .split(/\s+/)
    .map((word) => [...word][0] ?? "")
    .slice(0, 2)
    .join("")
    .toUpperCase();

/** A hue of 0 to 359 that stays with the name. */
const hue = (name: string): number =>
  [...name].reduce((sum, c) => (sum * 31 + (c.codePointAt(0) ?? 0)) % 360, 7);

/** `path` is the portrait's at the `host`. */
function Avatar({ name, path, host }: { name: string; path: string | null; host: string }) {
  if (path) return <img class="avatar" src={host + path.slice(1)} alt="" loading="lazy" />;
  return (
    <span class="avatar" aria-hidden="true" style={{ "--hue": String(hue(name)) }}>
      {initials(name)}
    </span>
  );
}

function Head({ thread, comment }: { thread: Thread; comment: Comment }) {
  const { t } = thread.options.locale;
  const badge: Record<string, string> = { staff: t("staff"), moderator: t("moderator"), author: t("author") };
  const own = comment.author?.id === thread.me;
  return (
    <header>
      <b dir="auto">{comment.author?.name}</b>
      {own && <span class="badge own">{t("you")}</span>}
      {(["pinned", "featured"] as const).map((mark) => comment[mark] && <span class="badge">{t(mark)}</span>)}
      {comment.author?.badges?.map((name) => (
        <span class="badge" key={name}>
          {badge[name] ?? name}
        </span>
      ))}
      <Time thread={thread} at={comment.created_at} href={`#parley-${comment.id}`} />
      {comment.edited_at && <span class="hint">{t("edited")}</span>}
    </header>
  );
}

/** The body of one comment, or the box to edit it. */
function Content({ thread, comment }: { thread: Thread; comment: Comment }) {
  const [mode, setMode] = useState<"read" | "edit" | "reply">("read");
  const [shown, setShown] = useState(false);
  const [error, setError] = useState<ApiError | null>(null);
  const element = useRef<HTMLDivElement>(null);
  const { t } = thread.options.locale;
  if (!comment.author)
    return <p class="tombstone">{t(comment.status === "deleted" ? "deleted" : "removed")}</p>;
  const done = (posted?: Comment): void => {
    setMode("read");
    focusComment(element.current?.getRootNode() as ParentNode, posted?.id ?? comment.id);
  };
  const views = thread.member?.views;
  if (views && !shown && thread.member?.muted.has(comment.author.id))
    return <views.Muted thread={thread} author={comment.author} onShow={() => setShown(true)} />;
  return (
    <div class="content" ref={element}>
      <Head thread={thread} comment={comment} />
      {views && mode === "edit" ? (
        <views.Composer thread={thread} editing={comment} onDone={done} onCancel={done} />
      ) : (
        <Html html={comment.html ?? ""} />
      )}
      {views && <views.Status thread={thread} comment={comment} onEdit={() => setMode("edit")} />}
      {!views && <div class="actions" />}
      {views && mode !== "edit" && (
        <views.Actions
          thread={thread}
          comment={comment}
          onReply={() => setMode("reply")}
          onRefused={setError}
          onEdit={() => setMode("edit")}
        />
      )}
      {error && <Alert thread={thread} error={error} />}
      {views && mode === "reply" && (
        <views.Composer thread={thread} parent={comment} onDone={done} onCancel={done} />
      )}
    </div>
  );
}

/** The replies under a comment, and the ways to more of them. */
function Replies({ thread, comment, depth }: { thread: Thread; comment: Comment; depth: number }) {
  const { tree, options, freshReplies, moreReplies } = thread;
  const { t } = options.locale;
  const kids = tree.kids(comment.id);
  const fresh = freshReplies.get(comment.id)?.length ?? 0;
  const rest = Math.max(1, comment.reply_count - tree.below(comment.id) - fresh);
  const list = useRef<HTMLOListElement>(null);
  if (depth >= DEEPEST && kids.length) {
    return (
      <button type="button" class="link more" onClick={() => thread.setFocus(comment.id)}>
        {t("continue", { n: tree.below(comment.id) })}
      </button>
    );
  }
  return (
    <>
      {kids.length > 0 && (
        <ol class="replies" ref={list}>
          {kids.map((id) => (
            <Item key={id} thread={thread} id={id} depth={depth + 1} />
          ))}
        </ol>
      )}
      {moreReplies.has(comment.id) && (
        <Action thread={thread} class="link more" run={() => thread.loadReplies(comment.id)}>
          {t("more_replies", { n: rest })}
        </Action>
      )}
      {fresh > 0 && (
        <button
          type="button"
          class="link more fresh"
          onClick={(event) => {
            const root = event.currentTarget.getRootNode() as ParentNode;
            focusComment(root, thread.member?.showFresh(comment.id));
          }}
        >
          {t("new_replies", { n: fresh })}
        </button>
      )}
    </>
  );
}

/** One comment with what stands below it. */
export function Item({ thread, id, depth }: { thread: Thread; id: string; depth: number }) {
  useWatch(thread, id);
  const element = useRef<HTMLElement>(null);
  const comment = thread.tree.get(id);
  const marked = thread.marked === id;
  useEffect(() => {
    if (!marked || !element.current) return;
    element.current.scrollIntoView({ block: "center" });
    element.current.focus({ preventScroll: true });
  }, [marked]);
  if (!comment) return null;
  const name = comment.author?.name ?? "";
  return (
    <li>
      <article
        ref={element}
        class={marked ? "comment marked" : "comment"}
        data-id={id}
        data-status={comment.status}
        tabIndex={-1}
        aria-label={name || undefined}
      >
        {comment.author && <Avatar name={name} path={comment.author.avatar_url} host={thread.options.host} />}
        <Content thread={thread} comment={comment} />
      </article>
      <Replies thread={thread} comment={comment} depth={depth} />
    </li>
  );
}
