import { useComputed } from "@preact/signals";
import { decisions, desk } from "../office.ts";
import { go, HELP_VIEWS, type Place, pathOf, place } from "../router.ts";
import { mayAdminister, mayAudit, session, site } from "../session.ts";
import { Menu } from "./menu.tsx";
import { Key } from "./parts.tsx";

function Tab({
  to,
  name,
  count,
  counts = true,
  here,
}: {
  to: Place;
  name: string;
  count?: number | undefined;
  counts?: boolean;
  here: boolean;
}) {
  return (
    <a
      href={pathOf(to)}
      class="tab"
      aria-current={here ? "page" : undefined}
      onClick={(event) => {
        if (event.metaKey || event.ctrlKey || event.shiftKey) return;
        event.preventDefault();
        go(to);
      }}
    >
      {name} {counts && <span class="count">{count ?? "–"}</span>}
    </a>
  );
}

/** Whether what one sees is live, and how much waits to be sent. */
function Health() {
  const text = useComputed(() => {
    const waiting = decisions.value?.outbox.stuck.value ? decisions.value.outbox.waiting.value.length : 0;
    if (waiting) return `Offline: ${waiting} to send`;
    if (desk.value && !desk.value.connected.value) return "Reconnecting…";
    return "Live";
  });
  const well = text.value === "Live";
  return (
    <span class={`health ${well ? "well" : "ill"}`} title={decisions.value?.outbox.stuck.value ?? ""}>
      {text}
    </span>
  );
}

function SiteSwitch() {
  const sites = session.value?.sites ?? [];
  if (sites.length < 2) return <span class="site-name">{site.value?.name}</span>;
  return (
    <select
      class="site-switch"
      aria-label="Site"
      value={site.value?.key}
      onChange={(event) => go({ view: "queue", site: event.currentTarget.value })}
    >
      {sites.map(({ key, name }) => (
        <option key={key} value={key}>
          {name}
        </option>
      ))}
    </select>
  );
}

/** Where one is, how it goes, and the ways to everything else. */
export function Bar({ onFind, onKeys }: { onFind: () => void; onKeys: () => void }) {
  const counts = desk.value?.counts.value;
  const key = site.value?.key ?? "";
  const here = place.value?.view;
  return (
    <header class="bar">
      <span class="brand">
        <span class="brand-mark" aria-hidden="true" />
        <span class="brand-name">Parley</span>
      </span>
      <SiteSwitch />
      <nav aria-label="Sections">
        <Tab to={{ view: "queue", site: key }} name="Queue" count={counts?.waiting} here={here === "queue"} />
        <Tab
          to={{ view: "search", site: key, query: {}, id: null }}
          name="Search"
          counts={false}
          here={here === "search"}
        />
        <Tab
          to={{ view: "appeals", site: key, query: {}, id: null }}
          name="Appeals"
          count={counts?.appeals}
          here={here === "appeals"}
        />
        <Tab
          to={{ view: "tickets", site: key, reference: null }}
          name="Tickets"
          count={counts?.tickets_open}
          here={here === "tickets" || HELP_VIEWS.some((one) => one === here)}
        />
        <Tab to={{ view: "insight", site: key }} name="Insight" counts={false} here={here === "insight"} />
        <Tab to={{ view: "quality", site: key }} name="Quality" counts={false} here={here === "quality"} />
        <Tab to={{ view: "policy", site: key }} name="Policy" counts={false} here={here === "policy"} />
        {mayAdminister.value && (
          <Tab to={{ view: "staff", site: key }} name="Staff" counts={false} here={here === "staff"} />
        )}
        {mayAudit.value && (
          <Tab
            to={{ view: "record", site: key, query: {} }}
            name="Record"
            counts={false}
            here={here === "record"}
          />
        )}
      </nav>
      <span class="grow" />
      <Health />
      <button type="button" class="plain find" onClick={onFind} aria-keyshortcuts="/">
        Find <Key>/</Key>
      </button>
      <button type="button" class="plain keys" onClick={onKeys} aria-keyshortcuts="?">
        Keys <Key>?</Key>
      </button>
      <Menu />
    </header>
  );
}
