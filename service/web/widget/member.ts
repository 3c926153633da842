import type { ApiError } from "../shared/api.ts";
import { listen } from "../shared/sse.ts";
import type { Author, Comment, Config, ItemPage, OwnVote, Votes } from "../shared/types.ts";
import { explain } from "./errors.ts";
import { fetchHelpSoon } from "./help.ts";
// What is loaded already is one file then, which is smaller than two.
import "./main.tsx";
import { onLiveEvent, showFresh } from "./live.ts";
import styles from "./member.css?text";
import { type Outbox, outboxFor } from "./outbox.ts";
import { about, goTo, linked } from "./permalink.ts";
import { type Session, sessionFor } from "./session.ts";
import type { Thread } from "./thread.ts";
import { Actions } from "./ui/actions.tsx";
import { Composer } from "./ui/composer.tsx";
import { HelpDoor } from "./ui/help_door.tsx";
import { Muted } from "./ui/muted.tsx";
import { Status } from "./ui/status.tsx";

/** How soon an own waiting comment is first asked after. */
const FOLLOW_MS = 1500;

/** The reader's part in one thread: who they are, what they write and vote, what became of it, and what others do meanwhile. */
export class Member {
  readonly session: Session;
  readonly views = { Actions, Composer, HelpDoor, Muted, Status };
  config: Config | null = null;
  /** Why the last sign-in did not work out. */
  refused: ApiError | null = null;
  ownVotes: Record<string, OwnVote> = {};
  /** Ids of those whose comments the reader does not want to read. */
  muted = new Set<string>();
  private readonly thread: Thread;
  private stopListening: (() => void) | null = null;
  private readonly stopWatching: () => void;
  private stopHearing: (() => void) | null = null;
  private readonly timers = new Set<ReturnType<typeof setTimeout>>();
  private readonly followed = new Set<string>();
  /** The last vote on its way. */
  private voting: Promise<unknown> = Promise.resolve();

  constructor(thread: Thread) {
    this.thread = thread;
    this.session = sessionFor(thread.base);
    this.stopWatching = this.session.watch(() => this.redraw());
  }

  /** Requests for help that are still to be sent. First asked for when it is known who the reader is. */
  get outbox(): Outbox {
    return outboxFor(this.thread.base, this.session.call);
  }

  async open(): Promise<void> {
    const config = this.session.call<Config>("GET", "/config").catch(() => null);
    this.session.known = this.session.restore();
    await this.session.known;
    const known = await config;
    if (known?.sign_in.length) await (await import("./ways_in.ts")).enter(this.thread, known);
    // Only now: while the publisher's token is on its way, the box must not give way to "please sign in".
    this.config = known;
    await this.refresh();
    this.redraw();
    this.onHash();
    addEventListener("hashchange", this.onHash);
    this.stopHearing = this.outbox.watch((late) => this.thread.askHelp({ ...this.thread.help, late }));
    fetchHelpSoon(this.thread);
  }

  close(): void {
    removeEventListener("hashchange", this.onHash);
    this.stopListening?.();
    this.stopWatching();
    this.stopHearing?.();
    for (const timer of this.timers) clearTimeout(timer);
    this.timers.clear();
  }

  private readonly onHash = (): void => {
    const id = linked();
    if (id) void goTo(this.thread, id);
  };

  /** Shows the roots (null) or the replies to a comment that came in live; returns the first one's id. */
  showFresh(parent: string | null): string | null {
    return showFresh(this.thread, parent);
  }

  private redraw(): void {
    this.thread.touch("reader", "thread", ...this.thread.tree.nodes.keys());
  }

  explain(error: ApiError): string {
    return explain(error, this.thread.options.locale);
  }

