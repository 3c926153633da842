import type { LiveEvent } from "../shared/sse.ts";
import type { Comment } from "../shared/types.ts";
import type { Thread } from "./thread.ts";

interface Change {
  comment: Comment;
  id: string;
  comment_count: number;
}

/** Puts what came in live where it belongs; returns the first of it, to be focused. */
export function showFresh(thread: Thread, parent: string | null): string | null {
  const list = parent === null ? thread.fresh : (thread.freshReplies.get(parent) ?? []);
  if (parent === null) thread.fresh = [];
  else thread.freshReplies.delete(parent);
  // New roots stand first, whatever the order: the reader has just asked to see them.
  for (const comment of list) thread.put(comment, "first");
  thread.touch(parent);
  return (parent === null ? list.at(-1) : list[0])?.id ?? null;
}

/** Brings one live event into the thread, without moving what the reader is reading. */
export function onLiveEvent(thread: Thread, { event, data }: LiveEvent): void {
  if (event === "resync") {
    void thread.reload();
    return;
  }
  const change = JSON.parse(data) as Change;
  if (thread.article && typeof change.comment_count === "number") {
    thread.article = { ...thread.article, comment_count: change.comment_count };
    thread.options.emit("count", { count: change.comment_count });
  }
  if (event === "comment.published") published(thread, change.comment);
  else if (event === "comment.changed") changed(thread, change.comment);
  else if (event === "comment.removed") removed(thread, change.id);
  thread.touch("thread");
}

function published(thread: Thread, comment: Comment): void {
  const { tree, options } = thread;
  const root = tree.get(comment.root_id);
  const parent = comment.parent_id ? tree.home(comment) : null;
  const known = tree.get(comment.id);
  if (known?.status !== "published" && root && parent) {
    tree.put({ ...root, reply_count: root.reply_count + 1 });
    thread.touch(comment.root_id);
  }
  // One's own comment is never "new", also where its event is here before the answer to the POST.
  const own = comment.author?.id === thread.me;
  // In an empty thread nothing is being read that could be moved.
  const alone = !comment.parent_id && !tree.roots.length;
  if (known || own || alone) {
    if (known || !comment.parent_id || root) thread.put(comment, "first");
    if (own && known?.status !== "published") thread.say(options.locale.t("posted_live"));
    return;
  }
  if (!comment.parent_id) {
    if (!thread.fresh.some((other) => other.id === comment.id)) thread.fresh = [...thread.fresh, comment];
  } else if (parent && root) {
    const list = thread.freshReplies.get(parent) ?? [];
    if (list.some((other) => other.id === comment.id)) return;
    thread.freshReplies.set(parent, [...list, comment]);
    thread.touch(parent);
  } else if (thread.fresh.some((other) => other.id === comment.root_id)) {
    // A reply to a comment that is not shown yet: it will be one of that comment's "more replies".
    thread.moreReplies.set(comment.root_id, "");
    thread.fresh = thread.fresh.map((other) =>
      other.id === comment.root_id ? { ...other, reply_count: other.reply_count + 1 } : other,
    );
  }
}

function changed(thread: Thread, comment: Comment): void {
  if (thread.tree.get(comment.id)) thread.put(comment);
  const replace = (list: Comment[]) => list.map((other) => (other.id === comment.id ? comment : other));
  thread.fresh = replace(thread.fresh);
  for (const [parent, list] of thread.freshReplies) thread.freshReplies.set(parent, replace(list));
}

function removed(thread: Thread, id: string): void {
  const { tree } = thread;
  const without = (list: Comment[]) => list.filter((other) => other.id !== id);
  thread.fresh = without(thread.fresh);
  for (const [parent, list] of thread.freshReplies) {
    thread.freshReplies.set(parent, without(list));
    thread.touch(parent);
  }
  const comment = tree.get(id);
  // One's own comment, taken back for another look, is still there for its author.
  if (comment?.status !== "published") return;
  if (comment.author && comment.author.id === thread.me) {
    thread.member?.follow(id);
    return;
  }
  const home = tree.home(comment);
  tree.drop(id, "removed");
  thread.touch(id, home);
}
