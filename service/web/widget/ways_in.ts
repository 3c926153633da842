import type { ApiError } from "../shared/api.ts";
import type { Config } from "../shared/types.ts";
// With what is loaded already, which is smaller than a part of it in a file of its own.
import "./member.ts";
import { type Session, sessionFor } from "./session.ts";
import { keep, recall } from "./storage.ts";
import type { Thread } from "./thread.ts";

/** Where an answer of the service's window stands in the address, when there was no window. */
const BACK = "#parley-sign-in=";

const waiting = (thread: Thread): string => `parley:${thread.options.site}:signing-in`;
const session = (thread: Thread): Session => sessionFor(thread.base);

/** When a thread opens: takes up what a sign-in without a window brought, or the publisher's own. */
export async function enter(thread: Thread, config: Config): Promise<void> {
  const secret = recall<string>(waiting(thread));
  const code = location.hash.startsWith(BACK) && location.hash.slice(BACK.length);
  if (code && secret) {
    history.replaceState(history.state, "", location.pathname + location.search);
    await collect(thread, secret, code);
  }
  if (config.sign_in.includes("sso")) await join(thread);
}

async function collect(thread: Thread, secret: string, code: string): Promise<void> {
  keep(waiting(thread), null);
  await attempt(thread, session(thread).enter("/sign-ins/session", { secret, code }));
  void thread.member?.refresh();
}

/** True where it went well; else the reader and the page are told of it. */
async function attempt(thread: Thread, entering: Promise<void>): Promise<boolean> {
  try {
    await entering;
    return true;
  } catch (error) {
    const refused = error as ApiError;
    if (thread.member) thread.member.refused = refused;
    thread.touch("reader");
    thread.options.emit("error", { code: refused.code });
    return false;
  }
}

/** Opens the service's window, in which readers sign in; where no window may be opened, the page itself goes there and back. */
export async function signIn(thread: Thread): Promise<void> {
  const popup = open("", "_blank", "popup,width=480,height=640");
  const body = { return_to: location.href };
  const { url, secret } = await session(thread).call<{ url: string; secret: string }>("POST", "/sign-ins", {
    body,
  });
  keep(waiting(thread), secret);
  if (!popup) return location.assign(url);
  const { origin } = new URL(url);
  const hear = ({ origin: from, data }: MessageEvent): void => {
    if (from !== origin || data?.type !== "parley:sign-in" || recall(waiting(thread)) !== secret) return;
    removeEventListener("message", hear);
    void collect(thread, secret, data.code);
  };
  addEventListener("message", hear);
  popup.location = url;
}

/** The account's own page, at the service: a reader's data, signing out everywhere, erasing. */
export async function openAccount(session: Session): Promise<void> {
  const page = open("", "_blank");
  const { url } = await session.call<{ url: string }>("POST", "/me/account-links");
  (page ?? window).location.href = url;
}

/** Signs in whoever the publisher's page says is there: by `data-sso`, or by its answer to `parley:token`. */
async function join(thread: Thread): Promise<void> {
  const signed = `parley:${thread.options.site}:sso`;
  let element: HTMLElement | undefined;
  const ask = async (): Promise<string | null | undefined> => {
    let answer: unknown;
    const find = ({ target }: Event): void => {
      element = target as HTMLElement;
    };
    addEventListener("parley:token", find);
    thread.options.emit("token", {
      answer: (given: unknown) => {
        answer = given;
      },
    });
    removeEventListener("parley:token", find);
    return (
      ((await answer) as string | null | undefined) ?? element?.dataset.sso ?? thread.options.defaults.sso
    );
  };
  const take = async (token: string | null | undefined): Promise<boolean> => {
    if (!token || !(await attempt(thread, session(thread).enter("/sso", { token })))) return false;
    // Not the token: what tells it from the next one.
    keep(signed, token.slice(-12));
    return true;
  };
  const look = async (): Promise<void> => {
    const token = await ask();
    const known = recall<string>(signed);
    if (token && (!session(thread).reader || known !== token.slice(-12))) await take(token);
    else if (!token && known) {
      keep(signed, null);
      session(thread).signOut();
    }
  };
  session(thread).fresh = async () => take(await ask());
  await look();
  if (element) new MutationObserver(look).observe(element, { attributeFilter: ["data-sso"] });
}
