import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import type { Desk } from "../desk.ts";
import { go, place } from "../router.ts";
import { queryOf, type Selection, selectionOf, VIEWS, type View } from "../selection.ts";
import type { ArticleRef, Counts } from "../types.ts";
import { VIEW } from "../words.ts";
import { ArticleMode } from "./article_mode.tsx";
import { PlaceLink } from "./links.tsx";
import { SavedFilters } from "./saved.tsx";

const counted = (counts: Counts | null, view: View): number | string =>
  (view === "all" ? counts?.waiting : counts?.[view]) ?? "–";

type Waiting = ArticleRef & { waiting: number };

/** The articles that have most waiting, as of when the list was last looked at; the one that is chosen is among them. */
function useArticles(desk: Desk, chosen: string | null) {
  const found = useSignal<Waiting[]>([]);
  const look = (): void => {
    desk
      .get<{ articles: Waiting[] }>("/queue/articles")
      .then(({ articles }) => {
        found.value = articles;
      })
      .catch(() => {});
  };
  useEffect(look, [desk]);
  const known = chosen === null || found.value.some(({ key }) => key === chosen);
  const first: Waiting[] = known ? [] : [{ key: chosen, title: null, url: null, waiting: 0 }];
  return { articles: [...first, ...found.value], look };
}

/** What the address says now. The desk follows it after the next drawing: a second choice may come before. */
const inAddress = (): Selection =>
  selectionOf(place.value?.view === "queue" ? (place.value.query ?? {}) : {});

/** From which side the queue is seen. What is chosen stands in the address, so that it can be kept and passed on. */
export function Sides({ desk }: { desk: Desk }) {
  const { site } = desk.options;
  const selection = inAddress();
  const { articles, look } = useArticles(desk, selection.article);
  const choose = (change: Partial<Selection>): void =>
    go({ view: "queue", site, query: queryOf({ ...inAddress(), ...change }) });
  return (
    <div class="sides">
      <div class="chips" role="group" aria-label="Which items">
        {VIEWS.filter(
          (view) => view !== "second" || selection.view === view || desk.counts.value?.second,
        ).map((view) => (
          <button
            type="button"
            class="chip"
            key={view}
            aria-pressed={selection.view === view}
            onClick={() => choose({ view })}
          >
            {VIEW[view]} <span class="count">{counted(desk.counts.value, view)}</span>
          </button>
        ))}
        <PlaceLink to={{ view: "bands", site, query: queryOf(selection) }}>By score</PlaceLink>
      </div>
      <div class="sides-line">
        <select
          aria-label="Article"
          value={selection.article ?? ""}
          onFocus={look}
          onChange={(event) => choose({ article: event.currentTarget.value || null })}
        >
          <option value="">All articles</option>
          {articles.map(({ key, title, waiting }) => (
            <option key={key} value={key}>
              {title ?? key} ({waiting})
            </option>
          ))}
        </select>
        <select
          aria-label="Order"
          value={selection.order}
          onChange={(event) => choose({ order: event.currentTarget.value as Selection["order"] })}
        >
          <option value="urgent">Most urgent</option>
          <option value="oldest">Oldest</option>
        </select>
        <SavedFilters site={site} place="queue" query={queryOf(selection)} />
      </div>
      {selection.article !== null && (
        <ArticleMode key={selection.article} site={site} article={selection.article} />
      )}
    </div>
  );
}
