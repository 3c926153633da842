import { useComputed, useSignal, useSignalEffect } from "@preact/signals";
import { useShortcuts } from "../keys.ts";
import { decisions, desk } from "../office.ts";
import { go, type Place, pathOf, place } from "../router.ts";
import { session, site } from "../session.ts";
import { waitingIn } from "../words.ts";
import { CommentView } from "./comment_view.tsx";
import { HelpDialog } from "./help.tsx";
import { Menu } from "./menu.tsx";
import { Notices, Spoken, ToastBar } from "./notices.tsx";
import { Palette } from "./palette.tsx";
import { QueueView } from "./queue.tsx";
import { TicketsView } from "./tickets.tsx";

function Tab({
  to,
  name,
  count,
  here,
}: {
  to: Place;
  name: string;
  count: number | undefined;
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
      {name} <span class="count">{count ?? "–"}</span>
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

function View() {
  const at = place.value;
  const open = desk.value;
  if (!session.value?.sites.length)
    return <p class="empty">You have no role on any site yet. An administrator gives you one.</p>;
  if (!at || !open) return <div class="empty" aria-busy="true" />;
  if (at.view === "tickets") return <TicketsView site={at.site} reference={at.reference} />;
  if (at.view === "comment") return <CommentView key={at.id} desk={open} id={at.id} />;
  return <QueueView desk={open} />;
}

export function Shell() {
  const open = useSignal<"help" | "palette" | null>(null);
  const close = (): void => {
    open.value = null;
  };
  const counts = desk.value?.counts.value;
  const key = site.value?.key ?? "";
  const here = place.value?.view;
  useSignalEffect(() => {
    const counted = desk.value?.counts.value;
    const waiting = counted ? waitingIn(counted) : 0;
    const view = place.value?.view === "tickets" ? "Tickets" : "Queue";
    document.title = `${waiting ? `(${waiting}) ` : ""}${view} · Parley`;
  });
  useShortcuts(
    "Everywhere",
    [
      {
        key: "?",
        does: "Show the keys",
        run: () => {
          open.value = "help";
        },
      },
      { key: "u", does: "Undo the last decision", run: () => decisions.value?.undo() },
      {
        key: "/",
        does: "Command palette (also Ctrl K)",
        run: () => {
          open.value = "palette";
        },
      },
      { key: "g", does: "Go to the queue", run: () => go({ view: "queue", site: key }) },
      { key: "t", does: "Go to the tickets", run: () => go({ view: "tickets", site: key, reference: null }) },
    ],
    [key],
  );
  return (
    <div
      class="shell"
      onKeyDown={(event) => {
        if (event.key.toLowerCase() !== "k" || !(event.ctrlKey || event.metaKey)) return;
        event.preventDefault();
        open.value = "palette";
      }}
    >
      <a class="skip" href="#main">
        Skip to the work
      </a>
      <header class="bar">
        <span class="brand">
          <span class="brand-mark" aria-hidden="true" />
          <span class="brand-name">Parley</span>
        </span>
        <SiteSwitch />
        <nav aria-label="Sections">
          <Tab
            to={{ view: "queue", site: key }}
            name="Queue"
            count={counts ? waitingIn(counts) : undefined}
            here={here === "queue"}
          />
          <Tab
            to={{ view: "tickets", site: key, reference: null }}
            name="Tickets"
            count={counts?.tickets_open}
            here={here === "tickets"}
          />
        </nav>
        <span class="grow" />
        <Health />
        <button
          type="button"
          class="icon"
          onClick={() => {
            open.value = "palette";
          }}
          aria-label="Command palette"
          aria-keyshortcuts="/"
        >
          <span aria-hidden="true">⌘</span>
        </button>
        <button
          type="button"
          class="icon"
          onClick={() => {
            open.value = "help";
          }}
          aria-label="Keys"
          aria-keyshortcuts="?"
        >
          <span aria-hidden="true">?</span>
        </button>
        <Menu />
      </header>
      <Notices />
      <main id="main" tabIndex={-1}>
        <View />
      </main>
      <ToastBar />
      <Spoken />
      {open.value === "help" && <HelpDialog onClose={close} />}
      {open.value === "palette" && <Palette onClose={close} />}
    </div>
  );
}
