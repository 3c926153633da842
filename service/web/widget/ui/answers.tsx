import { useEffect, useReducer, useRef, useState } from "preact/hooks";
import { duration } from "../../shared/span.ts";
import { fullTime } from "../../shared/time.ts";
import { CAUSES } from "../causes.ts";
import { type Diagnosis, type Finding, SURE } from "../diagnosis.ts";
import type { Thread } from "../thread.ts";
import { Action } from "./parts.tsx";

/** So many causes are shown: the rest would only confuse. */
const SHOWN = 3;

/** What fills the holes in a cause's words. */
function valuesOf(finding: Finding, thread: Thread): Record<string, string> {
  const { locale, host } = thread.options;
  const seconds =
    finding.cause === "clock"
      ? Math.abs(thread.skew) / 1000
      : Math.max(1, Math.ceil(((finding.until ?? 0) - Date.now()) / 1000));
  return { host: new URL(host).host, time: duration(seconds, locale.lang) };
}

/** One cause with its words, and what was seen of it. */
function Answer({ thread, finding, judging }: { thread: Thread; finding: Finding; judging: boolean }) {
  const { t, lang } = thread.options.locale;
  const { cause, until, said, comment } = finding;
  const values = valuesOf(finding, thread);
  const usual = thread.member?.config?.usual_wait_s;
  return (
    <li data-cause={cause} data-fault={CAUSES[cause]}>
      <b>{t(`why_${cause}`, values)}</b> {t(`do_${cause}`, values)}
      {said?.map((words) => (
        <p class="said" dir="auto" key={words}>
          {words}
        </p>
      ))}
      {cause === "sanctioned" && until && (
        <p>{t("diag_until", { time: fullTime(new Date(until).toISOString(), lang) })}</p>
      )}
      {cause === "held" && usual && <p>{t("diag_usual", { time: duration(usual, lang) })}</p>}
      {cause === "held" && !judging && <p>{t("diag_unjudged")}</p>}
      {cause === "duplicate" && comment && (
        <p>
          <a href={`#parley-${comment}`}>{t("diag_show")}</a>
        </p>
      )}
    </li>
  );
}

/** Puts text on the clipboard; says so. */
export function CopyButton({ thread, text }: { thread: Thread; text: string }) {
  const { t } = thread.options.locale;
  const [done, setDone] = useState(false);
  const copy = (): void => {
    navigator.clipboard?.writeText(text).then(
      () => setDone(true),
      () => {},
    );
  };
  return (
    <button type="button" class="link" onClick={copy}>
      {t(done ? "diag_copied" : "diag_copy")}
    </button>
  );
}

/** What is in the way: sure causes at once, the rest when everything was checked. */
export function Answers(props: {
  thread: Thread;
  early: Finding[];
  diagnosis: Diagnosis | null;
  onAgain: () => Promise<void>;
}) {
  const { thread, early, diagnosis } = props;
  const { t } = thread.options.locale;
  const [, tick] = useReducer((n: number) => n + 1, 0);
  const shown = diagnosis
    ? diagnosis.findings.slice(0, SHOWN)
    : early.filter((finding) => finding.weight >= SURE).slice(0, 1);
  const counting = shown.some(({ cause, until }) => cause === "rate_limited" && until && until > Date.now());
  useEffect(() => {
    if (!counting) return;
    const timer = setInterval(() => tick(0), 1000);
    return () => clearInterval(timer);
  }, [counting]);
  const title = useRef<HTMLHeadingElement>(null);
  const checks = diagnosis?.checks ?? [];
  const text = checks.map(([name, result]) => `${name}: ${result}`).join("\n");
  const judging = !checks.some(([name, result]) => name === "automatic check" && result !== "runs");
  return (
    <section class="answers" aria-busy={!diagnosis} aria-label={t("diag_title")}>
      <h3 ref={title} tabIndex={-1}>
        {t("diag_title")}
      </h3>
      {thread.member?.config?.trouble_since && <p class="notice">{t("known_trouble")}</p>}
      <ol aria-live="polite">
        {shown.map((finding) => (
          <Answer key={finding.cause} thread={thread} finding={finding} judging={judging} />
        ))}
      </ol>
      {!diagnosis && <p class="hint">{t("diag_checking")}</p>}
      {diagnosis && (
        <>
          <Action
            thread={thread}
            class="link"
            run={() => {
              title.current?.focus();
              return props.onAgain();
            }}
          >
            {t("diag_again")}
          </Action>
          <details>
            <summary>{t("diag_checked")}</summary>
            <pre lang="en">{text}</pre>
            <CopyButton thread={thread} text={text} />
          </details>
        </>
      )}
    </section>
  );
}
