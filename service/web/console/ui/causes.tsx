import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { fullTime } from "../../shared/time.ts";
import { sitePath } from "../api.ts";
import { type Column, layersOf } from "../causes.ts";
import type { Desk } from "../desk.ts";
import type { Causes } from "../help_types.ts";
import { inboxVersion } from "../office.ts";
import { inWords, lapsed } from "../session.ts";
import { causeName } from "../words.ts";
import { LastDays } from "./choices.tsx";
import { Plot } from "./plot.tsx";
import { Table } from "./table.tsx";

const BARS = ["accent-bar", "held-bar", "rejected-bar", "plain-bar", "others-bar"];

/** Tickets by cause over time. */
export function CausesPlot({ desk }: { desk: Desk }) {
  const { site } = desk.options;
  const days = useSignal(7);
  const causes = useSignal<Causes | null>(null);
  const failed = useSignal<string | null>(null);
  const asked = days.value;
  useEffect(() => {
    desk
      .get<Causes>(`/causes?days=${asked}`)
      .then((read) => {
        if (asked === days.value) causes.value = read;
        failed.value = null;
      })
      .catch((error: unknown) => {
        if (!lapsed(error)) failed.value = inWords(error);
      });
  }, [desk, asked, inboxVersion.value]);
  const { names, columns } = layersOf(causes.value ?? { step: "day", causes: {}, steps: [] });
  const called = (name: string): string => (name === "others" ? "others" : causeName(name));
  return (
    <section class="page-part causes" aria-labelledby="causes">
      <h2 id="causes">Tickets by cause</h2>
      <div class="page-form">
        <LastDays days={days} choices={{ 1: "day", 7: "7 days", 30: "30 days", 90: "90 days" }} />
        <a href={`/api/v1/staff${sitePath(site, `/causes/export?days=${asked}`)}`} download>
          As CSV
        </a>
      </div>
      {failed.value && <p role="alert">{failed.value}</p>}
      {causes.value && (
        <>
          <Plot
            title={causes.value.step === "hour" ? "Tickets an hour" : "Tickets a day"}
            columns={columns}
            layers={names.map((name, n) => ({
              name: called(name),
              class: BARS[n] ?? "others-bar",
              of: ({ tickets }: Column) => tickets[name] ?? 0,
            }))}
          />
          <details>
            <summary>The numbers</summary>
            <Table
              name="Tickets by cause, in numbers"
              head={["From", ...names.map(called)]}
              rows={columns.map(({ at, tickets }) => [
                fullTime(at, "en"),
                ...names.map((name) => tickets[name] ?? 0),
              ])}
            />
          </details>
        </>
      )}
    </section>
  );
}
