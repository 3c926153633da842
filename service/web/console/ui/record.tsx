import { fullTime } from "../../shared/time.ts";
import { sitePath } from "../api.ts";
import type { Desk } from "../desk.ts";
import { go } from "../router.ts";
import { behind, type Query } from "../selection.ts";
import type { Act } from "../types.ts";
import { usePages } from "../use_pages.ts";
import { DEED, spaced } from "../words.ts";
import { CommentLink, PlaceLink } from "./links.tsx";
import { RecordForm, Statements } from "./record_form.tsx";

/** What an act was about, and the way there. */
function Subject({ subject, site }: { subject: string; site: string }) {
  const [kind, id = ""] = subject.split(":");
  if (kind === "comment") return <CommentLink id={id}>comment {id}</CommentLink>;
  if (kind === "ticket")
    return <PlaceLink to={{ view: "tickets", site, reference: id }}>ticket {id}</PlaceLink>;
  if (kind === "reader") return <PlaceLink to={{ view: "reader", site, id }}>a reader</PlaceLink>;
  if (kind === "article") return <>article {id}</>;
  return kind === "policy" ? <>version {id}</> : null;
}

/** From where to where, and for which reasons, as far as the act says. */
function inShort({ detail }: Act): string {
  const { from, to, reasons } = detail as { from?: string; to?: string; reasons?: string[] };
  const moved = from && to && from !== to ? `${spaced(from)} → ${spaced(to)}` : "";
  const why = (reasons ?? []).filter((code) => code !== "within_rules").map(spaced);
  return [moved, ...why].filter(Boolean).join(" · ");
}

function Row({ act, query, site }: { act: Act; query: Query; site: string }) {
  return (
    <tr>
      <td>
        <time dateTime={act.at}>{fullTime(act.at, "en")}</time>
      </td>
      <td>
        {act.staff ? (
          <PlaceLink to={{ view: "record", site, query: { ...query, staff: act.staff.id } }}>
            {act.staff.name}
          </PlaceLink>
        ) : (
          "an operator"
        )}
      </td>
      <td>{DEED[act.action] ?? act.action}</td>
      <td>
        <Subject subject={act.subject} site={site} />
      </td>
      <td class="muted">{inShort(act)}</td>
    </tr>
  );
}

/** Everything that staff did on this site: searched, and taken away as a file. */
export function RecordView({ desk, query }: { desk: Desk; query: Query }) {
  const { site } = desk.options;
  const { items: acts, next, failed, more } = usePages<Act>(desk, "/record", query);
  const file = (format: string): string =>
    `/api/v1/staff${sitePath(site, `/record/export${behind({ ...query, format })}`)}`;
  return (
    <div class="page">
      <RecordForm query={query} onSearch={(to) => go({ view: "record", site, query: to })} />
      <p class="page-line" role="status">
        {failed ?? (acts && (acts.length ? "Newest first" : "Nothing was done that fits."))}
        <span class="grow" />
        <a href={file("csv")} download>
          As CSV
        </a>
        <a href={file("jsonl")} download>
          As JSON Lines
        </a>
      </p>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what is wider than the screen is scrolled by keys as well */}
      <section class="table" aria-label="Acts" tabIndex={0}>
        <table>
          <thead>
            <tr>
              <th scope="col">When</th>
              <th scope="col">Who</th>
              <th scope="col">Did</th>
              <th scope="col">About</th>
              <th scope="col">What</th>
            </tr>
          </thead>
          <tbody>
            {(acts ?? []).map((act) => (
              <Row key={act.id} act={act} query={query} site={site} />
            ))}
          </tbody>
        </table>
      </section>
      {next && (
        <button type="button" class="plain" onClick={more}>
          More
        </button>
      )}
      <Statements site={site} />
    </div>
  );
}
