import type { Query } from "../selection.ts";
import { useSought } from "../sought.ts";
import type { Status } from "../types.ts";
import { STATUS } from "../words.ts";

const STATUSES = Object.keys(STATUS) as Status[];
/** What only some searches need. */
const MORE = ["author", "reader", "article", "status", "low", "high", "since", "until"];

interface Field {
  name: string;
  label: string;
  query: Query;
}

function Text({ name, label, query }: Field) {
  return (
    <label>
      {label}
      <input type="text" name={name} ref={useSought(query[name])} maxLength={512} />
    </label>
  );
}

function Score({ name, label, query }: Field) {
  return (
    <label>
      {label}
      <input type="number" name={name} ref={useSought(query[name])} min={0} max={1} step={0.01} />
    </label>
  );
}

function Day({ name, label, query }: Field) {
  return (
    <label>
      {label}
      <input type="date" name={name} ref={useSought(query[name])} />
    </label>
  );
}

/** What to look for. What is left empty does not matter. */
export function SearchForm({ query, onSearch }: { query: Query; onSearch: (query: Query) => void }) {
  return (
    <form
      class="search-form"
      role="search"
      onSubmit={(event) => {
        event.preventDefault();
        const given = [...new FormData(event.currentTarget)].map(([name, value]) => [
          name,
          String(value).trim(),
        ]);
        onSearch(Object.fromEntries(given.filter(([, value]) => value)));
      }}
    >
      <div class="inline-form">
        <label>
          Words
          <input
            type="search"
            name="words"
            maxLength={200}
            ref={useSought(query.words)}
            placeholder={'tram "in this order" or -not'}
          />
        </label>
        <button type="submit" class="primary">
          Search
        </button>
      </div>
      <details open={MORE.some((name) => query[name]) || undefined}>
        <summary>More</summary>
        <div class="search-more">
          <Text name="author" label="Author’s name" query={query} />
          <Text name="reader" label="Author’s id" query={query} />
          <Text name="article" label="Article’s key" query={query} />
          <label>
            Status
            <select name="status">
              <option value="">Any</option>
              {STATUSES.map((status) => (
                <option key={status} value={status} selected={query.status === status}>
                  {STATUS[status]}
                </option>
              ))}
            </select>
          </label>
          <Score name="low" label="Toxicity from" query={query} />
          <Score name="high" label="to" query={query} />
          <Day name="since" label="Written from (UTC)" query={query} />
          <Day name="until" label="until" query={query} />
        </div>
      </details>
    </form>
  );
}
