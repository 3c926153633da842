import { useSignal, useSignalEffect } from "@preact/signals";
import { dissenting } from "../appeals.ts";
import { useShortcuts } from "../keys.ts";
import { decisions, desk } from "../office.ts";
import { go, place } from "../router.ts";
import { session, site } from "../session.ts";
import { AccountView } from "./account.tsx";
import { AnswersView } from "./answers.tsx";
import { AppealsView } from "./appeals.tsx";
import { BandsView } from "./bands.tsx";
import { Bar } from "./bar.tsx";
import { CommentView } from "./comment_view.tsx";
import { DissentDialog } from "./dissent.tsx";
import { FaultsView } from "./faults.tsx";
import { HelpDialog } from "./help.tsx";
import { IncidentBanner, IncidentsView } from "./incidents.tsx";
import { InsightView } from "./insight.tsx";
import { Notices, Spoken, ToastBar } from "./notices.tsx";
import { Palette } from "./palette.tsx";
import { PolicyView } from "./policy.tsx";
import { QualityView } from "./quality.tsx";
import { QueueView } from "./queue.tsx";
import { ReaderView } from "./reader.tsx";
import { RecordView } from "./record.tsx";
import { SearchView } from "./search.tsx";
import { TeamView } from "./team.tsx";
import { TicketsView } from "./tickets.tsx";

const TITLES = {
  queue: "Queue",
  bands: "Decide by score",
  search: "Search",
  record: "Record",
  policy: "Policy",
  insight: "Insight",
  quality: "Quality",
  comment: "Comment",
  reader: "Reader",
  staff: "Staff",
  account: "Your account",
  tickets: "Tickets",
  appeals: "Appeals",
  incidents: "Incidents",
  faults: "Site’s faults",
  answers: "Saved answers",
};

function View() {
  const at = place.value;
  const open = desk.value;
  const { sites = [], withheld = [] } = session.value ?? {};
  if (at?.view === "account" || (withheld.length && !sites.length)) return <AccountView />;
  if (!session.value?.sites.length)
    return <p class="empty">You have no role on any site yet. An administrator gives you one.</p>;
  if (!at || !open) return <div class="empty" aria-busy="true" />;
  if (at.view === "tickets") {
    return <TicketsView desk={open} query={at.query ?? {}} reference={at.reference} />;
  }
  if (at.view === "appeals") return <AppealsView desk={open} query={at.query} id={at.id} />;
  if (at.view === "reader") return <ReaderView desk={open} id={at.id} />;
  if (at.view === "staff") return <TeamView desk={open} />;
  if (at.view === "incidents") return <IncidentsView desk={open} />;
  if (at.view === "faults") return <FaultsView desk={open} />;
  if (at.view === "answers") return <AnswersView desk={open} />;
  if (at.view === "bands") return <BandsView desk={open} query={at.query} />;
  if (at.view === "search") return <SearchView desk={open} query={at.query} id={at.id} />;
  if (at.view === "insight") return <InsightView desk={open} />;
  if (at.view === "quality") return <QualityView desk={open} />;
  if (at.view === "policy") return <PolicyView desk={open} />;
  if (at.view === "record") return <RecordView desk={open} query={at.query} />;
  if (at.view === "comment") {
    const back = (): void => go({ view: "queue", site: at.site });
    return <CommentView key={at.id} desk={open} id={at.id} onBack={back} />;
  }
  return <QueueView desk={open} query={at.query ?? {}} />;
}

/** Everything that is there whatever one works on. */
export function Shell() {
  const open = useSignal<"keys" | "palette" | null>(null);
  const show = (what: typeof open.value) => (): void => {
    open.value = what;
  };
  const key = site.value?.key ?? "";
  const title = TITLES[place.value?.view ?? "queue"];
  useSignalEffect(() => {
    const waiting = desk.value?.counts.value?.waiting ?? 0;
    document.title = `${waiting ? `(${waiting}) ` : ""}${TITLES[place.value?.view ?? "queue"]} · Parley`;
  });
  useShortcuts(
    "Everywhere",
    [
      { key: "?", does: "Show the keys", run: show("keys") },
      { key: "u", does: "Undo the last decision", run: () => decisions.value?.undo() },
      { key: "/", does: "Find a command, a comment, a ticket", run: show("palette") },
      { key: "Ctrl k", does: "The same, also while you type", run: show("palette") },
      { key: "g", does: "Go to the queue", run: () => go({ view: "queue", site: key }) },
      {
        key: "f",
        does: "Search all comments",
        run: () => go({ view: "search", site: key, query: {}, id: null }),
      },
      { key: "t", does: "Go to the tickets", run: () => go({ view: "tickets", site: key, reference: null }) },
      { key: "i", does: "Go to the incidents", run: () => go({ view: "incidents", site: key }) },
    ],
    [key],
  );
  return (
    <div class="shell">
      <a class="skip" href="#main">
        Skip to the work
      </a>
      <Bar onFind={show("palette")} onKeys={show("keys")} />
      <Notices />
      <IncidentBanner />
      <main id="main" tabIndex={-1} data-view={place.value?.view}>
        <h1 class="unseen">{title}</h1>
        <View />
      </main>
      <ToastBar />
      <Spoken />
      {open.value === "keys" && <HelpDialog onClose={show(null)} />}
      {open.value === "palette" && <Palette onClose={show(null)} />}
      {dissenting.value && desk.value && <DissentDialog desk={desk.value} comment={dissenting.value} />}
    </div>
  );
}
