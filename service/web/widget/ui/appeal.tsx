import { useLayoutEffect, useRef, useState } from "preact/hooks";
import { randomKey } from "../../shared/keys.ts";
import type { Appeal, Comment } from "../../shared/types.ts";
import { keep, recall } from "../storage.ts";
import type { Thread } from "../thread.ts";
import { Action } from "./parts.tsx";

/** Why it should be published after all. What is typed stays until it is sent. */
export function AppealForm(props: { thread: Thread; comment: Comment; onDone: () => void }) {
  const { thread, comment, onDone } = props;
  const { t } = thread.options.locale;
  const place = `parley:appeal:${comment.id}`;
  const [body, setBody] = useState(recall<string>(place) ?? "");
  const [key, setKey] = useState(randomKey);
  const box = useRef<HTMLTextAreaElement>(null);
  useLayoutEffect(() => box.current?.focus(), []);
  const send = async (): Promise<void> => {
    if (!body.trim()) return box.current?.focus();
    const path = `/comments/${comment.id}/appeal`;
    const appeal = await thread.call<Appeal>("POST", path, { body: { body }, key });
    keep(place, null);
    thread.put({ ...comment, appeal, appeal_until: null });
    thread.member?.follow(comment.id);
  };
  return (
    <div class="gate">
      <label class="field">
        <span>{t("appeal_why")}</span>
        <textarea
          ref={box}
          rows={3}
          dir="auto"
          maxLength={4000}
          value={body}
          onInput={({ currentTarget: { value } }) => {
            keep(place, value || null);
            setBody(value);
            // Another text is another appeal.
            setKey(randomKey);
          }}
        />
      </label>
      <div class="foot">
        <button type="button" class="quiet" onClick={onDone}>
          {t("cancel")}
        </button>
        <Action thread={thread} class="primary" run={send}>
          {t("appeal")}
        </Action>
      </div>
    </div>
  );
}
