import { useEffect, useState } from "preact/hooks";
// What is loaded already is one file then, which is smaller than two.
import "../main.tsx";
import type { ApiError } from "../../shared/api.ts";
import type { Mail } from "../../shared/types.ts";
import { about } from "../permalink.ts";
import type { Thread } from "../thread.ts";
import { Action, Alert } from "./parts.tsx";

/** Mail about answers: where to, about what, and the way out. */
export function FollowForm({ thread, onDone }: { thread: Thread; onDone: () => void }) {
  const { t } = thread.options.locale;
  const [mail, setMail] = useState<Mail | null>(null);
  const [email, setEmail] = useState("");
  const [replies, setReplies] = useState(true);
  const [follow, setFollow] = useState(true);
  const [said, setSaid] = useState("");
  const [error, setError] = useState<ApiError | null>(null);
  // Nothing is asked before what is already so is known: an answer that comes late would undo what was entered.
  const early = !(mail || error);
  const show = (now: Mail): void => {
    setMail(now);
    setEmail(now.email ?? "");
    setReplies(now.replies);
    // Whoever opens this for the first time has come for this thread.
    setFollow(now.email === null || now.following);
  };
  useEffect(() => {
    const query = new URLSearchParams({ article: thread.options.article });
    thread.call<Mail>("GET", `/me/mail?${query}`).then(show, setError);
  }, []);
  const submit = async (event: Event): Promise<void> => {
    event.preventDefault();
    setError(null);
    try {
      const now = await thread.call<Mail>("PUT", `${thread.path}/mail`, {
        body: { email, replies, follow, ...about(thread) },
      });
      show(now);
      setSaid(now.confirmed ? t("follow_saved") : t("follow_sent", { email }));
    } catch (caught) {
      setError(caught as ApiError);
    }
  };
  const stop = async (): Promise<void> => {
    await thread.call("DELETE", "/me/mail");
    thread.say(t("follow_saved"));
    onDone();
  };
  return (
    <form class="gate" aria-label={t("follow")} aria-busy={early} onSubmit={submit}>
      <label class="field">
        <span>{t("follow_email")}</span>
        <input
          type="email"
          autoComplete="email"
          required
          disabled={early}
          value={email}
          onInput={(e) => setEmail(e.currentTarget.value)}
        />
      </label>
      <label class="choice">
        <input type="checkbox" disabled={early} checked={replies} onChange={() => setReplies(!replies)} />
        {t("follow_replies")}
      </label>
      <label class="choice">
        <input type="checkbox" disabled={early} checked={follow} onChange={() => setFollow(!follow)} />
        {t("follow_thread")}
      </label>
      <p class="hint" role="status">
        {said}
      </p>
      {error && <Alert thread={thread} error={error} />}
      <div class="foot">
        {mail?.email && (
          <Action thread={thread} class="link" run={stop}>
            {t("follow_stop")}
          </Action>
        )}
        <button type="button" class="quiet" onClick={onDone}>
          {t("close")}
        </button>
        <button type="submit" class="primary" disabled={early}>
          {t("save")}
        </button>
      </div>
    </form>
  );
}
