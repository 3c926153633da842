import { type ApiError, type Call, createClient } from "../shared/api.ts";
import type { Article, Comment, ItemPage, Sort, ThreadPage } from "../shared/types.ts";
import type { Locale } from "./i18n.ts";
import type { Member } from "./member.ts";
import type { Late } from "./outbox.ts";
import { keep, recall } from "./storage.ts";
import { Tree } from "./tree.ts";

/** What a request for help is about. */
export interface HelpContext {
  error?: ApiError;
  comment?: Comment;
  /** It was sent after all, by a later try. */
  late?: Late;
}

/** Names of the events that embed.d.ts declares, without their prefix. */
type EventName = keyof ParleyEvents extends `parley:${infer N}` ? N : never;

export interface ThreadOptions {
  /** The service's address, with a slash at the end. */
  host: string;
  build: string;
  /** What the script tag says. */
  defaults: DOMStringMap;
  site: string;
  article: string;
  /** The article's page, where it is not the one that the thread stands on. */
  url?: string;
  title?: string;
  /** The publisher's own stylesheet. */
  css?: string;
  locale: Locale;
  /** Dispatches `parley:{name}` on the element, for the publisher. */
  emit: <N extends EventName>(name: N, detail: ParleyEvents[`parley:${N}`]["detail"]) => void;
  /** Adds a stylesheet to the widget. */
  style: (css: string) => void;
}

/**
 * One thread on a page, as far as reading goes: what is loaded, what is shown, and the ways to more. Taking part, and what
 * comes in live, is Member's. Parts of the screen watch it by key: a comment's id, or "thread".
 */
export class Thread {
  readonly tree = new Tree();
  readonly options: ThreadOptions;
  phase: "loading" | "ready" | "failed" = "loading";
  error: ApiError | null = null;
  article: Article | null = null;
  next: string | null = null;
  sort: Sort;
  /** Roots, and per parent replies, that came in live and are not shown yet. */
  fresh: Comment[] = [];
  freshReplies = new Map<string, Comment[]>();
  /** Where featured comments alone are shown: these, replies too. */
  private featured: string[] = [];
  /** Cursor to the rest of a root's replies. */
  moreReplies = new Map<string, string>();
  /** The comment whose conversation alone is shown; null for all. */
  focus: string | null = null;
  /** The comment that a link led to, or "gone". */
  marked: string | null = null;
  /** The open help form's context; null while there is none. */
  help: HelpContext | null = null;
  /** What assistive technology is told next. */
  said = "";
  /** The service's clock minus the browser's, in milliseconds. */
  skew = 0;
  member: Member | null = null;
  closed = false;
  private readonly ask: Call;
  private readonly watchers = new Map<string, Set<() => void>>();

  constructor(options: ThreadOptions) {
    this.options = options;
    this.sort = recall<Sort>("parley:sort") ?? "newest";
    this.ask = createClient({
      base: this.base,
      credentials: "omit",
      onSkew: (ms) => {
        this.skew = ms;
      },
    });
  }

  /** The address of the page that comments are linked on. */
  get url(): string {
    return this.options.url ?? location.href.split("#")[0] ?? "";
  }

  /** The site's part of the API. */
  get base(): string {
    return `${this.options.host}api/v1/sites/${encodeURIComponent(this.options.site)}`;
  }

  get path(): string {
    return `/articles/${encodeURIComponent(this.options.article)}`;
  }

  /** The comments that the page shows one below the other. */
  get shown(): string[] {
    return this.sort === "featured" ? this.featured : this.tree.roots;
  }

  /** Asks as the reader, or as nobody before it is known who that is. */
  get call(): Call {
    return this.member?.session.call ?? this.ask;
  }

  /** The reader's id, if they are known. */
  get me(): string | undefined {
    return this.member?.session.reader?.id;
  }

  now(): number {
    return Date.now() + this.skew;
  }

  watch(key: string, watcher: () => void): () => void {
    const set = this.watchers.get(key) ?? new Set();
    this.watchers.set(key, set.add(watcher));
    return () => set.delete(watcher);
  }

  touch(...keys: (string | null)[]): void {
    for (const key of keys) for (const watcher of this.watchers.get(key ?? "thread") ?? []) watcher();
  }

  /** Tells assistive technology, politely. */
  say(text: string): void {
    // The same words twice in a row would not be spoken again.
    this.said = this.said === text ? `${text}\u00a0` : text;
    this.touch("said");
  }

  /** Loads the first page, then what taking part needs, then the comment that a link leads to. */
  async open(): Promise<void> {
    const more = import("./member.ts");
    await this.load();
    if (this.phase === "ready") this.options.emit("ready", { article: this.article as Article });
    const { join } = await more;
    if (!this.closed) await join(this);
  }

  close(): void {
    this.closed = true;
    this.member?.close();
  }

  /** A page in the order that is chosen; false where another was chosen meanwhile. */
  private async page(cursor: string | null): Promise<ThreadPage | false> {
    const { sort } = this;
    const query = new URLSearchParams({ sort });
    if (cursor) query.set("cursor", cursor);
    const page = await this.call<ThreadPage>("GET", `${this.path}/comments?${query}`);
    return sort === this.sort && page;
  }

  /** Loads the first page, from scratch. */
  async load(): Promise<void> {
    try {
      const page = await this.page(null);
      if (!page) return;
      this.tree.clear();
      this.featured = [];
      this.fresh = [];
      this.freshReplies.clear();
      this.moreReplies.clear();
      this.take(page);
      this.phase = "ready";
      this.error = null;
    } catch (error) {
      this.error = error as ApiError;
      if (this.phase === "loading") this.phase = "failed";
      this.options.emit("error", { code: this.error.code });
    }
    this.touch("thread");
  }

  async reload(): Promise<void> {
    await this.load();
    await this.member?.refresh();
  }

  async loadMore(): Promise<void> {
    if (!this.next) return;
    this.take(await this.page(this.next));
    this.touch("thread");
  }

  private take(page: ThreadPage | false): void {
    if (!page) return;
    this.article = page.article;
    this.next = page.next;
    for (const comment of page.comments) {
      this.put(comment);
      this.featured.push(comment.id);
    }
  }

  /** Puts a comment into the tree and remembers where the rest of its replies is. */
  put(comment: Comment, at: "first" | "last" = "last"): void {
    const fresh = !this.tree.get(comment.id);
    this.tree.put(comment, at);
    if (comment.replies?.next && fresh) this.moreReplies.set(comment.id, comment.replies.next);
    this.touch(comment.id);
    if (fresh) this.touch(this.tree.home(comment));
  }

  async setSort(sort: Sort): Promise<void> {
    this.sort = sort;
    // An order is remembered for other articles too, which may have nothing featured.
    if (sort !== "featured") keep("parley:sort", sort);
    this.focus = null;
    await this.reload();
  }

  async loadReplies(root: string): Promise<void> {
    const cursor = this.moreReplies.get(root);
    const query = cursor ? `?${new URLSearchParams({ cursor })}` : "";
    const page = await this.call<ItemPage<Comment>>("GET", `/comments/${root}/replies${query}`);
    for (const reply of page.items) this.put(reply);
    if (page.next) this.moreReplies.set(root, page.next);
    else this.moreReplies.delete(root);
    this.touch(root);
  }

  askHelp(context: HelpContext | null): void {
    this.help = context;
    this.touch("help");
  }

  /** Shows the conversation below one comment alone, or (null) all of them. */
  setFocus(id: string | null): void {
    this.focus = id;
    this.marked = id;
    this.touch("thread");
  }
}
