import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import type { ApiError } from "../../shared/api.ts";
import { randomKey } from "../../shared/keys.ts";
import type { TicketCategory } from "../../shared/types.ts";
import { atOnce, type Diagnosis, evidence, examine } from "../diagnosis.ts";
import { explain } from "../errors.ts";
import styles from "../help.css?text";
// What is loaded already is one file then, which is smaller than two.
import "../main.tsx";
import type { Member } from "../member.ts";
import type { Receipt } from "../outbox.ts";
import { keep, recall } from "../storage.ts";
import type { HelpStrings } from "../strings_help.ts";
import type { HelpContext, Thread, ThreadOptions } from "../thread.ts";
import { Answers, CopyButton } from "./answers.tsx";

// In one file with the help form: a file of its own would break up what is loaded at first.
export { AppealForm } from "./appeal.tsx";

const CATEGORIES: TicketCategory[] = [
  "cannot_post",
  "comment_missing",
  "comment_rejected",
  "sign_in",
  "display",
  "report_abuse",
  "privacy",
  "other",
];

/** Fetches the words in the page's language; English ones where they do not come. */
export async function prepare({ host, build, locale, style }: ThreadOptions): Promise<void> {
  const fetchWords = async (lang: string): Promise<void> =>
    locale.add(
      ((await import(`${host}assets/help-${lang}-${build}.js`)) as { default: HelpStrings }).default,
    );
  await fetchWords(locale.lang.slice(0, 2)).catch(() => fetchWords("en"));
  style(styles);
}

/** What is behind "having issues with commenting?": what is in the way, and a form. What is typed is kept until it is received. */
export function HelpForm(props: { thread: Thread; context: HelpContext; onClose: () => void }) {
  const { thread, context } = props;
  const member = thread.member as Member;
  const { locale, site, host, article } = thread.options;
  const { t } = locale;
  const draftKey = `parley:${site}:help-draft`;
  const guess: TicketCategory = context.comment
    ? "comment_rejected"
    : context.error
      ? "cannot_post"
      : "other";
  const [category, setCategory] = useState<TicketCategory>(guess);
  const [message, setMessage] = useState(() => recall<string>(draftKey) ?? "");
  const [email, setEmail] = useState("");
  const [sent, setSent] = useState<Receipt | null>(null);
  const receipt = context.late ?? sent;
  const [error, setError] = useState<ApiError | null>(null);
  const [busy, setBusy] = useState(false);
  const form = useRef<HTMLFormElement>(null);
  const done = useRef<HTMLDivElement>(null);
  const [diagnosis, setDiagnosis] = useState<Diagnosis | null>(null);
  const round = useRef(0);
  const key = useRef(randomKey());
  const mail = member.config?.help_email;
  const diagnostics = evidence(thread, context, diagnosis);

  const write = (text: string): void => {
    setMessage(text);
    keep(draftKey, text || null);
  };
  const check = async (): Promise<void> => {
    const mine = ++round.current;
    setDiagnosis(null);
    // A slow answer to an earlier question is not the answer to this one.
    const found = await examine(thread, context);
    if (mine === round.current) setDiagnosis(found);
  };
  useEffect(() => {
    if (context.late === undefined) void check();
    else if (context.late.message === message) write("");
  }, [context]);

  useLayoutEffect(() => {
    // It may have been long in coming: whoever has gone on to write elsewhere stays there.
    const root = form.current?.getRootNode() as ShadowRoot | undefined;
    if (!root?.activeElement?.matches("textarea, input")) form.current?.querySelector("select")?.focus();
  }, [context]);
  useEffect(() => done.current?.focus(), [sent]);

  const submit = async (event: Event): Promise<void> => {
    event.preventDefault();
    if (busy) return;
    setBusy(true);
    setError(null);
    const ticket = {
      category,
      message,
      email: email || undefined,
      article,
      comment_id: context.comment?.id,
      diagnostics,
    };
    try {
      setSent(await member.outbox.send(ticket, key.current));
      // What was typed meanwhile is kept for another request.
      if (recall(draftKey) === message) write("");
      key.current = randomKey();
    } catch (caught) {
      setError(caught as ApiError);
      // An earlier try did arrive, and said something else: what it says now is another request.
      if ((caught as ApiError).code === "key_reused") key.current = randomKey();
    }
    setBusy(false);
  };

  if (receipt) {
    return (
      <div class="gate" ref={done} tabIndex={-1} role="status">
        <p>{t("help_thanks")}</p>
        <p>
          {t("help_reference")} <a href={new URL(receipt.url, host).href}>{receipt.reference}</a>
        </p>
        <button type="button" class="quiet" onClick={props.onClose}>
          {t("close")}
        </button>
      </div>
    );
  }
  return (
    <form class="gate" ref={form} onSubmit={submit} aria-label={t("help_title")}>
      <Answers thread={thread} early={atOnce(thread, context)} diagnosis={diagnosis} onAgain={check} />
      <h3>{t("diag_still")}</h3>
      <label class="field">
        <span>{t("help_category")}</span>
        <select value={category} onChange={(e) => setCategory(e.currentTarget.value as TicketCategory)}>
          {CATEGORIES.map((code) => (
            <option key={code} value={code}>
              {t(`help_${code}`)}
            </option>
          ))}
        </select>
      </label>
      <label class="field">
        <span>{t("help_message")}</span>
        <textarea
          rows={4}
          required
          dir="auto"
          maxLength={4000}
          value={message}
          onInput={(e) => write(e.currentTarget.value)}
        />
      </label>
      <label class="field">
        <span>{t("help_email")}</span>
        <input
          type="email"
          autoComplete="email"
          value={email}
          onInput={(e) => setEmail(e.currentTarget.value)}
        />
      </label>
      <details>
        <summary>{t("help_sent_along")}</summary>
        <pre>{JSON.stringify(diagnostics, null, 2)}</pre>
      </details>
      {error && (
        <div class="alert" role="alert">
          <p>{error.status === 422 ? explain(error, locale) : t("help_kept")}</p>
          <p>
            <CopyButton thread={thread} text={message} />{" "}
            {mail && <a href={`mailto:${mail}?body=${encodeURIComponent(message)}`}>{t("help_mail")}</a>}
          </p>
        </div>
      )}
      <div class="foot">
        <a href={`${host}help/${encodeURIComponent(site)}`} target="_blank" rel="noopener">
          {t("help_page")}
        </a>
        <button type="button" class="quiet" onClick={props.onClose}>
          {t("cancel")}
        </button>
        <button type="submit" class="primary" aria-disabled={busy}>
          {t("help_send")}
        </button>
      </div>
    </form>
  );
}
