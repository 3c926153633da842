import type { ApiError } from "../shared/api.ts";
import type { Comment } from "../shared/types.ts";
import type { Thread } from "./thread.ts";

/** Comments deeper than this are shown in a conversation of their own. */
const DEEPEST = 4;

/** The comment that the page's address names. */
export function linked(): string | null {
  return location.hash.match(/^#parley-([\w-]+)$/)?.[1] ?? null;
}

/** The address of a comment on its article's page. */
export function permalink(thread: Thread, id: string): string {
  return `${thread.url}#parley-${id}`;
}

/** The article's page, as the service wants to know it with the first that is done there. */
export function about(thread: Thread): { article_url: string; article_title?: string } {
  const title = (thread.options.title ?? document.title).slice(0, 300);
  return { article_url: thread.url, article_title: title || undefined };
}

/** Shows one comment wherever it is: loads its conversation if need be, and marks it. */
export async function goTo(thread: Thread, id: string): Promise<void> {
  const { tree, moreReplies } = thread;
  try {
    const comment = tree.get(id) ?? (await thread.call<Comment>("GET", `/comments/${id}`));
    const root = comment.root_id;
    if (!tree.get(root)) thread.put(await thread.call<Comment>("GET", `/comments/${root}`), "first");
    if (!tree.get(id) && !moreReplies.has(root)) moreReplies.set(root, "");
    while (!tree.get(id) && moreReplies.has(root)) await thread.loadReplies(root);
    thread.focus = comment.depth > DEEPEST ? comment.parent_id : null;
    thread.marked = id;
  } catch (error) {
    if ((error as ApiError).status === 404) thread.marked = "gone";
  }
  thread.touch("thread", id);
}
