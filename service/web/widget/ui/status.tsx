import { useState } from "preact/hooks";
import { duration } from "../../shared/span.ts";
import { fullTime } from "../../shared/time.ts";
import type { Comment } from "../../shared/types.ts";
import type { Member } from "../member.ts";
import type { Thread } from "../thread.ts";
import type { AppealForm } from "./appeal.tsx";
import { Action } from "./parts.tsx";

/** What became of an own comment while others do not see it, and of the appeal against that. */
export function Status(props: { thread: Thread; comment: Comment; onEdit: () => void }) {
  const { thread, comment } = props;
  const { t, lang } = thread.options.locale;
  const [Form, setForm] = useState<{ of: typeof AppealForm } | null>(null);
  const { status, appeal } = comment;
  if (status === "published" && appeal?.state === "overturned")
    return <p class="status">{t("appeal_overturned")}</p>;
  if (status !== "pending" && status !== "held" && status !== "rejected") return null;
  if (comment.rephrase) {
    return (
      <div class="status held">
        <p>{t("nudge")}</p>
        <p class="foot">
          <button type="button" class="primary" onClick={props.onEdit}>
            {t("rephrase")}
          </button>
          <Action thread={thread} class="quiet" run={() => (thread.member as Member).sendOn(comment.id)}>
            {t("send_on")}
          </Action>
        </p>
      </div>
    );
  }
  const wait = status === "held" && thread.member?.config?.usual_wait_s;
  const said = appeal && t(`appeal_${appeal.state}`, { time: fullTime(appeal.due_at, lang) });
  return (
    <div class={`status ${status}`}>
      <p>{wait ? t("held_wait", { time: duration(wait, lang) }) : t(status)}</p>
      {comment.reasons?.map((reason) => (
        <p key={reason.code}>{reason.text}</p>
      ))}
      {comment.note && <p dir="auto">{comment.note}</p>}
      {said && <p>{said}</p>}
      {status === "rejected" && !comment.appeal_until && (
        <button type="button" class="link" onClick={() => thread.askHelp({ comment })}>
          {t("get_help")}
        </button>
      )}
      {comment.appeal_until &&
        (Form ? (
          <Form.of thread={thread} comment={comment} onDone={() => setForm(null)} />
        ) : (
          <Action
            thread={thread}
            class="link"
            run={async () => setForm({ of: (await import("./help.tsx")).AppealForm })}
          >
            {t("appeal")}
          </Action>
        ))}
    </div>
  );
}
