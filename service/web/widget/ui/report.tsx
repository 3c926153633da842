import { useLayoutEffect, useRef, useState } from "preact/hooks";
import type { ApiError } from "../../shared/api.ts";
import { randomKey } from "../../shared/keys.ts";
import type { Comment, ReportReason } from "../../shared/types.ts";
import type { Thread } from "../thread.ts";
import { Alert } from "./parts.tsx";

const REASONS: ReportReason[] = ["abuse", "harassment", "hate", "spam", "off_topic", "illegal", "other"];

/** Reports a comment to the moderators; what breaks the law can be reported in full, too, on a page that asks for no account. */
export function ReportForm({
  thread,
  comment,
  onDone,
}: {
  thread: Thread;
  comment: Comment;
  onDone: () => void;
}) {
  const { locale, host, site } = thread.options;
  const { t } = locale;
  const [reason, setReason] = useState<ReportReason | "">("");
  const [detail, setDetail] = useState("");
  const [sent, setSent] = useState(false);
  const [error, setError] = useState<ApiError | null>(null);
  const [key] = useState(randomKey);
  const form = useRef<HTMLFormElement>(null);
  useLayoutEffect(() => form.current?.querySelector("input")?.focus(), []);

  const submit = async (event: Event): Promise<void> => {
    event.preventDefault();
    setError(null);
    try {
      const body = { reason, detail: detail.trim() || undefined };
      await thread.call("POST", `/comments/${comment.id}/reports`, { body, key });
      setSent(true);
      thread.say(t("reported"));
    } catch (caught) {
      setError(caught as ApiError);
    }
  };
  if (sent) return <p class="notice">{t("reported")}</p>;
  return (
    <form class="gate" ref={form} onSubmit={submit} aria-label={t("report_why")}>
      <fieldset>
        <legend>{t("report_why")}</legend>
        {REASONS.map((code) => (
          <label class="choice" key={code}>
            <input
              type="radio"
              name="reason"
              required
              checked={reason === code}
              onChange={() => setReason(code)}
            />
            {t(`report_${code}`)}
          </label>
        ))}
      </fieldset>
      <label class="field">
        <span>{t("report_detail")}</span>
        <textarea
          rows={2}
          dir="auto"
          maxLength={2000}
          value={detail}
          onInput={(e) => setDetail(e.currentTarget.value)}
        />
      </label>
      {reason === "illegal" && (
        <p>
          <a href={`${host}help/${encodeURIComponent(site)}/illegal?comment=${comment.id}`}>
            {t("report_law")}
          </a>
        </p>
      )}
      {error && <Alert thread={thread} error={error} />}
      <div class="foot">
        <button type="button" class="quiet" onClick={onDone}>
          {t("cancel")}
        </button>
        <button type="submit" class="primary">
          {t("report_send")}
        </button>
      </div>
    </form>
  );
}
