import { desk } from "../office.ts";
import { type Place, place } from "../router.ts";
import { PlaceLink } from "./links.tsx";

/** The ways between the inbox and what is beside it. */
export function HelpNav({ site }: { site: string }) {
  const open = desk.value?.counts.value?.incidents_open ?? 0;
  const ways: [string, Place][] = [
    ["Inbox", { view: "tickets", site, reference: null }],
    [open ? `Incidents (${open})` : "Incidents", { view: "incidents", site }],
    ["Site’s faults", { view: "faults", site }],
    ["Saved answers", { view: "answers", site }],
  ];
  return (
    <nav class="help-nav" aria-label="Help for readers">
      {ways.map(([name, to]) => (
        <PlaceLink key={to.view} to={to} here={to.view === place.value?.view}>
          {name}
        </PlaceLink>
      ))}
    </nav>
  );
}
