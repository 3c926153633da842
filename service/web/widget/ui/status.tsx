import { duration } from "../../shared/span.ts";
import type { Comment } from "../../shared/types.ts";
import type { Thread } from "../thread.ts";

/** What became of an own comment, while others do not see it. */
export function Status({ thread, comment }: { thread: Thread; comment: Comment }) {
  const { t, lang } = thread.options.locale;
  const { status } = comment;
  if (status !== "pending" && status !== "held" && status !== "rejected") return null;
  const wait = status === "held" && thread.member?.config?.usual_wait_s;
  return (
    <div class={`status ${status}`}>
      <p>{wait ? t("held_wait", { time: duration(wait, lang) }) : t(status)}</p>
      {comment.reasons?.map((reason) => (
        <p key={reason.code}>{reason.text}</p>
      ))}
      {comment.note && <p dir="auto">{comment.note}</p>}
      {status === "rejected" && (
        <button type="button" class="link" onClick={() => thread.askHelp({ comment })}>
          {t("appeal")}
        </button>
      )}
    </div>
  );
}
