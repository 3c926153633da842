import type { Comment } from "../shared/types.ts";

const time = (comment: Comment): number => Date.parse(comment.created_at);

/** The comments that a thread has loaded, as a tree. It knows nothing of the network or of what is on the screen. */
export class Tree {
  readonly nodes = new Map<string, Comment>();
  /** Ids of roots in the order they are shown. */
  roots: string[] = [];
  private readonly children = new Map<string, string[]>();

  get(id: string): Comment | undefined {
    return this.nodes.get(id);
  }

  /** Ids of the shown replies to `id`, oldest first. */
  kids(id: string): string[] {
    return this.children.get(id) ?? [];
  }

  /** Puts in a comment and the replies it carries, or updates it. Only a new root's place is told by `at`. */
  put(comment: Comment, at: "first" | "last" = "last"): void {
    const known = this.nodes.get(comment.id);
    // The public copy of one's own comment lacks the text as typed, which editing needs.
    const body = comment.body ?? (known && known.revision === comment.revision ? known.body : undefined);
    this.nodes.set(comment.id, body === undefined ? comment : { ...comment, body });
    if (!known) this.link(comment, at);
    for (const reply of comment.replies?.items ?? []) this.put(reply);
  }

  /** The comment that `comment` stands under: its parent, or its root where the parent is not loaded. Null for roots. */
  home(comment: Comment): string | null {
    if (!comment.parent_id) return null;
    return this.nodes.has(comment.parent_id) ? comment.parent_id : comment.root_id;
  }

  private link(comment: Comment, at: "first" | "last"): void {
    const home = this.home(comment);
    if (home === null) {
      if (at === "first") this.roots.unshift(comment.id);
      else this.roots.push(comment.id);
      return;
    }
    const list = [...this.kids(home)];
    let place = list.length;
    while (place > 0 && time(this.nodes.get(list[place - 1] as string) as Comment) > time(comment)) place--;
    list.splice(place, 0, comment.id);
    this.children.set(home, list);
  }

  /** Takes out a comment that has no replies here. One that has stays, as a tombstone of the given kind. */
  drop(id: string, status: "deleted" | "removed"): void {
    const comment = this.nodes.get(id);
    if (!comment) return;
    if (this.kids(id).length || comment.reply_count > 0) {
      this.nodes.set(id, {
        ...comment,
        status,
        author: null,
        html: null,
        body: undefined,
        reasons: undefined,
      });
      return;
    }
    const home = this.home(comment);
    this.nodes.delete(id);
    if (home === null) this.roots = this.roots.filter((other) => other !== id);
    else
      this.children.set(
        home,
        this.kids(home).filter((other) => other !== id),
      );
  }

  /** How many published comments below `id` are loaded. */
  below(id: string): number {
    return this.kids(id).reduce(
      (sum, kid) => sum + this.below(kid) + (this.nodes.get(kid)?.status === "published" ? 1 : 0),
      0,
    );
  }

  clear(): void {
    this.nodes.clear();
    this.children.clear();
    this.roots = [];
  }
}
