import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { call, sitePath } from "../api.ts";
import type { Desk } from "../desk.ts";
import type { Fault } from "../help_types.ts";
import { say } from "../notices.ts";
import { inWords, lapsed, mayDecide } from "../session.ts";
import { causeName, plural } from "../words.ts";
import { HelpNav } from "./help_nav.tsx";
import { Ago } from "./parts.tsx";

function FaultItem({ fault, onMended }: { fault: Fault; onMended: (fault: Fault) => void }) {
  const example = Object.entries(fault.example).filter(([, value]) => value);
  return (
    <li class={fault.mended_at ? "fault muted" : "fault"}>
      <h2>
        {causeName(fault.cause)}
        {fault.detail && (
          <>
            : <code>{fault.detail}</code>
          </>
        )}
      </h2>
      <p>
        Readers are told: <q>{fault.what}</q>
      </p>
      {!fault.mended_at && (
        <p class="fix">
          <b>To do:</b> {fault.fix}
        </p>
      )}
      <p class="near-meta">
        <span>seen {plural(fault.seen, "time")}</span>
        <span>
          last <Ago at={fault.last_seen_at} />
        </span>
        <span>
          first <Ago at={fault.first_seen_at} />
        </span>
        {fault.mended_at && (
          <span>
            called mended by {fault.mended_by?.name ?? "somebody"} <Ago at={fault.mended_at} />
          </span>
        )}
      </p>
      {example.length > 0 && (
        <p class="fine">
          An example:{" "}
          {example.map(([name, value]) => (
            <code key={name}>
              {name} {String(value)}
            </code>
          ))}
        </p>
      )}
      {!fault.mended_at && mayDecide.value && (
        <p>
          <button type="button" class="plain" onClick={() => onMended(fault)}>
            It is mended
          </button>
        </p>
      )}
    </li>
  );
}

/** What the publisher's developer has to mend, as readers' browsers met it. */
export function FaultsView({ desk }: { desk: Desk }) {
  const { site } = desk.options;
  const faults = useSignal<Fault[] | null>(null);
  const failed = useSignal<string | null>(null);
  const attempt = async (asked: Promise<{ items: Fault[] }>): Promise<boolean> => {
    try {
      faults.value = (await asked).items;
      failed.value = null;
      return true;
    } catch (error) {
      if (!lapsed(error)) failed.value = inWords(error);
      return false;
    }
  };
  useEffect(() => void attempt(desk.get("/faults")), [desk]);
  const mended = async ({ cause, detail }: Fault): Promise<void> => {
    const told = call<{ items: Fault[] }>("POST", sitePath(site, "/faults/mended"), {
      body: { cause, detail },
    });
    if (await attempt(told)) say("Called mended. It comes back if a reader meets it again.");
  };
  return (
    <div class="page">
      <HelpNav site={site} />
      <p class="muted prose">
        Readers are told that these are the site’s mistakes, not theirs. Whoever looks after the site’s pages
        can mend them; <code>parley doctor</code> checks a live page for the same and more.
      </p>
      {failed.value && <p role="alert">{failed.value}</p>}
      {faults.value?.length === 0 && <p>None in the last 90 days.</p>}
      <ol class="faults">
        {(faults.value ?? []).map((fault) => (
          <FaultItem
            key={`${fault.cause} ${fault.detail}`}
            fault={fault}
            onMended={(one) => void mended(one)}
          />
        ))}
      </ol>
    </div>
  );
}
