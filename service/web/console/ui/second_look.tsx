import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { call, sitePath } from "../api.ts";
import { useShortcuts } from "../keys.ts";
import type { Revealed, Sample, Verdict } from "../quality.ts";
import { inWords, lapsed } from "../session.ts";
import { STATUS, whyInWords } from "../words.ts";
import { CommentLink } from "./links.tsx";
import { Ago, Html, Key } from "./parts.tsx";

const CHOICES: { key: string; verdict: Verdict; name: string; class: string }[] = [
  { key: "a", verdict: "published", name: "Should be up", class: "approve" },
  { key: "r", verdict: "rejected", name: "Should be rejected", class: "reject" },
  { key: "n", verdict: "unsure", name: "Cannot say", class: "skip-item" },
];

/** What had become of the one before, told only after it was judged. */
function Before({ revealed }: { revealed: Revealed }) {
  const by = revealed.actor === "machine" ? "the software" : "a colleague";
  const why = revealed.reasons.filter(({ code }) => code !== "within_rules").map(whyInWords);
  const same = { true: "You agree.", false: "You see it differently.", null: "" }[`${revealed.agrees}`];
  return (
    <p role="status" class="looked">
      The one before was {STATUS[revealed.status]} by {by}
      {why.length > 0 && ` (${why.join("; ")})`}. {same}{" "}
      <CommentLink id={revealed.comment_id}>Open it</CommentLink>
    </p>
  );
}

function Card({ sample, onJudge }: { sample: Sample; onJudge: (verdict: Verdict) => void }) {
  useShortcuts(
    "A second look",
    CHOICES.map(({ key, name, verdict }) => ({ key, does: name, run: () => onJudge(verdict) })),
    [sample],
  );
  return (
    <article class="look" aria-label="Comment to be judged">
      <p class="muted">
        {sample.article.title ?? sample.article.key} · <Ago at={sample.created_at} />
      </p>
      {sample.parent_html && (
        <blockquote>
          <Html html={sample.parent_html} />
        </blockquote>
      )}
      <Html html={sample.html} class="prose look-text" />
      <div class="look-choices">
        {CHOICES.map(({ key, verdict, name, class: kind }) => (
          <button
            type="button"
            key={key}
            class={`act ${kind}`}
            aria-keyshortcuts={key}
            onClick={() => onJudge(verdict)}
          >
            {name} <Key>{key}</Key>
          </button>
        ))}
      </div>
    </article>
  );
}

/** Comments that have been decided on, one after the other, to be judged without knowing how. Nothing changes by it. */
export function SecondLook({ site, onJudged }: { site: string; onJudged: () => void }) {
  const sample = useSignal<Sample | null | undefined>(undefined);
  const before = useSignal<Revealed | null>(null);
  const failed = useSignal<string | null>(null);
  const path = sitePath(site, "/quality/samples");
  const attempt = async (act: () => Promise<void>): Promise<void> => {
    try {
      await act();
      failed.value = null;
    } catch (error) {
      if (!lapsed(error)) failed.value = inWords(error);
    }
  };
  const next = async (): Promise<void> => {
    sample.value = (await call<{ sample: Sample | null }>("POST", path)).sample;
  };
  const judge = (verdict: Verdict): void => {
    const judged = sample.value;
    if (!judged) return;
    sample.value = undefined;
    void attempt(async () => {
      try {
        before.value = await call<Revealed>("PUT", `${path}/${judged.id}`, { body: { verdict } });
      } catch (error) {
        sample.value = judged;
        throw error;
      }
      onJudged();
      await next();
    });
  };
  useEffect(() => {
    sample.value = undefined;
    before.value = null;
    void attempt(next);
  }, [site]);
  return (
    <section class="page-part" aria-label="A second look">
      <h2>A second look</h2>
      <p class="muted">
        Comments of the last days, drawn at random, without what became of them or who wrote them. How would
        you have decided? Nothing changes by it: it tells how far the software, and all of us, can be relied
        on.
      </p>
      {failed.value && (
        <p role="alert">
          {failed.value}{" "}
          <button type="button" class="plain" onClick={() => void attempt(next)}>
            Try again
          </button>
        </p>
      )}
      {before.value && <Before revealed={before.value} />}
      {sample.value && <Card key={sample.value.id} sample={sample.value} onJudge={judge} />}
      {sample.value === null && <p>There is nothing to look at a second time.</p>}
    </section>
  );
}
