import type { Appeal } from "../appeal_types.ts";
import { APPEAL_STATE, appealsVersion, dueInWords } from "../appeals.ts";
import { ageingNow } from "../clock.ts";
import type { Desk } from "../desk.ts";
import { useShortcuts } from "../keys.ts";
import { go } from "../router.ts";
import type { Query } from "../selection.ts";
import { usePages } from "../use_pages.ts";
import { excerpt, spaced } from "../words.ts";
import { AppealCard } from "./appeal.tsx";
import { PlaceLink } from "./links.tsx";

function Row({ appeal, site, query, here }: { appeal: Appeal; site: string; query: Query; here: boolean }) {
  const { state, claimed_by: by, due_at: due } = appeal;
  const late = state === "open" && Date.parse(due) < ageingNow();
  return (
    <li>
      <PlaceLink class="row" to={{ view: "appeals", site, query, id: appeal.id }} here={here} replace={here}>
        <span class="row-text" dir="auto">
          {excerpt(appeal.body ?? appeal.dissent ?? "")}
        </span>
        <span class="row-meta">
          <span class="row-why">
            {appeal.sanction ? spaced(appeal.sanction.sanction) : appeal.decision?.to_status}
          </span>
          {appeal.barred && state === "open" && <span class="tag">not for you</span>}
          {by && <span class="row-note">with {by.name}</span>}
          <span class={late ? "tag tag-rejected" : "row-note"}>
            {state === "open" ? dueInWords(due, ageingNow()) : APPEAL_STATE[state]}
          </span>
        </span>
      </PlaceLink>
    </li>
  );
}

/** What readers, or colleagues, think was decided wrongly: the list by deadline, and one appeal. */
export function AppealsView({ desk, query, id }: { desk: Desk; query: Query; id: string | null }) {
  const { site } = desk.options;
  const over = query.state === "over";
  const { items, next, failed, more } = usePages<Appeal>(
    desk,
    "/appeals",
    { limit: "50", state: over ? "over" : "open" },
    appealsVersion.value,
  );
  const list = items ?? [];
  const step = (by: number): void => {
    const at = list.findIndex((appeal) => appeal.id === id);
    const to = list[at < 0 ? 0 : at + by];
    if (to) go({ view: "appeals", site, query, id: to.id }, { replace: id !== null });
  };
  useShortcuts(
    "Appeals",
    [
      { key: "j", does: "Next in the list", run: () => step(1) },
      { key: "k", does: "The one before", run: () => step(-1) },
    ],
    [items, id, site, query],
  );
  return (
    <div class="queue" data-open={id ? "" : undefined}>
      <section class="list" aria-label="Appeals">
        <div class="sides">
          <div class="chips">
            <PlaceLink class="chip" to={{ view: "appeals", site, query: {}, id: null }} here={!over}>
              Open <span class="count">{desk.counts.value?.appeals ?? "–"}</span>
            </PlaceLink>
            <PlaceLink
              class="chip"
              to={{ view: "appeals", site, query: { state: "over" }, id: null }}
              here={over}
            >
              Decided
            </PlaceLink>
          </div>
        </div>
        {failed && (
          <p class="list-note" role="alert">
            The appeals could not be read. {failed}
          </p>
        )}
        <ol>
          {list.map((appeal) => (
            <Row key={appeal.id} appeal={appeal} site={site} query={query} here={appeal.id === id} />
          ))}
        </ol>
        {items?.length === 0 && (
          <p class="list-note">{over ? "None was decided yet." : "No appeal waits."}</p>
        )}
        {next && (
          <button type="button" class="fresh" onClick={more}>
            More
          </button>
        )}
      </section>
      {id ? (
        <AppealCard key={id} desk={desk} id={id} query={query} />
      ) : (
        <p class="empty muted">{list.length ? "Choose an appeal." : ""}</p>
      )}
    </div>
  );
}
