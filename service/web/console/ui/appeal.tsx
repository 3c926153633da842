import { useSignal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { fullTime } from "../../shared/time.ts";
import { call, sitePath } from "../api.ts";
import type { Appeal } from "../appeal_types.ts";
import { APPEAL_STATE, appealsVersion, dueInWords } from "../appeals.ts";
import { Claims } from "../claims.ts";
import { ageingNow } from "../clock.ts";
import type { Desk } from "../desk.ts";
import { useLatest } from "../latest.ts";
import { go } from "../router.ts";
import type { Query } from "../selection.ts";
import { inWords, lapsed } from "../session.ts";
import { STATUS, spaced, whyInWords } from "../words.ts";
import { VerdictForm } from "./appeal_verdict.tsx";
import { ContextPanel } from "./context.tsx";
import { CommentLink, PlaceLink } from "./links.tsx";
import { Ago, Html, Part, StatusTag } from "./parts.tsx";

/** What was said for it: by the reader, and by a colleague who would have decided otherwise. */
function Said({ appeal }: { appeal: Appeal }) {
  const words = [
    { who: appeal.reader.name, text: appeal.body, at: appeal.created_at },
    { who: `${appeal.opened_by?.name ?? ""} (colleague)`, text: appeal.dissent, at: appeal.created_at },
  ];
  return (
    <>
      {words.map(
        ({ who, text, at }) =>
          text !== null && (
            <div class="said" key={who}>
              <p class="near-meta">
                <b dir="auto">{who}</b> <Ago at={at} />
              </p>
              <p class="typed" dir="auto">
                {text || "Erased."}
              </p>
            </div>
          ),
      )}
    </>
  );
}

/** What is appealed: who decided what, when and why. */
function Appealed({ appeal: { decision, sanction, comment } }: { appeal: Appeal }) {
  if (sanction)
    return (
      <Part title="What is appealed">
        <p>
          <b>{sanction.staff?.name ?? "Somebody who is not on record"}</b>: {spaced(sanction.sanction)}
          {sanction.until && <> until {fullTime(sanction.until, "en")}</>} <Ago at={sanction.created_at} />
        </p>
        {sanction.reason && <p class="muted">{spaced(sanction.reason)}</p>}
        {sanction.note && <q class="block">{sanction.note}</q>}
      </Part>
    );
  if (!decision) return null;
  const by = decision.staff?.name ?? (decision.model ? `The classifier (${decision.model})` : "The rules");
  return (
    <Part title="What is appealed">
      <p>
        <b>{by}</b>: {STATUS[decision.to_status]} <Ago at={decision.created_at} />
      </p>
      {decision.reasons.length > 0 && <p class="muted">{decision.reasons.map(whyInWords).join("; ")}</p>}
      {decision.note && <q class="block">{decision.note}</q>}
      {comment && comment.revision !== decision.revision && (
        <p class="warning">The author has changed the text since.</p>
      )}
    </Part>
  );
}

function Statement({ appeal: { statement, redress } }: { appeal: Appeal }) {
  if (!statement) return null;
  return (
    <details class="diagnostics">
      <summary>Statement of reasons</summary>
      <dl>
        {Object.entries(statement).map(([name, value]) => (
          <div key={name}>
            <dt>{spaced(name)}</dt>
            <dd>{Array.isArray(value) ? value.join(", ") : String(value)}</dd>
          </div>
        ))}
        <div>
          <dt>redress</dt>
          <dd>{redress}</dd>
        </div>
      </dl>
    </details>
  );
}

function Outcome({ appeal }: { appeal: Appeal }) {
  if (appeal.state === "open" || !appeal.decided_at) return null;
  return (
    <Part title="What came of it">
      <p>
        {appeal.judge && <b>{appeal.judge.name}: </b>}
        {APPEAL_STATE[appeal.state]} <Ago at={appeal.decided_at} />
      </p>
      {appeal.note && <q class="block">{appeal.note}</q>}
    </Part>
  );
}

function Facts({ appeal, site }: { appeal: Appeal; site: string }) {
  const { comment } = appeal;
  return (
    <>
      <p class="byline">
        <b dir="auto">{appeal.reader.name}</b>
        <Ago at={appeal.created_at} />
        {appeal.state === "open" && (
          <span class={Date.parse(appeal.due_at) < ageingNow() ? "warning" : "muted"}>
            to be decided by {fullTime(appeal.due_at, "en")} ({dueInWords(appeal.due_at, ageingNow())})
          </span>
        )}
      </p>
      {appeal.tickets.map((reference) => (
        <p class="where" key={reference}>
          <PlaceLink to={{ view: "tickets", site, reference }}>{reference}</PlaceLink>
        </p>
      ))}
      <Said appeal={appeal} />
      {comment && (
        <Part title="The comment">
          <p class="near-meta">
            <StatusTag status={comment.status} />
            <span dir="auto">{comment.article.title ?? comment.article.key}</span>
            <CommentLink id={comment.id}>
              <Ago at={comment.created_at} />
            </CommentLink>
          </p>
          <Html key={comment.html} html={comment.html} class="prose comment-text" />
        </Part>
      )}
      <Appealed appeal={appeal} />
      <Statement appeal={appeal} />
      <Outcome appeal={appeal} />
    </>
  );
}

/** Claims an appeal while it is looked at, if it is for one to judge. */
function useClaim(desk: Desk, appeal: Appeal | null, changed: () => void): void {
  const mine = appeal?.state === "open" && !appeal.barred && desk.options.mayDecide ? appeal.id : null;
  useEffect(() => {
    if (!mine) return;
    const claims = new Claims<Appeal>(
      desk.options.site,
      { claimed: () => {}, lost: changed },
      "/appeals/claims",
    );
    void claims.want([mine]);
    return () => claims.close();
  }, [desk, mine]);
}

/** One appeal with all that it takes to judge it. */
export function AppealCard({ desk, id, query }: { desk: Desk; id: string; query: Query }) {
  const { site } = desk.options;
  const appeal = useSignal<Appeal | null>(null);
  const failed = useSignal<string | null>(null);
  const heading = useRef<HTMLHeadingElement>(null);
  const path = sitePath(site, `/appeals/${encodeURIComponent(id)}`);
  const latest = useLatest();
  const show = (found: Appeal): void => {
    latest.begin();
    appeal.value = found;
    failed.value = null;
  };
  const read = (): void => {
    const isLast = latest.begin();
    call<Appeal>("GET", path)
      .then((found) => {
        if (!isLast()) return;
        show(found);
        if (found.comment) void desk.contexts.read(found.comment.id, { anew: true });
      })
      .catch((error: unknown) => {
        if (!lapsed(error) && isLast()) failed.value = inWords(error);
      });
  };
  const version = appealsVersion.value;
  useEffect(read, [path, version]);
  useEffect(() => heading.current?.focus({ preventScroll: true }), []);
  const shown = appeal.value;
  useClaim(desk, shown, read);
  const comment = shown?.comment?.id;
  const context = (comment && desk.contexts.known.value[comment]) || null;
  return (
    <article class="card" aria-labelledby="appeal-heading">
      <div class="card-scroll">
        <div class="card-main">
          <header class="card-head">
            <button
              type="button"
              class="icon back"
              aria-label="Back to the list"
              onClick={() => go({ view: "appeals", site, query, id: null })}
            >
              <span aria-hidden="true">←</span>
            </button>
            <h2 id="appeal-heading" ref={heading} tabIndex={-1}>
              Appeal
            </h2>
            {shown && <span class="tag">{APPEAL_STATE[shown.state]}</span>}
          </header>
          {failed.value && (
            <p class="warning" role="alert">
              {failed.value}
            </p>
          )}
          {shown && <Facts appeal={shown} site={site} />}
        </div>
        {comment && (
          <ContextPanel id={comment} context={context} onChanged={() => desk.contexts.renew(comment)} />
        )}
      </div>
      {shown && (
        <VerdictForm
          key={`${shown.state}:${shown.comment?.revision}`}
          desk={desk}
          appeal={shown}
          onDecided={show}
        />
      )}
    </article>
  );
}