  /** After the thread was loaded: the reader's own comments and votes, and live events from there on. */
  async refresh(): Promise<void> {
    const { thread, session } = this;
    if (thread.article) this.listen(thread.article.version);
    if (!session.reader) return;
    const query = new URLSearchParams({ article: thread.options.article });
    try {
      const [own, { votes }, { muted }] = await Promise.all([
        session.call<ItemPage<Comment>>("GET", `/me/comments?${query}`),
        session.call<{ votes: Record<string, OwnVote> }>("GET", `/me/votes?${query}`),
        session.call<{ muted: Author[] }>("GET", "/me/mutes"),
      ]);
      this.muted = new Set(muted.map(({ id }) => id));
      if (muted.length) this.redraw();
      this.ownVotes = votes;
      for (const comment of own.items.reverse()) this.putOwn(comment);
      thread.touch("thread", ...Object.keys(votes));
    } catch {
      // The thread itself can be read without; the next visit tries again.
    }
  }

  private listen(version: number): void {
    this.stopListening?.();
    this.stopListening = listen({
      url: `${this.thread.base}${this.thread.path}/events`,
      credentials: "omit",
      lastId: String(version),
      onEvent: (event) => onLiveEvent(this.thread, event),
    });
  }

  /** Shows an own comment that others may not see, where its conversation is shown, and follows it while it waits. */
  private putOwn(comment: Comment): void {
    const { tree } = this.thread;
    const known = tree.get(comment.id);
    if (comment.status === "deleted" || comment.status === "removed") return;
    if (comment.parent_id && !tree.get(comment.root_id)) return;
    // Published ones come with their page, in their place.
    if (comment.status === "published" && !known) return;
    this.thread.put(comment, "first");
    if (waits(comment)) this.follow(comment.id);
  }

  /** Asks after an own comment until it is decided: one that is held or rejected makes no public event. */
  follow(id: string, wait = FOLLOW_MS): void {
    if (wait === FOLLOW_MS && this.followed.has(id)) return;
    this.followed.add(id);
    const timer = setTimeout(async () => {
      this.timers.delete(timer);
      if (await this.lookAfter(id)) this.follow(id, Math.min(wait * 1.6, 60_000));
      else this.followed.delete(id);
    }, wait);
    this.timers.add(timer);
  }

  /** True where the comment is still to be followed. */
  private async lookAfter(id: string): Promise<boolean> {
    const { thread } = this;
    const known = thread.tree.get(id);
    try {
      const comment = await this.session.call<Comment>("GET", `/comments/${id}`);
      // What has come of it meanwhile may be newer than this.
      if (known !== thread.tree.get(id)) return true;
      if (known?.status !== comment.status || known.appeal?.state !== comment.appeal?.state) {
        thread.options.emit("status", { id, status: comment.status });
        thread.say(
          thread.options.locale.t(comment.status === "published" ? "posted_live" : "status_changed"),
        );
      }
      thread.put(comment, "first");
      return waits(comment);
    } catch (error) {
      return (error as ApiError).transient;
    }
  }

  /** Posts a comment. `key` must be the same for each try of one text. */
  async post(body: string, parent: string | null, key: string): Promise<Comment> {
    const { thread } = this;
    const sent = {
      body,
      parent_id: parent ?? undefined,
      ...about(thread),
      nudge: true,
    };
    const answer = await this.session.call<Comment>("POST", `${thread.path}/comments`, { body: sent, key });
    const comment = { ...this.newest(answer), body };
    if (thread.sort === "featured") await thread.setSort("newest");
    thread.put(comment, "first");
    if (comment.status !== "published") this.follow(comment.id);
    thread.touch("thread");
    thread.options.emit("posted", { id: comment.id, status: comment.status, parent_id: parent });
    return comment;
  }

  /** A live event may have been here before the answer, and then says more than it, but for the text as typed. */
  private newest(answer: Comment): Comment {
    const known = this.thread.tree.get(answer.id);
    return known?.status === "published" && known.revision >= answer.revision ? known : answer;
  }

