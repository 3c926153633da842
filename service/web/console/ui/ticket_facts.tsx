import { fullTime } from "../../shared/time.ts";
import type { About, FailedRequest, Ticket } from "../ticket_types.ts";
import { causeName, STATUS, spaced, whyInWords } from "../words.ts";
import { CommentLink, PlaceLink } from "./links.tsx";
import { Ago, StatusTag } from "./parts.tsx";

interface Crumb {
  at?: number;
  what?: string;
  status?: number;
}

/** A value of the diagnostics in words: lists by line, tables by name. */
function Value({ name, value }: { name: string; value: unknown }) {
  if (name === "breadcrumbs" && Array.isArray(value))
    return (
      <ol class="crumbs">
        {(value as Crumb[]).map(({ at, what, status }, n) => (
          <li key={n}>
            {at === undefined ? "" : `${(at / 1000).toFixed(1)} s `}
            {what} {status ?? ""}
          </li>
        ))}
      </ol>
    );
  if (Array.isArray(value)) return <>{value.map((one) => spaced(String(one))).join(", ")}</>;
  if (typeof value === "object" && value !== null)
    return (
      <>
        {Object.entries(value)
          .map(([part, one]) => `${spaced(part)} ${one}`)
          .join(", ")}
      </>
    );
  if (typeof value === "boolean") return <>{value ? "yes" : "no"}</>;
  return <>{String(value)}</>;
}

function Diagnostics({ diagnostics }: { diagnostics: Record<string, unknown> }) {
  const details = Object.entries(diagnostics);
  if (!details.length) return null;
  return (
    <details class="diagnostics">
      <summary>What their browser said</summary>
      <dl>
        {details.map(([name, value]) => (
          <div key={name}>
            <dt>{spaced(name)}</dt>
            <dd>
              <Value name={name} value={value} />
            </dd>
          </div>
        ))}
      </dl>
    </details>
  );
}

/** The log's lines of the calls that failed for the reader. */
function Requests({ requests, named }: { requests: FailedRequest[]; named: string | undefined }) {
  if (!named) return null;
  return (
    <details class="diagnostics">
      <summary>What the log says of their request</summary>
      {!requests.length && <p class="muted fine">Nothing of {named}: lines are kept for seven days.</p>}
      <dl>
        {requests.map((line) => (
          <div key={`${line.at}${line.route}`}>
            <dt>
              <time dateTime={line.at}>{fullTime(line.at, "en")}</time>
            </dt>
            <dd>
              <code>{line.route}</code> {line.status}
              {line.code && ` ${line.code}`}
              {line.error && ` (${line.error})`}, {Math.round(line.milliseconds)} ms, request{" "}
              <code>{line.request_id}</code>
            </dd>
          </div>
        ))}
      </dl>
    </details>
  );
}

/** The comment that the ticket is about, and what was decided on it. */
function AboutComment({ about }: { about: About }) {
  const { decision } = about;
  const who = decision?.staff?.name ?? (decision?.actor === "machine" ? "the classifier or the rules" : null);
  return (
    <section class="about" aria-label="The comment it is about">
      <p class="near-meta">
        <CommentLink id={about.id}>The comment it is about</CommentLink>
        <StatusTag status={about.status} />
        <Ago at={about.created_at} />
      </p>
      {about.body && (
        <p class="typed clamp" dir="auto">
          {about.body}
        </p>
      )}
      {decision && (
        <p class="muted fine">
          {STATUS[decision.to_status]} {who ? `by ${who} ` : ""}
          <Ago at={decision.created_at} />
          {decision.reasons.length > 0 && `: ${decision.reasons.map(whyInWords).join("; ")}`}
        </p>
      )}
      {decision?.note && <q class="block">{decision.note}</q>}
    </section>
  );
}

function Mail({ mail }: { mail: NonNullable<Ticket["mail"]> }) {
  if (mail.state === "failed")
    return (
      <p class="warning">Mail to the reader could not be delivered: {mail.error ?? "no reason given"}.</p>
    );
  return (
    <p class="muted">
      Mail to the reader is on its way{mail.error && `; the last try failed: ${mail.error}`}.
    </p>
  );
}

/** What is known of a ticket beside what was said. */
export function TicketFacts({ ticket, site }: { ticket: Ticket; site: string }) {
  const { error } = ticket.diagnostics as { error?: { request_id?: string } };
  return (
    <>
      <p class="byline">
        <b dir="auto">{ticket.reader?.name ?? "A reader"}</b>
        {ticket.email && <a href={`mailto:${ticket.email}`}>{ticket.email}</a>}
        <Ago at={ticket.created_at} />
      </p>
      <p class="where">
        {ticket.article && (
          <PlaceLink to={{ view: "tickets", site, query: { article: ticket.article.key }, reference: null }}>
            {ticket.article.title ?? ticket.article.key}
          </PlaceLink>
        )}
        {ticket.comment_id && !ticket.comment && (
          <span class="muted">about comment {ticket.comment_id}, which is not there</span>
        )}
      </p>
      {ticket.comment && <AboutComment about={ticket.comment} />}
      {ticket.cause && <p class="muted">Their browser took it for: {causeName(ticket.cause)}.</p>}
      {ticket.incident_id && (
        <p>
          <PlaceLink to={{ view: "incidents", site }}>Part of an incident</PlaceLink>
        </p>
      )}
      {ticket.merged_into && (
        <p>
          It goes on as{" "}
          <PlaceLink to={{ view: "tickets", site, reference: ticket.merged_into }}>
            {ticket.merged_into}
          </PlaceLink>
        </p>
      )}
      {ticket.mail && <Mail mail={ticket.mail} />}
      <Diagnostics diagnostics={ticket.diagnostics} />
      <Requests requests={ticket.requests ?? []} named={error?.request_id} />
    </>
  );
}
