import { useEffect, useRef } from "preact/hooks";
import type { Item } from "../types.ts";
import { meaning, spaced } from "../words.ts";

function Bar({ score, threshold }: { score: number; threshold: number | null }) {
  const element = useRef<HTMLSpanElement>(null);
  useEffect(() => {
    element.current?.style.setProperty("--score", String(score));
    element.current?.style.setProperty("--line", String(threshold ?? 0));
  }, [score, threshold]);
  return <span ref={element} class={`score-bar ${threshold == null ? "" : "lined"}`} aria-hidden="true" />;
}

/** What the model said, label by label, with what that does and does not mean. */
export function Scores({ item }: { item: Item }) {
  const rows = Object.entries(item.scores).sort(([, a], [, b]) => b - a);
  if (!rows.length) return <p class="scores-none muted">No scores: no classifier has read this text.</p>;
  const lines = new Map(item.reasons.map(({ label, threshold }) => [label, threshold ?? null]));
  return (
    <section class="scores" aria-label="Scores">
      <h3>
        Scores <span class="muted">by {item.model}</span>
      </h3>
      <dl>
        {rows.map(([label, score]) => (
          <div key={label} title={meaning(label)}>
            <dt>{spaced(label)}</dt>
            <dd>
              <Bar score={score} threshold={lines.get(label) ?? null} />
              <span class="number">{score.toFixed(2)}</span>
            </dd>
          </div>
        ))}
      </dl>
      <p class="muted fine">
        How toxic the wording reads to a model: toxicity, not hate. It cannot tell truth, irony or quotation.
      </p>
    </section>
  );
}
