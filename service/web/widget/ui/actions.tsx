import { useState } from "preact/hooks";
import type { ApiError } from "../../shared/api.ts";
import type { Comment } from "../../shared/types.ts";
import type { Member } from "../member.ts";
import { permalink } from "../permalink.ts";
import type { Thread } from "../thread.ts";
import { NameGate } from "./name.tsx";
import { Action, Alert } from "./parts.tsx";
import { ReportForm } from "./report.tsx";

const ARROW = { 1: "M8 3 14 10H2z", [-1]: "M8 13 2 6h12z" };
const HEART = "M8 14 2 8a3.5 3.5 0 0 1 6-4 3.5 3.5 0 0 1 6 4z";

function Vote(props: { icon: string; label: string; count: number; pressed: boolean; onVote: () => void }) {
  // The counts of a page may be some seconds old; one's own vote is not.
  const count = Math.max(props.count, props.pressed ? 1 : 0);
  return (
    <button
      type="button"
      class="quiet vote"
      aria-pressed={props.pressed}
      aria-label={`${props.label} (${count})`}
      onClick={props.onVote}
    >
      <svg viewBox="0 0 16 16" width="14" height="14" aria-hidden="true">
        <path d={props.icon} />
      </svg>
      {count > 0 && count}
    </button>
  );
}

/** What can be done with a comment: vote, reply, and behind "more": share, report, edit, delete. */
export function Actions(props: {
  thread: Thread;
  comment: Comment;
  onReply: () => void;
  /** Told of what was taken back after this was gone from the screen. */
  onRefused: (error: ApiError) => void;
  onEdit: () => void;
}) {
  const { thread, comment } = props;
  const member = thread.member as Member;
  const { session, config } = member;
  const { t } = thread.options.locale;
  const [more, setMore] = useState(comment.status !== "published");
  const [sure, setSure] = useState(false);
  const [gate, setGate] = useState<(() => void) | null>(null);
  const [error, setError] = useState<ApiError | null>(null);
  const [reporting, setReporting] = useState(false);
  const [link, setLink] = useState("");
  const own = comment.author?.id === session.reader?.id;
  const shown = comment.status === "published";
  const open = thread.article?.state !== "closed";
  const votes = member.ownVotes[comment.id];
  const voting = config?.voting ?? "both";

  const vote = (value: 1 | -1): void => {
    setGate(null);
    setError(null);
    member.vote(comment.id, value).catch((caught: ApiError) => setError(caught));
  };
  const withName = (act: () => void): void => {
    if (session.reader) act();
    else setGate(() => act);
  };
  const share = async (): Promise<void> => {
    const url = permalink(thread, comment.id);
    try {
      if (navigator.share && matchMedia("(pointer: coarse)").matches) await navigator.share({ url });
      else {
        await navigator.clipboard.writeText(url);
        thread.say(t("copied"));
        thread.options.emit("shared", { id: comment.id });
      }
    } catch (refused) {
      // The reader changed their mind; or a frame or an old page may do neither: then the link is there to be taken by hand.
      if ((refused as Error).name !== "AbortError") setLink(url);
    }
  };
  const mute = (): void => {
    setGate(null);
    if (comment.author) member.mute(comment.author, true).catch(props.onRefused);
  };
  const report = (): void => {
    setGate(null);
    setReporting(true);
  };
  // The live echo of one's own post may come before its answer, which alone has the text as typed.
  const editable =
    own &&
    comment.body !== undefined &&
    Date.parse(comment.created_at) + (config?.limits.edit_window_s ?? 0) * 1000 > thread.now();

  return (
    <>
      <div class="actions">
        {shown && (
          <>
            {voting !== "off" && (
              <Vote
                icon={voting === "up" ? HEART : ARROW[1]}
                label={t(voting === "up" ? "like" : "up")}
                count={comment.votes.up}
                pressed={votes === 1}
                onVote={() => withName(() => vote(1))}
              />
            )}
            {voting === "both" && (
              <Vote
                icon={ARROW[-1]}
                label={t("down")}
                count={comment.votes.down}
                pressed={votes === -1}
                onVote={() => withName(() => vote(-1))}
              />
            )}
            {open && (
              <button type="button" class="quiet" onClick={props.onReply}>
                {t("reply")}
              </button>
            )}
          </>
        )}
        {(shown || own) && (
          <button
            type="button"
            class="quiet"
            aria-expanded={more}
            aria-label={t("menu")}
            onClick={() => setMore(!more)}
          >
            ⋯
          </button>
        )}
        {more && shown && (
          <Action thread={thread} class="quiet" run={share}>
            {t("share")}
          </Action>
        )}
        {more && shown && !own && (
          <button type="button" class="quiet" onClick={() => withName(report)}>
            {t("report")}
          </button>
        )}
        {more && shown && !own && (
          <button type="button" class="quiet" onClick={() => withName(mute)}>
            {t("mute")}
          </button>
        )}
        {more && editable && (
          <button type="button" class="quiet" onClick={props.onEdit}>
            {t("edit")}
          </button>
        )}
        {more && own && !sure && (
          <button type="button" class="quiet" onClick={() => setSure(true)}>
            {t("delete")}
          </button>
        )}
      </div>
      {sure && (
        <div class="foot sure" role="group" aria-label={t("delete_sure")}>
          <span>{t("delete_sure")}</span>
          <button type="button" class="quiet" onClick={() => setSure(false)}>
            {t("keep")}
          </button>
          <Action thread={thread} class="danger" run={() => member.remove(comment.id)}>
            {t("delete")}
          </Action>
        </div>
      )}
      {link && (
        <label class="field">
          <span>{t("share")}</span>
          <input readOnly value={link} onFocus={(event) => event.currentTarget.select()} />
        </label>
      )}
      {error && <Alert thread={thread} error={error} />}
      {gate && <NameGate thread={thread} then={gate} onCancel={() => setGate(null)} />}
      {reporting && <ReportForm thread={thread} comment={comment} onDone={() => setReporting(false)} />}
    </>
  );
}
