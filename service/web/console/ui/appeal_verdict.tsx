import { useSignal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { randomKey } from "../../shared/keys.ts";
import { call, sitePath } from "../api.ts";
import type { Appeal, Verdict } from "../appeal_types.ts";
import { APPEAL_STATE, appealsVersion, whoCan } from "../appeals.ts";
import { ageingNow } from "../clock.ts";
import type { Desk } from "../desk.ts";
import { keep, recall } from "../kept.ts";
import { say } from "../notices.ts";
import { readRules } from "../office.ts";
import { inWords, lapsed, mayDecide } from "../session.ts";

/** Why one cannot judge, and who can; null if one can. */
function obstacle(desk: Desk, appeal: Appeal): string | null {
  if (appeal.barred)
    return `You had a part in what is appealed, so somebody else has to judge it. ${whoCan(appeal.judges)}`;
  if (!mayDecide.value) return `You may look here, not decide. ${whoCan(appeal.judges)}`;
  const by = appeal.claimed_by;
  if (by && by.id !== desk.options.me && Date.parse(by.until) > ageingNow())
    return `${by.name} has this one now. You can read along.`;
  return null;
}

/** What the two outcomes mean for what is appealed, and whether they end in a rejection. */
function choices({ kind, decision }: Appeal): Record<Verdict, { name: string; rejects: boolean }> {
  if (kind === "sanction")
    return {
      overturn: { name: "Overturn: lift it", rejects: false },
      uphold: { name: "Let it stand", rejects: false },
    };
  if (decision?.to_status === "published")
    return {
      overturn: { name: "Overturn: reject it", rejects: true },
      uphold: { name: "Keep it up", rejects: false },
    };
  return {
    overturn: { name: "Overturn: publish it", rejects: false },
    uphold: { name: "Let it stand", rejects: true },
  };
}

interface Props {
  desk: Desk;
  appeal: Appeal;
  onDecided: (appeal: Appeal) => void;
}

/** Judging: a note to the reader, the rule where the comment stays rejected, and the two outcomes. */
export function VerdictForm({ desk, appeal, onDecided }: Props) {
  const { site } = desk.options;
  const place = `parley:console:verdict:${site}:${appeal.id}`;
  const note = useSignal(recall<string>(place) ?? "");
  const reason = useSignal(appeal.decision?.reasons[0]?.code ?? "");
  const failed = useSignal<string | null>(null);
  const busy = useSignal(false);
  const key = useRef(randomKey());
  const area = useRef<HTMLTextAreaElement>(null);
  useEffect(() => {
    if (!desk.rules.value.length) readRules(desk).catch(() => {});
  }, [desk]);
  const send = async (path: string, body: unknown): Promise<Appeal | null> => {
    if (busy.value) return null;
    busy.value = true;
    failed.value = null;
    try {
      const options = { key: key.current, ...(body ? { body } : {}) };
      return await call<Appeal>("POST", sitePath(site, `/appeals/${appeal.id}/${path}`), options);
    } catch (error) {
      if (!lapsed(error)) failed.value = inWords(error);
      appealsVersion.value += 1;
      return null;
    } finally {
      busy.value = false;
      key.current = randomKey();
    }
  };
  const undo = async (): Promise<void> => {
    const undone = await send("undo", null);
    if (!undone) return;
    onDecided(undone);
    say("Undone: the appeal is open again");
  };
  const decide = async (outcome: Verdict): Promise<void> => {
    const text = note.value.trim();
    if (outcome === "uphold" && !text && appeal.body !== null) {
      failed.value = "Tell the reader why the decision stands.";
      area.current?.focus();
      return;
    }
    const rejects = choices(appeal)[outcome].rejects;
    const decided = await send("decision", {
      outcome,
      revision: appeal.comment?.revision,
      status: appeal.comment?.status,
      ...(rejects ? { reason: reason.value } : {}),
      ...(text ? { note: text } : {}),
    });
    if (!decided) return;
    keep(place, null);
    onDecided(decided);
    say(`The decision was ${APPEAL_STATE[decided.state]}`, () => void undo());
  };
  if (appeal.state !== "open") {
    const may = !appeal.barred && mayDecide.value && appeal.state !== "withdrawn";
    return (
      <div class="actions blocked" role="status">
        <p>It is {APPEAL_STATE[appeal.state]}.</p>
        {failed.value && <p class="error">{failed.value}</p>}
        {may && (
          <button type="button" class="plain" onClick={() => void undo()}>
            Take this back
          </button>
        )}
      </div>
    );
  }
  const blocked = obstacle(desk, appeal);
  if (blocked) {
    return (
      <div class="actions blocked" role="status">
        <p>{blocked}</p>
      </div>
    );
  }
  const names = choices(appeal);
  const known = desk.rules.value.some(({ code }) => code === reason.value);
  return (
    <form class="answer" aria-label="Judge" onSubmit={(event) => event.preventDefault()}>
      <label>
        <span>A note to {appeal.body === null ? "the author" : "the reader: why"}</span>
        <textarea
          ref={area}
          rows={2}
          maxLength={2000}
          dir="auto"
          value={note.value}
          onInput={(event) => {
            note.value = event.currentTarget.value;
            keep(place, note.value || null);
          }}
        />
      </label>
      {(names.overturn.rejects || names.uphold.rejects) && (
        <label>
          <span>Where it is rejected, for</span>{" "}
          <select
            value={known ? reason.value : ""}
            onChange={(event) => {
              reason.value = event.currentTarget.value;
            }}
          >
            {!known && <option value="">choose a rule</option>}
            {desk.rules.value.map(({ code, title }) => (
              <option key={code} value={code}>
                {title}
              </option>
            ))}
          </select>
        </label>
      )}
      <p class="error" role="alert">
        {failed}
      </p>
      <div class="answer-buttons">
        <button
          type="button"
          class="primary"
          aria-disabled={busy.value}
          onClick={() => void decide("overturn")}
        >
          {names.overturn.name}
        </button>
        <button type="button" class="plain" aria-disabled={busy.value} onClick={() => void decide("uphold")}>
          {names.uphold.name}
        </button>
      </div>
    </form>
  );
}
