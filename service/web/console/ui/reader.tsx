import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { fullTime } from "../../shared/time.ts";
import { call, sitePath } from "../api.ts";
import type { Desk } from "../desk.ts";
import { useLatest } from "../latest.ts";
import { readRules } from "../office.ts";
import { ACTION, hintInWords, PAST, UNDER } from "../people.ts";
import type { Hint, Past, Reader, Strikes } from "../people_types.ts";
import { inWords, lapsed, mayDecide } from "../session.ts";
import type { Found } from "../types.ts";
import { usePages } from "../use_pages.ts";
import { excerpt, plural, STATUS } from "../words.ts";
import { CommentLink, PlaceLink } from "./links.tsx";
import { Notes } from "./notes.tsx";
import { Ago, StatusTag } from "./parts.tsx";
import { Removals } from "./reader_removal.tsx";
import { Sanctioning } from "./reader_sanction.tsx";

const STATUSES = ["published", "held", "rejected", "pending", "deleted"] as const;

function HistoryItem({ past, onWithdraw }: { past: Past; onWithdraw: (id: string) => void }) {
  const who = past.staff?.name ?? (past.by_appeal ? "An appeal" : "An operator");
  return (
    <li>
      <span>
        <b>{PAST[past.kind]}</b>
        {past.reason_text && `: ${past.reason_text}`}
        {past.until && `, until ${fullTime(past.until, "en")}`}
        <span class="muted block">
          {who} <Ago at={past.at} />
          {past.by_appeal && ", on appeal"}
          {past.kind === "warned" &&
            (past.withdrawn_at
              ? ", taken back"
              : past.acknowledged_at
                ? ", read by the reader"
                : ", not read yet")}
        </span>
        {past.words && (
          <q class="block" dir="auto">
            {past.words}
          </q>
        )}
      </span>
      {past.kind === "warned" && !past.withdrawn_at && mayDecide.value && (
        <button type="button" class="plain" onClick={() => onWithdraw(past.id)}>
          Take it back
        </button>
      )}
    </li>
  );
}

function StrikeList({ strikes }: { strikes: Strikes }) {
  const { count, limit, days, suggests, items } = strikes;
  return (
    <section class="page-part" aria-label="Strikes">
      <h2>
        Strikes: {count} of {limit}
      </h2>
      {suggests ? (
        <p class="warning">
          {plural(count, "strike")} within {days} days: you may want to {ACTION[suggests].toLowerCase()} them.
          Nothing happens by itself.
        </p>
      ) : (
        <p class="muted">
          A comment that a person rejects for a rule counts for {days} days; {limit} suggest that somebody
          acts.
        </p>
      )}
      <ul class="people-list">
        {items.map((strike) => (
          <li key={strike.comment_id}>
            <span>
              <CommentLink id={strike.comment_id}>{strike.reason_text}</CommentLink>{" "}
              <Ago at={strike.created_at} />
              <span class="muted"> until {fullTime(strike.expires_at, "en")}</span>
            </span>
          </li>
        ))}
      </ul>
    </section>
  );
}

function Hints({ hints, site }: { hints: Hint[]; site: string }) {
  if (!hints.length) return null;
  return (
    <section class="page-part" aria-label="Hints">
      <h2>They may be somebody whom you know</h2>
      <p class="muted">
        Families, offices and whole towns share networks, and many people a name. It proves nothing.
      </p>
      <ul class="people-list">
        {hints.map((hint) => (
          <li key={hint.kind + hint.reader.id}>
            <span>
              <PlaceLink to={{ view: "reader", site, id: hint.reader.id }}>
                <bdi>{hint.reader.name}</bdi>
              </PlaceLink>
              , {UNDER[hint.sanction]}: {hintInWords(hint)} (<Ago at={hint.seen_at} />)
            </span>
          </li>
        ))}
      </ul>
    </section>
  );
}

