import type { Item } from "../types.ts";
import { meaning, spaced } from "../words.ts";

/** A score from 0 to 1, with the line from which it counts. */
function Bar({ score, threshold }: { score: number; threshold: number | null }) {
  const kind = threshold === null ? "" : score >= threshold ? "lined over" : "lined";
  return (
    <span
      class={`score-bar ${kind}`}
      aria-hidden="true"
      style={{ "--share": score, "--line-at": threshold ?? 0 }}
    />
  );
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
