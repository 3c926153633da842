import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { fullTime, timeAgo } from "../../shared/time.ts";
import { sitePath } from "../api.ts";
import { ageingNow } from "../clock.ts";
import type { Desk } from "../desk.ts";
import { columns, duration, type Hour, type Insight } from "../insight.ts";
import { inWords, lapsed } from "../session.ts";
import { LastDays } from "./choices.tsx";
import { Figures } from "./figures.tsx";
import { PlaceLink } from "./links.tsx";
import { Plot } from "./plot.tsx";

function Summary({ insight }: { insight: Insight }) {
  const { counts, inbound, automatic, decided, median_s, p95_s } = insight;
  const oldest = counts.oldest_held_at;
  const figures: [string, string][] = [
    ["came in", String(inbound)],
    ["without a person", automatic === null ? "–" : `${Math.round(automatic * 100)} %`],
    ["decided by people", String(decided)],
    ["half of them within", duration(median_s)],
    ["95 % within", duration(p95_s)],
    ["wait now", String(counts.waiting)],
    ["the oldest came", oldest ? timeAgo(oldest, ageingNow(), "en", "just now") : "–"],
    ["before the classifier", String(counts.pending)],
  ];
  return <Figures figures={figures} />;
}

function Numbers({ hours }: { hours: Hour[] }) {
  return (
    <details>
      <summary>The numbers</summary>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what is wider than the screen is scrolled by keys as well */}
      <section class="table" aria-label="The numbers" tabIndex={0}>
        <table>
          <thead>
            <tr>
              <th scope="col">From</th>
              <th scope="col">Came in</th>
              <th scope="col">Held</th>
              <th scope="col">Rejected by software</th>
              <th scope="col">Decided</th>
              <th scope="col">Median</th>
              <th scope="col">95 %</th>
            </tr>
          </thead>
          <tbody>
            {hours.map((hour) => (
              <tr key={hour.at}>
                <td>{fullTime(hour.at, "en")}</td>
                <td>{hour.inbound}</td>
                <td>{hour.held}</td>
                <td>{hour.rejected}</td>
                <td>{hour.decided}</td>
                <td>{duration(hour.median_s)}</td>
                <td>{duration(hour.p95_s)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </section>
    </details>
  );
}

function Articles({ insight, site }: { insight: Insight; site: string }) {
  return (
    <section class="page-part" aria-label="Articles">
      <h2>Articles</h2>
      <ol class="busy">
        {insight.articles.map(({ key, title, inbound, held, decided }) => (
          <li key={key}>
            <PlaceLink to={{ view: "queue", site, query: { article: key } }}>{title ?? key}</PlaceLink>
            <span class="muted">
              {inbound} came in, {held} held, {decided} decided
            </span>
          </li>
        ))}
      </ol>
      {!insight.articles.length && <p class="muted">Nothing came in.</p>}
    </section>
  );
}

/** How the work goes on this site: no person is counted against another. */
export function InsightView({ desk }: { desk: Desk }) {
  const { site } = desk.options;
  const days = useSignal(1);
  const insight = useSignal<Insight | null>(null);
  const failed = useSignal<string | null>(null);
  const asked = days.value;
  useEffect(() => {
    desk
      .get<Insight>(`/insight?days=${asked}`)
      .then((read) => {
        if (asked === days.value) insight.value = read;
        failed.value = null;
      })
      .catch((error: unknown) => {
        if (!lapsed(error)) failed.value = inWords(error);
      });
  }, [desk, asked]);
  const shown = insight.value;
  const hours = shown ? columns(shown.hours) : [];
  return (
    <div class="page">
      <div class="page-form">
        <LastDays days={days} choices={{ 1: "day", 7: "7 days", 31: "31 days" }} />
        <a href={`/api/v1/staff${sitePath(site, `/insight/export?days=${asked}`)}`} download>
          As CSV
        </a>
      </div>
      {failed.value && <p role="alert">{failed.value}</p>}
      {shown && (
        <>
          <Summary insight={shown} />
          <div class="plots">
            <Plot
              title="Came in"
              columns={hours}
              layers={[
                {
                  name: "appeared",
                  class: "plain-bar",
                  of: (hour) => hour.inbound - hour.held - hour.rejected,
                },
                { name: "held", class: "held-bar", of: (hour) => hour.held },
                { name: "rejected by software", class: "rejected-bar", of: (hour) => hour.rejected },
              ]}
            />
            <Plot
              title="Decided by people"
              columns={hours}
              layers={[{ name: "decided", class: "accent-bar", of: (hour) => hour.decided }]}
            />
            <Plot
              title="Time until the median decision"
              columns={hours}
              say={duration}
              layers={[{ name: "median", class: "accent-bar", of: (hour) => hour.median_s ?? 0 }]}
            />
            <Plot
              title="Time until 95 % were decided"
              columns={hours}
              say={duration}
              layers={[{ name: "95 %", class: "accent-bar", of: (hour) => hour.p95_s ?? 0 }]}
            />
          </div>
          <Numbers hours={hours} />
          <Articles insight={shown} site={site} />
        </>
      )}
    </div>
  );
}
