import { useEffect, useState } from "preact/hooks";
import { loadHelp } from "../help.ts";
import type { HelpContext, Thread } from "../thread.ts";
import type { HelpForm } from "./help.tsx";

/** The help form, once it has come; the way to the plain page, where it does not. */
export function HelpDoor(props: { thread: Thread; context: HelpContext; onClose: () => void }) {
  const { thread, context } = props;
  const { locale, host, site } = thread.options;
  const [Form, setForm] = useState<{ of: typeof HelpForm } | "failed" | null>(null);
  useEffect(() => {
    loadHelp(thread).then(
      (form) => setForm({ of: form }),
      () => setForm("failed"),
    );
  }, [context]);
  if (Form === null) return <p class="hint">…</p>;
  if (Form !== "failed") return <Form.of {...props} />;
  const query = context.error ? `?error=${encodeURIComponent(context.error.code)}` : "";
  return (
    <p class="alert" role="alert">
      {locale.t(navigator.onLine ? "no_answer" : "offline")}{" "}
      <a href={`${host}help/${encodeURIComponent(site)}${query}`}>{locale.t("get_help")}</a>
    </p>
  );
}
