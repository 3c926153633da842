import type { ComponentChildren } from "preact";
import { dissenting } from "../appeals.ts";
import { place } from "../router.ts";
import type { Query } from "../selection.ts";
import { mayDecide, session } from "../session.ts";
import type { Context, Decision, Near, Profile, Report, Reported, Revision } from "../types.ts";
import { plural, STATUS, spaced, whyInWords } from "../words.ts";
import { Diff } from "./diff.tsx";
import { CommentLink, PlaceLink } from "./links.tsx";
import { Notes } from "./notes.tsx";
import { Ago, Html, Part, StatusTag } from "./parts.tsx";

function SearchLink({ query, children }: { query: Query; children: ComponentChildren }) {
  return (
    <PlaceLink to={{ view: "search", site: place.value?.site ?? "", query, id: null }}>{children}</PlaceLink>
  );
}

function Record({ author }: { author: Profile }) {
  const judged = author.published + author.rejected;
  const rate = judged ? `${Math.round((author.rejected / judged) * 100)} % rejected` : "nothing judged yet";
  const others = author.recent.slice(0, 5);
  return (
    <Part title="Author">
      <p>
        <b dir="auto">{author.name}</b>{" "}
        <span class="muted">
          since <Ago at={author.created_at} />
        </span>
      </p>
      <p class="record">
        <span>{author.published} published</span>
        <span>{author.rejected} rejected</span>
        <span>{author.held} held</span>
        <span class="muted">{rate}</span>
      </p>
      <p>
        <PlaceLink to={{ view: "reader", site: place.value?.site ?? "", id: author.id }}>
          Their page
        </PlaceLink>{" "}
        <SearchLink query={{ reader: author.id }}>All their comments</SearchLink>
      </p>
      {author.sanction !== "none" && (
        <p class="warning">
          {spaced(author.sanction)}
          {author.sanctioned_until && <> until {new Date(author.sanctioned_until).toLocaleString("en")}</>}
        </p>
      )}
      {author.strikes > 0 && (
        <p class={author.strikes >= author.strike_limit ? "warning" : ""}>
          {author.strikes} of {plural(author.strike_limit, "strike")}
        </p>
      )}
      {author.hints > 0 && (
        <p class="muted">May be somebody under a restriction: {plural(author.hints, "hint")} on their page</p>
      )}
      {others.length > 0 && (
        <ol class="recent">
          {others.map(({ id, html, status, created_at }) => (
            <li key={id}>
              <Html html={html} class="prose clamp" />
              <span class="near-meta">
                <CommentLink id={id}>
                  <Ago at={created_at} />
                </CommentLink>
                <StatusTag status={status} />
              </span>
            </li>
          ))}
        </ol>
      )}
    </Part>
  );
}

function Thread({ thread, id }: { thread: Near[]; id: string }) {
  const others = thread.filter((near) => near.id !== id);
  if (!others.length) return null;
  return (
    <Part title="Around it">
      <ol class="near">
        {others.map((near) => (
          <li key={near.id} class={`depth-${Math.min(near.depth, 4)}`}>
            <span class="near-meta">
              <b dir="auto">{near.author.name}</b>
              <CommentLink id={near.id}>
                <Ago at={near.created_at} />
              </CommentLink>
              {near.status !== "published" && <StatusTag status={near.status} />}
            </span>
            <Html html={near.html} class="prose clamp" />
          </li>
        ))}
      </ol>
    </Part>
  );
}

const recordOf = ({ settled, upheld }: Report["record"]): string =>
  settled
    ? `${upheld} of their last ${plural(settled, "report")} upheld`
    : "no report of theirs was dealt with yet";

/** Reports come as one item, however many there are. */
function Reports({ reports, reported }: { reports: Report[]; reported: Reported[] }) {
  if (!reports.length) return null;
  const sum = (of: "open" | "settled"): number => reported.reduce((all, one) => all + one[of], 0);
  return (
    <Part title={`Reports: ${sum("open")} open, ${sum("settled")} settled`}>
      <p class="record">
        {reported.map(({ reason, open, settled }) => (
          <span key={reason}>
            {open + settled} {spaced(reason)}
          </span>
        ))}
      </p>
      <ul class="reports">
        {reports.map(({ id, reason, detail, reader, ticket, record, created_at, settled }) => (
          <li key={id} class={settled ? "muted" : ""}>
            <b>{spaced(reason)}</b> by <bdi>{reader?.name ?? `${ticket}, without an account`}</bdi>{" "}
            <Ago at={created_at} />
            {reader && <span class="muted block">{recordOf(record)}</span>}
            {detail && <q class="block">{detail}</q>}
          </li>
        ))}
      </ul>
    </Part>
  );
}

function who({ actor, staff, model }: Decision): string {
  if (staff) return staff.name;
  if (actor === "machine") return model ? `The classifier (${model})` : "The rules";
  return actor === "author" ? "The author" : "The system";
}

/** A colleague's, and not on appeal itself. */
const mayAppeal = ({ staff, appeal_id: appeal }: Decision): boolean =>
  mayDecide.value && staff !== null && staff.id !== session.value?.staff.id && appeal === null;

function History({ decisions, appealed }: { decisions: Decision[]; appealed: boolean }) {
  return (
    <Part title={plural(decisions.length, "decision")}>
      <ol class="history">
        {decisions.map((made, n) => (
          <li key={made.id}>
            <b>{who(made)}</b>: {made.undoes ? "undone, back to " : ""}
            {STATUS[made.to_status]} <Ago at={made.created_at} />
            {made.reasons.length > 0 && (
              <span class="muted block">{made.reasons.map(whyInWords).join("; ")}</span>
            )}
            {made.note && <q class="block">{made.note}</q>}
            {n === 0 && !appealed && mayAppeal(made) && (
              <button
                type="button"
                class="link block"
                onClick={() => {
                  dissenting.value = made.comment_id;
                }}
              >
                Appeal this decision
              </button>
            )}
          </li>
        ))}
      </ol>
    </Part>
  );
}

/** What changed from one text to the next, newest first. */
function Revisions({ revisions }: { revisions: Revision[] }) {
  const ordered = [...revisions].sort((a, b) => b.revision - a.revision);
  if (ordered.length < 2) return null;
  return (
    <Part title={plural(ordered.length, "version")}>
      <ol class="history">
        {ordered.slice(0, -1).map((revision, n) => (
          <li key={revision.revision}>
            <span class="muted">
              Edited <Ago at={revision.created_at} />
            </span>
            <Diff before={ordered[n + 1]?.body ?? ""} after={revision.body} />
          </li>
        ))}
      </ol>
    </Part>
  );
}

/** Everything else that is known about a comment. It has its own place, so that nothing moves when it arrives. */
export function ContextPanel(props: { id: string; context: Context | null; onChanged: () => void }) {
  const { id, context, onChanged } = props;
  return (
    <aside class="context" aria-label="Context" aria-busy={context === null}>
      {context && (
        <>
          <Reports reports={context.reports} reported={context.reported} />
          <Record author={context.author} />
          <Notes author={context.author} onWritten={onChanged} />
          <Thread thread={context.thread} id={id} />
          <Revisions revisions={context.revisions} />
          <History decisions={context.decisions} appealed={context.appeal !== null} />
        </>
      )}
    </aside>
  );
}
