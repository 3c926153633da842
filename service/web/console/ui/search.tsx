import { ageingNow } from "../clock.ts";
import type { Desk } from "../desk.ts";
import { useShortcuts } from "../keys.ts";
import { go } from "../router.ts";
import type { Query } from "../selection.ts";
import type { Found } from "../types.ts";
import { usePages } from "../use_pages.ts";
import { age, excerpt } from "../words.ts";
import { CommentView } from "./comment_view.tsx";
import { PlaceLink } from "./links.tsx";
import { StatusTag } from "./parts.tsx";
import { SavedFilters } from "./saved.tsx";
import { SearchForm } from "./search_form.tsx";

function Row({ one, query, site, here }: { one: Found; query: Query; site: string; here: boolean }) {
  const to = { view: "search", site, query, id: one.id } as const;
  return (
    <li>
      <PlaceLink class="row" to={to} here={here} replace={here}>
        <span class="row-text" dir="auto">
          {excerpt(one.body) || "(no text)"}
        </span>
        <span class="row-meta">
          <StatusTag status={one.status} />
          <span class="row-why">{one.toxicity === null ? "" : one.toxicity.toFixed(2)}</span>
          <span class="row-who" dir="auto">
            {one.author.name}
          </span>
          <time dateTime={one.created_at}>{age(one.created_at, ageingNow())}</time>
        </span>
      </PlaceLink>
    </li>
  );
}

/** Any comment, found again: what to look for, what was found, and one of them to decide on. */
export function SearchView({ desk, query, id }: { desk: Desk; query: Query; id: string | null }) {
  const { site } = desk.options;
  const { items: found, next, failed, more } = usePages<Found>(desk, "/comments", { limit: "50", ...query });
  const list = found ?? [];
  const show = (one: string | null, replace = false): void =>
    go({ view: "search", site, query, id: one }, { replace });
  const step = (by: number): void => {
    const at = list.findIndex((one) => one.id === id);
    const to = list[at < 0 ? 0 : at + by];
    if (to) show(to.id, id !== null);
  };
  useShortcuts(
    "Search",
    [
      { key: "j", does: "Next in the list", run: () => step(1) },
      { key: "k", does: "The one before", run: () => step(-1) },
    ],
    [found, id, query],
  );
  return (
    <div class="queue" data-open={id ? "" : undefined}>
      <section class="list" aria-label="Search">
        <SearchForm query={query} onSearch={(to) => go({ view: "search", site, query: to, id: null })} />
        <div class="sides-line list-note">
          <span class="grow" role="status">
            {failed ?? (found && (list.length ? "Newest first" : "Nothing was found."))}
          </span>
          <SavedFilters site={site} place="search" query={query} />
        </div>
        <ol>
          {list.map((one) => (
            <Row key={one.id} one={one} query={query} site={site} here={one.id === id} />
          ))}
        </ol>
        {next && (
          <button type="button" class="fresh" onClick={more}>
            More
          </button>
        )}
      </section>
      {id ? (
        <CommentView key={id} desk={desk} id={id} onBack={() => show(null)} />
      ) : (
        <p class="empty muted">{list.length ? "Choose a comment." : ""}</p>
      )}
    </div>
  );
}
