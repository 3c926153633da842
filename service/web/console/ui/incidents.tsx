import { useSignal } from "@preact/signals";
import { useRef } from "preact/hooks";
import { randomKey } from "../../shared/keys.ts";
import { call, sitePath } from "../api.ts";
import type { Desk } from "../desk.ts";
import type { Incident } from "../help_types.ts";
import { keep, recall } from "../kept.ts";
import { say } from "../notices.ts";
import { inboxVersion, desk as openDesk } from "../office.ts";
import { place } from "../router.ts";
import { inWords, lapsed, mayDecide } from "../session.ts";
import { usePages } from "../use_pages.ts";
import { causeName, plural } from "../words.ts";
import { CausesPlot } from "./causes.tsx";
import { HelpNav } from "./help_nav.tsx";
import { PlaceLink } from "./links.tsx";
import { Ago } from "./parts.tsx";

/** Above every view while something is broken for many. */
export function IncidentBanner() {
  const open = openDesk.value?.counts.value?.incidents_open ?? 0;
  const at = place.value;
  if (!open || !at || at.view === "incidents") return null;
  return (
    <section class="notices" aria-label="Open incidents">
      <div class="notice">
        <p>
          {open === 1 ? "An incident is open" : `${open} incidents are open`}: many readers have the same
          trouble.
        </p>
        <PlaceLink to={{ view: "incidents", site: at.site }}>See what it is</PlaceLink>
      </div>
    </section>
  );
}

/** Ends an incident with one answer to everybody linked, or as none. */
function Ending({ site, incident }: { site: string; incident: Incident }) {
  const kept = `parley:console:incident:${site}:${incident.id}`;
  const text = useSignal(recall<string>(kept) ?? "");
  const failed = useSignal<string | null>(null);
  const key = useRef(randomKey());
  const end = async (answer: string | null): Promise<void> => {
    try {
      const path = sitePath(site, `/incidents/${incident.id}/resolution`);
      await call("POST", path, { body: { answer }, key: key.current });
      keep(kept, null);
      say(answer === null ? "It was none; its tickets are open again" : "Ended, and everybody is answered");
      inboxVersion.value += 1;
    } catch (error) {
      if (!lapsed(error)) failed.value = inWords(error);
    }
  };
  return (
    <form
      class="answer-form"
      onSubmit={(event) => {
        event.preventDefault();
        const answer = text.value.trim();
        if (answer) void end(answer);
      }}
    >
      <label>
        What everybody who wrote about it is told
        <textarea
          rows={3}
          maxLength={4000}
          dir="auto"
          value={text.value}
          onInput={(event) => {
            text.value = event.currentTarget.value;
            keep(kept, text.value || null);
          }}
        />
      </label>
      <p class="error" role="alert">
        {failed}
      </p>
      <div class="answer-buttons">
        <button type="submit" class="primary">
          Answer all and end it
        </button>
        <button type="button" class="plain" onClick={() => void end(null)}>
          It was none
        </button>
      </div>
    </form>
  );
}

function IncidentItem({ site, incident }: { site: string; incident: Incident }) {
  const { cause, code, common, tickets, waiting, resolved_at, resolved_by, answer } = incident;
  const shared = Object.entries(common).filter(([, value]) => value);
  return (
    <li class="fault">
      <h3>
        {causeName(cause)}
        {code && code !== cause && ` (${code})`}
      </h3>
      <p class="near-meta">
        <span>
          opened <Ago at={incident.opened_at} />
        </span>
        {resolved_at && (
          <span>
            ended <Ago at={resolved_at} /> {resolved_by && `by ${resolved_by.name}`}
          </span>
        )}
        <PlaceLink to={{ view: "tickets", site, query: { cause, state: "all" }, reference: null }}>
          {plural(tickets, "reader wrote", "readers wrote")}
        </PlaceLink>
        {!resolved_at && <span>{waiting} to be answered</span>}
      </p>
      {shared.length > 0 && (
        <p class="fine">Nine in ten have: {shared.map(([name, value]) => `${name} ${value}`).join(", ")}</p>
      )}
      {resolved_at &&
        (answer === null ? (
          <p class="muted">It was none.</p>
        ) : (
          <q class="block typed" dir="auto">
            {answer}
          </q>
        ))}
      {!resolved_at && mayDecide.value && <Ending site={site} incident={incident} />}
    </li>
  );
}

/** What is broken for many readers now, what was, and tickets by cause over time. */
export function IncidentsView({ desk }: { desk: Desk }) {
  const { site } = desk.options;
  const pages = usePages<Incident>(desk, "/incidents", { state: "all", limit: "50" }, inboxVersion.value);
  const open = (pages.items ?? []).filter(({ resolved_at }) => !resolved_at);
  const past = (pages.items ?? []).filter(({ resolved_at }) => resolved_at);
  return (
    <div class="page">
      <HelpNav site={site} />
      {pages.failed && <p role="alert">{pages.failed}</p>}
      <section class="incidents" aria-labelledby="incidents-open">
        <h2 id="incidents-open">Open now</h2>
        {pages.items && !open.length && <p class="muted">Nothing is broken for many readers.</p>}
        <ol class="faults">
          {open.map((incident) => (
            <IncidentItem key={incident.id} site={site} incident={incident} />
          ))}
        </ol>
      </section>
      <CausesPlot desk={desk} />
      <section class="page-part" aria-labelledby="incidents-past">
        <h2 id="incidents-past">Past</h2>
        {pages.items && !past.length && <p class="muted">None yet.</p>}
        <ol class="faults">
          {past.map((incident) => (
            <IncidentItem key={incident.id} site={site} incident={incident} />
          ))}
        </ol>
        {pages.next && (
          <button type="button" class="plain" onClick={pages.more}>
            More
          </button>
        )}
      </section>
    </div>
  );
}
