import { useSignal } from "@preact/signals";
import { sitePath } from "../api.ts";
import { behind, type Query } from "../selection.ts";
import { useSought } from "../sought.ts";
import { DEED } from "../words.ts";

interface Props {
  query: Query;
  onSearch: (query: Query) => void;
}

/** Which acts. What is left empty does not matter. */
export function RecordForm({ query, onSearch }: Props) {
  return (
    <form
      class="page-form"
      role="search"
      onSubmit={(event) => {
        event.preventDefault();
        const given = [...new FormData(event.currentTarget)].map(([name, value]) => [
          name,
          String(value).trim(),
        ]);
        const staff = query.staff ? { staff: query.staff } : {};
        onSearch({ ...Object.fromEntries(given.filter(([, value]) => value)), ...staff });
      }}
    >
      <label>
        What
        <select name="action">
          <option value="">Everything</option>
          {Object.entries(DEED).map(([action, words]) => (
            <option key={action} value={action} selected={query.action === action}>
              {words}
            </option>
          ))}
        </select>
      </label>
      <label>
        About (comment:12, ticket:PX-…)
        <input
          type="text"
          name="subject"
          ref={useSought(query.subject)}
          pattern="(comment|ticket|reader|policy|article|staff):[\w\-]{1,40}"
          title="As the list has it: comment:12, ticket:PX-7F3K-9Q2M, reader:3, policy:2"
        />
      </label>
      <label>
        From (UTC)
        <input type="date" name="since" ref={useSought(query.since)} />
      </label>
      <label>
        until
        <input type="date" name="until" ref={useSought(query.until)} />
      </label>
      <button type="submit" class="primary">
        Show
      </button>
      {behind(query) && (
        <button type="button" class="plain" onClick={() => onSearch({})}>
          Everything by everybody
        </button>
      )}
    </form>
  );
}

const day = (back: number): string => new Date(Date.now() - back * 86_400_000).toISOString().slice(0, 10);

/** The restrictions of some days in the shape of the EU's database. */
export function Statements({ site }: { site: string }) {
  const since = useSignal(day(30));
  const until = useSignal(day(0));
  const days = { since: since.value, until: until.value };
  const file = (format: string): string =>
    `/api/v1/staff${sitePath(site, `/statements/export${behind({ ...days, format })}`)}`;
  return (
    <section class="page-part" aria-label="Statements of reasons">
      <h2>Statements of reasons</h2>
      <p class="muted">
        One for each decision of these days (UTC) that kept a comment from readers, in the shape of the EU’s
        Transparency Database. They are made from codes: no text and no name is in them.
      </p>
      <div class="page-form">
        <label>
          From
          <input
            type="date"
            value={since.value}
            onInput={(event) => {
              since.value = event.currentTarget.value || day(30);
            }}
          />
        </label>
        <label>
          until
          <input
            type="date"
            value={until.value}
            onInput={(event) => {
              until.value = event.currentTarget.value || day(0);
            }}
          />
        </label>
        <a href={file("jsonl")} download>
          As JSON Lines
        </a>
        <a href={file("csv")} download>
          As CSV
        </a>
      </div>
    </section>
  );
}
