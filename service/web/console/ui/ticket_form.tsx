import { useSignal } from "@preact/signals";
import type { Query } from "../selection.ts";
import { useSought } from "../sought.ts";
import { TICKET_STATES } from "../ticket_types.ts";
import { CAUSE, TICKET_STATE } from "../words.ts";

/** What only some need. */
const MORE = ["cause", "article", "language"];

interface Props {
  query: Query;
  onSearch: (query: Query) => void;
}

/** Which tickets. A change of a choice is looked for at once, what is typed by Enter. */
export function TicketForm({ query, onSearch }: Props) {
  // What is open stays open, whatever is looked for next.
  const more = useSignal(MORE.some((name) => query[name]));
  const search = (form: HTMLFormElement): void => {
    const given = [...new FormData(form)].map(([name, value]) => [name, String(value).trim()]);
    onSearch(Object.fromEntries(given.filter(([, value]) => value)));
  };
  return (
    <form
      class="search-form"
      role="search"
      aria-label="Tickets"
      onSubmit={(event) => {
        event.preventDefault();
        search(event.currentTarget);
      }}
      onChange={(event) => {
        if (event.target instanceof HTMLSelectElement) search(event.currentTarget);
      }}
    >
      <div class="inline-form">
        <label>
          Words or reference
          <input type="search" name="words" maxLength={200} ref={useSought(query.words)} />
        </label>
        <label>
          Show
          <select name="state">
            <option value="">Not done yet</option>
            {TICKET_STATES.map((one) => (
              <option key={one} value={one} selected={query.state === one}>
                {TICKET_STATE[one]}
              </option>
            ))}
            <option value="all" selected={query.state === "all"}>
              All
            </option>
          </select>
        </label>
      </div>
      <details
        open={more.value}
        onToggle={(event) => {
          more.value = event.currentTarget.open;
        }}
      >
        <summary>More</summary>
        <div class="search-more">
          <label>
            Cause
            <select name="cause">
              <option value="">Any</option>
              {Object.entries(CAUSE).map(([code, name]) => (
                <option key={code} value={code} selected={query.cause === code}>
                  {name}
                </option>
              ))}
            </select>
          </label>
          <label>
            Article’s key
            <input type="text" name="article" ref={useSought(query.article)} maxLength={512} />
          </label>
          <label>
            Language
            <input
              type="text"
              name="language"
              ref={useSought(query.language)}
              pattern="[A-Za-z]{2,3}"
              title="Like de or en"
              placeholder="de"
            />
          </label>
        </div>
      </details>
      <button type="submit" class="unseen">
        Look for them
      </button>
    </form>
  );
}
