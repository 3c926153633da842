import { fullTime } from "../../shared/time.ts";

/** What a column stands for: what begins at a moment. */
interface Span {
  at: string;
}

interface Layer<T extends Span> {
  name: string;
  class: string;
  of: (span: T) => number;
}

interface Props<T extends Span> {
  title: string;
  columns: T[];
  /** From the bottom up. */
  layers: Layer<T>[];
  /** A value in words. */
  say?: (value: number) => string;
}

const HEIGHT = 100;
const STEP = 10;

const day = (at: string): string =>
  new Date(at).toLocaleString("en", { month: "short", day: "numeric", hour: "2-digit", minute: "2-digit" });

/** Columns through time. What they show stands in words beside them, and as numbers below the plots. */
export function Plot<T extends Span>({ title, columns, layers, say = String }: Props<T>) {
  const height = (span: T): number => layers.reduce((sum, { of }) => sum + Math.max(0, of(span)), 0);
  const most = Math.max(...columns.map(height), 0);
  const peak = columns.find((span) => height(span) === most);
  const summary = most && peak ? `At most ${say(most)}, from ${fullTime(peak.at, "en")}.` : "Nothing yet.";
  return (
    <figure class="plot">
      <figcaption>
        <b>{title}</b> <span class="muted fine">{summary}</span>
      </figcaption>
      <svg
        viewBox={`0 0 ${Math.max(1, columns.length) * STEP} ${HEIGHT}`}
        preserveAspectRatio="none"
        role="img"
        aria-label={`${title}. ${summary}`}
      >
        {columns.map((span, n) => {
          let below = 0;
          return (
            <g key={span.at}>
              <title>{`${fullTime(span.at, "en")}: ${layers.map(({ name, of }) => `${say(Math.max(0, of(span)))} ${name}`).join(", ")}`}</title>
              <rect class="no-bar" x={n * STEP} y={0} width={STEP} height={HEIGHT} />
              {layers.map(({ name, class: kind, of }) => {
                const size = most ? (Math.max(0, of(span)) / most) * HEIGHT : 0;
                below += size;
                return (
                  <rect
                    key={name}
                    class={kind}
                    x={n * STEP + 1}
                    y={HEIGHT - below}
                    width={STEP - 2}
                    height={size}
                  />
                );
              })}
            </g>
          );
        })}
      </svg>
      <p class="axis muted fine">
        <span>{columns[0] && day(columns[0].at)}</span>
        <span>{columns.length > 1 && day(columns[columns.length - 1]?.at ?? "")}</span>
      </p>
      {layers.length > 1 && (
        <ul class="legend fine">
          {layers.map(({ name, class: kind }) => (
            <li key={name}>
              <svg viewBox="0 0 10 10" aria-hidden="true">
                <rect class={kind} width={10} height={10} />
              </svg>
              {name}
            </li>
          ))}
        </ul>
      )}
    </figure>
  );
}
