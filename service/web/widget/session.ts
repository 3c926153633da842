import { ApiError, type Call, type CallOptions, createClient } from "../shared/api.ts";
import type { Session as Tokens } from "../shared/types.ts";
import { keep, recall } from "./storage.ts";

interface Kept {
  refresh_token: string | null;
  reader: { id: string; name: string };
}

/**
 * Who the reader is on one site. The access token lives in memory only; the refresh token, which works once, in the page's
 * storage. Shared by all threads of a site on a page, and taken in turns by its tabs.
 */
export class Session {
  reader: Kept["reader"] | null = null;
  private token: string | null = null;
  private readonly key: string;
  private readonly ask: Call;
  /** Lets the cookie travel that may carry the refresh token. */
  private readonly askWithCookie: Call;
  /** Where the publisher signs readers in: gets a fresh token of theirs, when a session is over. */
  fresh: (() => Promise<boolean>) | null = null;
  private readonly watchers = new Set<() => void>();
  /** Settles once it is known whether an earlier visit's session goes on: nobody is made another guest before. */
  known: Promise<unknown> = Promise.resolve();

  /** `base` is the site's part of the API. */
  constructor(base: string) {
    this.key = `parley:${base.split("/").pop()}:reader`;
    const token = () => this.token;
    this.ask = createClient({ base, credentials: "omit", token });
    this.askWithCookie = createClient({ base, credentials: "include", token });
  }

  /** The name used last, also when that session is over. */
  get lastName(): string {
    return recall<Kept>(this.key)?.reader.name ?? "";
  }

  /** Tells `watcher` when the reader changes, until the returned function is called. */
  watch(watcher: () => void): () => void {
    this.watchers.add(watcher);
    return () => this.watchers.delete(watcher);
  }

  /** Sends a request; an access token that ran out is renewed and the request sent once more. */
  readonly call: Call = async <T>(method: string, path: string, options?: CallOptions): Promise<T> => {
    try {
      return await this.ask<T>(method, path, options);
    } catch (error) {
      const again =
        error instanceof ApiError &&
        error.status === 401 &&
        this.reader &&
        ((await this.restore()) || (await this.fresh?.()));
      if (!again) throw error;
      return this.ask<T>(method, path, options);
    }
  };

  /** Takes up the session of an earlier visit. False if there is none, or it is over. */
  async restore(): Promise<boolean> {
    const renew = async (): Promise<boolean> => {
      const kept = recall<Kept>(this.key);
      if (!kept?.reader.id) return false;
      try {
        await this.enter("/tokens", { refresh_token: kept.refresh_token });
        return true;
      } catch (error) {
        if (error instanceof ApiError && !error.transient) this.forget();
        return false;
      }
    };
    // Where nothing may be stored, as in some frames, no lock is given either.
    return navigator.locks ? navigator.locks.request(this.key, renew).catch(renew) : renew();
  }

  /** Opens a session by what one of the ways in takes. */
  async enter(path: string, body: unknown): Promise<void> {
    this.accept(await this.askWithCookie<Tokens>("POST", path, { body }));
  }

  /** Makes the reader a guest, unless it turns out that they are somebody already. */
  asGuest(name: string): Promise<void> {
    const made = this.known.then(() => (this.reader ? undefined : this.enter("/guests", { name })));
    this.known = made.catch(() => {});
    return made;
  }

  signOut(): void {
    const body = { refresh_token: recall<Kept>(this.key)?.refresh_token };
    void this.askWithCookie("POST", "/tokens/revocation", { body, keepalive: true }).catch(() => {});
    this.forget();
  }

  private forget(): void {
    this.token = null;
    const name = this.reader?.name ?? this.lastName;
    keep(this.key, { refresh_token: null, reader: { id: "", name } } satisfies Kept);
    this.become(null);
  }

  private accept({ access_token, refresh_token, reader }: Tokens): void {
    this.token = access_token;
    keep(this.key, { refresh_token, reader } satisfies Kept);
    this.become(reader);
  }

  private become(reader: Kept["reader"] | null): void {
    this.reader = reader;
    for (const watcher of this.watchers) watcher();
  }
}

const sessions = new Map<string, Session>();

/** The one session of a site on this page. */
export function sessionFor(base: string): Session {
  const session = sessions.get(base) ?? new Session(base);
  sessions.set(base, session);
  return session;
}