function Comments({ desk, reader }: { desk: Desk; reader: Reader }) {
  const status = useSignal("");
  const query = { reader: reader.id, limit: "25", ...(status.value ? { status: status.value } : {}) };
  const { items, next, failed, more } = usePages<Found>(desk, "/comments", query);
  const choose = (to: string) => (): void => {
    status.value = to;
  };
  return (
    <section class="page-part" aria-label="Comments">
      <h2>Comments</h2>
      <div class="people-buttons" role="group" aria-label="Which">
        <button type="button" class="plain" aria-pressed={!status.value} onClick={choose("")}>
          All {Object.values(reader.counts).reduce((sum, n) => sum + n, 0)}
        </button>
        {STATUSES.filter((one) => reader.counts[one]).map((one) => (
          <button
            type="button"
            class="plain"
            key={one}
            aria-pressed={status.value === one}
            onClick={choose(one)}
          >
            {one === "pending" || one === "deleted" ? STATUS[one] : one} {reader.counts[one]}
          </button>
        ))}
      </div>
      {failed && <p role="alert">{failed}</p>}
      <ul class="people-list">
        {(items ?? []).map((found) => (
          <li key={found.id}>
            <span>
              <CommentLink id={found.id}>
                <bdi>{excerpt(found.body) || "(no text)"}</bdi>
              </CommentLink>
              <span class="near-meta">
                <Ago at={found.created_at} />
                <StatusTag status={found.status} />
                <bdi class="muted">{found.article.title ?? found.article.key}</bdi>
              </span>
            </span>
          </li>
        ))}
      </ul>
      {next && (
        <button type="button" class="plain" onClick={more}>
          More
        </button>
      )}
    </section>
  );
}

/** A reader's page: what they wrote, what was done about it, and what can be done. */
export function ReaderView({ desk, id }: { desk: Desk; id: string }) {
  const { site } = desk.options;
  const reader = useSignal<Reader | null>(null);
  const failed = useSignal<string | null>(null);
  const latest = useLatest();
  const show = (now: Reader): void => {
    latest.begin();
    reader.value = now;
    failed.value = null;
  };
  const attempt = async (asked: Promise<Reader>, counts = () => true): Promise<void> => {
    try {
      const now = await asked;
      if (counts()) show(now);
    } catch (error) {
      if (!lapsed(error) && counts()) failed.value = inWords(error);
    }
  };
  const read = (): void => void attempt(desk.get<Reader>(`/readers/${id}`), latest.begin());
  useEffect(() => {
    reader.value = null;
    read();
    if (!desk.rules.value.length) readRules(desk).catch(() => {});
  }, [desk, id]);
  const known = reader.value;
  if (!known) {
    return (
      <div class="page" aria-busy={!failed.value}>
        <p role="alert">{failed}</p>
      </div>
    );
  }
  const withdraw = (warning: string): void =>
    void attempt(call<Reader>("POST", sitePath(site, `/warnings/${warning}/withdrawal`)));
  return (
    <div class="page reader">
      <header>
        <h2 class="reader-name">
          <bdi>{known.name}</bdi>
        </h2>
        <p class="muted">
          {known.guest ? "A guest" : "Signed in by the publisher"}, since <Ago at={known.created_at} />
        </p>
        <p class={known.sanction === "none" ? "muted" : "warning"}>
          {known.sanction === "none" ? "Under no restriction" : UNDER[known.sanction]}
          {known.sanctioned_until && ` until ${fullTime(known.sanctioned_until, "en")}`}
        </p>
      </header>
      {failed.value && <p role="alert">{failed.value}</p>}
      <Hints hints={known.hints} site={site} />
      {mayDecide.value && (
        <section class="page-part" aria-label="Actions">
          <h2>What to do</h2>
          <Sanctioning
            desk={desk}
            reader={known}
            onChanged={(after) => {
              show(after);
              desk.contexts.forget();
            }}
          />
        </section>
      )}
      <StrikeList strikes={known.strikes} />
      <section class="page-part" aria-label="History">
        <h2>What was done before</h2>
        {!known.history.length && <p class="muted">Nothing yet.</p>}
        <ol class="people-list">
          {known.history.map((past) => (
            <HistoryItem key={past.kind + past.id} past={past} onWithdraw={withdraw} />
          ))}
        </ol>
      </section>
      <section class="page-part" aria-label="Everything at once">
        <h2>Everything at once</h2>
        <Removals desk={desk} reader={known} onChanged={read} />
      </section>
      <Notes author={known} onWritten={read} />
      <Comments key={JSON.stringify(known.counts)} desk={desk} reader={known} />
    </div>
  );
}
