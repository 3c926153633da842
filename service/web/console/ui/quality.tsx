import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { fullTime } from "../../shared/time.ts";
import type { Desk } from "../desk.ts";
import { duration } from "../insight.ts";
import { useLatest } from "../latest.ts";
import { ENOUGH, languageName, type Mine, type Quality, STRATUM, share } from "../quality.ts";
import { inWords, lapsed, mayAudit, mayDecide } from "../session.ts";
import { plural, spaced } from "../words.ts";
import { LastDays } from "./choices.tsx";
import { Figures } from "./figures.tsx";
import { Plot } from "./plot.tsx";
import { SecondLook } from "./second_look.tsx";
import { Table } from "./table.tsx";

function Own({ mine }: { mine: Mine }) {
  const figures: [string, string][] = [
    ["decided", String(mine.decided)],
    ["of them rejected", String(mine.rejected)],
    ["taken back by you", String(mine.undone_by_me)],
    ["taken back by others", String(mine.undone_by_others)],
    ["looked at again, blind", String(mine.looked_at)],
    ["of them decided the same", share(mine.looked_at ? mine.agreed / mine.looked_at : null, mine.looked_at)],
    ["second looks by you", String(mine.judged)],
  ];
  return (
    <section class="page-part" aria-label="Your own work">
      <h2>Your own work</h2>
      <p class="muted">For you alone: nobody else sees these figures, and nobody is ranked.</p>
      <Figures figures={figures} />
    </section>
  );
}

function Drift({ drift }: { drift: Quality["drift"] }) {
  const models = [...new Set(drift.map(({ model }) => model))];
  const say = (value: number): string => value.toFixed(2);
  return (
    <section class="page-part" aria-label="Drift of scores">
      <h2>Drift of scores</h2>
      <p class="muted">
        How toxic the software finds a day’s comments. A step without news to explain it means that readers,
        or the model, have changed.
      </p>
      {!drift.length && <p>No comment was scored.</p>}
      {models.map((model) => {
        const days = drift.filter((day) => day.model === model);
        return (
          <div class="plots" key={model}>
            <Plot
              title={`Half of the comments score at most this: ${model}`}
              columns={days}
              say={say}
              layers={[{ name: "median", class: "accent-bar", of: (day) => day.median ?? 0 }]}
            />
            <Plot
              title={`One comment in ten scores more than this: ${model}`}
              columns={days}
              say={say}
              layers={[{ name: "90 %", class: "held-bar", of: (day) => day.p90 ?? 0 }]}
            />
          </div>
        );
      })}
      {drift.length > 0 && (
        <details>
          <summary>The numbers</summary>
          <Table
            name="Scores by day"
            head={["Day", "Model", "Comments", "Median", "90 %", "99 %"]}
            rows={drift.map(({ at, model, comments, median, p90, p99 }) => [
              fullTime(at, "en"),
              model,
              comments,
              ...[median, p90, p99].map((value) => (value === null ? "–" : say(value))),
            ])}
          />
        </details>
      )}
    </section>
  );
}

function Appeals({ appeals }: { appeals: Quality["appeals"] }) {
  const decided = appeals.upheld + appeals.overturned;
  const figures: [string, string][] = [
    ["wait", String(appeals.open)],
    ["are overdue", String(appeals.overdue)],
    ["were decided", String(decided)],
    ["were right: overturned", String(appeals.overturned)],
    ["of all that were decided", decided < ENOUGH ? "–" : share(appeals.overturned / decided, decided)],
    ["half of them took at most", duration(appeals.median_s)],
  ];
  return (
    <section class="page-part" aria-label="Appeals">
      <h2>Appeals</h2>
      <Figures figures={figures} />
    </section>
  );
}

function Overview({ quality }: { quality: Quality }) {
  return (
    <>
      <section class="page-part" aria-label="What second looks say">
        <h2>What second looks say</h2>
        <p class="muted">
          Kappa is agreement less what chance alone would give: 1 is perfect, 0 is chance. Shares of fewer
          than {ENOUGH} looks are not shown.
        </p>
        <Table
          name="Second looks"
          head={["First decision", "Looks", "Agreed", "Kappa"]}
          rows={quality.second_looks.map(({ stratum, looks, agreed, kappa }) => [
            STRATUM[stratum],
            looks,
            share(agreed, looks),
            kappa === null || looks < ENOUGH ? "–" : kappa.toFixed(2),
          ])}
        />
        <Table
          name="By language"
          head={["Language", "Looks", "Agreed with the software"]}
          rows={quality.languages.map(({ language, looks, agreed }) => [
            languageName(language),
            looks,
            share(agreed, looks),
          ])}
        />
      </section>
      <section class="page-part" aria-label="Held by the software, decided by people">
        <h2>Held by the software, decided by people</h2>
        <p class="muted">Of what was held for a label, the share that people rejected.</p>
        <Table
          name="Precision by label"
          head={["Label", "Decided", "Rejected", "Share"]}
          rows={quality.labels.map(({ label, decided, rejected, precision }) => [
            spaced(label ?? "–"),
            decided,
            plural(rejected, "comment"),
            share(precision, decided),
          ])}
        />
      </section>
      <Appeals appeals={quality.appeals} />
      <Drift drift={quality.drift} />
    </>
  );
}

/** How good judgement is: a second look to be given, one's own work, and for those who answer for the site, all of it. */
export function QualityView({ desk }: { desk: Desk }) {
  const { site } = desk.options;
  const days = useSignal(28);
  const mine = useSignal<Mine | null>(null);
  const quality = useSignal<Quality | null>(null);
  const failed = useSignal<string | null>(null);
  const asked = days.value;
  const latest = useLatest();
  const read = async (): Promise<void> => {
    const isLast = latest.begin();
    try {
      const [own, all] = await Promise.all([
        mayDecide.value ? desk.get<Mine>(`/quality/mine?days=${asked}`) : null,
        mayAudit.value ? desk.get<Quality>(`/quality?days=${asked}`) : null,
      ]);
      if (!isLast()) return;
      [mine.value, quality.value, failed.value] = [own, all, null];
    } catch (error) {
      if (!lapsed(error) && isLast()) failed.value = inWords(error);
    }
  };
  useEffect(() => void read(), [desk, asked]);
  return (
    <div class="page">
      {mayDecide.value && <SecondLook site={site} onJudged={() => void read()} />}
      <div class="page-form">
        <LastDays days={days} choices={{ 7: "7 days", 28: "28 days", 366: "year" }} />
      </div>
      {failed.value && <p role="alert">{failed.value}</p>}
      {mine.value && <Own mine={mine.value} />}
      {quality.value && <Overview quality={quality.value} />}
    </div>
  );
}