  async edit(comment: Comment, body: string): Promise<void> {
    const options = { body: { body }, ifMatch: comment.revision };
    const answer = await this.session.call<Comment>("PATCH", `/comments/${comment.id}`, options);
    const edited = { ...this.newest(answer), body };
    this.thread.put(edited);
    if (edited.status !== "published") this.follow(comment.id);
    this.thread.options.emit("edited", { id: comment.id });
    if (comment.rephrase) this.thread.options.emit("nudged", { id: comment.id, answer: "rephrased" });
  }

  /** Has people read a comment as it is, in place of putting it differently. */
  async sendOn(id: string): Promise<void> {
    this.thread.put(await this.session.call<Comment>("POST", `/comments/${id}/review`));
    this.thread.options.emit("nudged", { id, answer: "sent" });
  }

  async remove(id: string): Promise<void> {
    const { thread } = this;
    await this.session.call("DELETE", `/comments/${id}`);
    const comment = thread.tree.get(id);
    const home = comment ? thread.tree.home(comment) : null;
    thread.tree.drop(id, "deleted");
    thread.touch(id, home, "thread");
    thread.say(thread.options.locale.t("deleted"));
    thread.options.emit("deleted", { id });
  }

  /** Shows the vote at once; takes it back and rejects if it is refused. A second press of the same vote withdraws it. */
  async vote(id: string, value: 1 | -1): Promise<void> {
    const before = this.ownVotes[id] ?? null;
    const was = this.thread.tree.get(id)?.votes;
    if (!was) return;
    const own = before === value ? null : value;
    this.showVote(id, own, countVote(countVote(was, before, -1), own, 1));
    try {
      const path = `/comments/${id}/vote`;
      const { call } = this.session;
      type Result = { votes: Votes; own: OwnVote };
      // One after the other, so that the last press counts.
      const asked = this.voting
        .catch(() => {})
        .then(() => (own ? call<Result>("PUT", path, { body: { value } }) : call<Result>("DELETE", path)));
      this.voting = asked;
      const result = await asked;
      if ((this.ownVotes[id] ?? null) === own) this.showVote(id, result.own, result.votes);
      this.thread.options.emit("voted", { id, value: result.own });
    } catch (error) {
      if ((this.ownVotes[id] ?? null) === own) this.showVote(id, before, was);
      throw error;
    }
  }

  /** Mutes or unmutes an author at once; takes it back and rejects if it is refused. */
  async mute(author: Author, on: boolean): Promise<void> {
    const show = (muted: boolean): void => {
      if (muted) this.muted.add(author.id);
      else this.muted.delete(author.id);
      this.redraw();
    };
    show(on);
    try {
      await this.session.call(on ? "PUT" : "DELETE", `/me/mutes/${author.id}`);
      this.thread.options.emit("muted", { id: author.id, muted: on });
    } catch (error) {
      show(!on);
      throw error;
    }
  }

  private showVote(id: string, own: OwnVote, votes: Votes): void {
    const comment = this.thread.tree.get(id);
    if (!comment) return;
    this.ownVotes[id] = own;
    this.thread.tree.put({ ...comment, votes });
    this.thread.touch(id);
  }
}

/** Somebody is still to decide on it. */
function waits({ status, appeal }: Comment): boolean {
  return status === "pending" || status === "held" || appeal?.state === "open";
}

/** `votes` with `own` counted in (`by` 1) or out (`by` -1). */
export function countVote(votes: Votes, own: OwnVote, by: 1 | -1): Votes {
  if (own === 1) return { ...votes, up: votes.up + by };
  return own === -1 ? { ...votes, down: votes.down + by } : votes;
}

/** Makes the reader of this page a member of the thread. Called once the thread itself can be read. */
export async function join(thread: Thread): Promise<void> {
  await thread.options.locale.rest;
  thread.options.style(styles);
  const { css, style } = thread.options;
  // As text, since a policy without inline styles would not let a link into the shadow root of another's page.
  if (css)
    fetch(css)
      .then((answer) => (answer.ok ? answer.text() : ""))
      .then(style)
      .catch(() => {});
  const member = new Member(thread);
  thread.member = member;
  thread.touch("thread", ...thread.tree.nodes.keys());
  await member.open();
}
