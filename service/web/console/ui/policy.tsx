import { useSignal } from "@preact/signals";
import { useEffect, useMemo } from "preact/hooks";
import type { Desk } from "../desk.ts";
import { Draft } from "../draft.ts";
import { say } from "../notices.ts";
import { type Action, changeInWords, type Simulation, type Version } from "../policy.ts";
import { mayRule } from "../session.ts";
import { usePages } from "../use_pages.ts";
import { plural } from "../words.ts";
import { CommentLink } from "./links.tsx";
import { Ago } from "./parts.tsx";
import { PolicyForm } from "./policy_form.tsx";

const BECOMES: Record<Action, string> = { publish: "published", hold: "held", reject: "rejected" };

/** What the draft would have made of past comments, beside what judges now. */
function Outcome({ found }: { found: Simulation }) {
  return (
    <div class="outcome">
      <p>
        Of the last {plural(found.comments, "comment")}
        {found.unscored > 0 && ` (${found.unscored} never scored)`}:
      </p>
      <table>
        <thead>
          <tr>
            <th scope="col">
              <span class="unseen">What becomes of them</span>
            </th>
            <th scope="col">now</th>
            <th scope="col">then</th>
          </tr>
        </thead>
        <tbody>
          {(Object.keys(BECOMES) as Action[]).map((action) => (
            <tr key={action}>
              <th scope="row">{BECOMES[action]}</th>
              <td>{found.active[action]}</td>
              <td>{found.candidate[action]}</td>
            </tr>
          ))}
        </tbody>
      </table>
      <ul>
        {found.moves.map((move) => (
          <li key={move.before + move.after}>
            {plural(move.comments, "comment")}: {BECOMES[move.before]} now, {BECOMES[move.after]} then.
            {move.judged
              ? `Moderators had decided on ${move.judged}, ${move.otherwise} of them against that. `
              : "No moderator had decided on them. "}
            For instance{" "}
            {move.samples.map((id) => (
              <span key={id}>
                <CommentLink id={id}>{id}</CommentLink>{" "}
              </span>
            ))}
          </li>
        ))}
        {!found.moves.length && <li>Nothing would be different.</li>}
      </ul>
      <ul class="changes">
        {found.changes.map((change) => (
          <li key={change.path}>{changeInWords(change)}</li>
        ))}
      </ul>
    </div>
  );
}

/** Trying out and saving. */
function Saving({ draft, onSaved }: { draft: Draft; onSaved: () => void }) {
  const note = useSignal("");
  const found = draft.found.value;
  const save = async (): Promise<void> => {
    if (!(await draft.save(note.value.trim()))) return;
    note.value = "";
    say("Saved: it judges from now on");
    onSaved();
  };
  return (
    <section class="saving" aria-label="Try out and save">
      <p role="status" class="fine">
        {draft.changed
          ? found
            ? "This is what it would have done. It judges once it is saved."
            : "Changed. Try it on past comments first."
          : `Version ${draft.base.value?.version} judges now. Nothing is changed.`}
      </p>
      {found && <Outcome found={found} />}
      <p class="error" role="alert">
        {draft.failed.value}
      </p>
      <div class="page-form">
        <button
          type="button"
          class="plain"
          aria-disabled={!draft.changed || draft.busy.value}
          onClick={() => draft.changed && void draft.try()}
        >
          {draft.busy.value ? "One moment…" : "Try it"}
        </button>
        <label>
          Why
          <input
            type="text"
            maxLength={500}
            dir="auto"
            value={note.value}
            onInput={(event) => {
              note.value = event.currentTarget.value;
            }}
          />
        </label>
        <button
          type="button"
          class="primary"
          aria-disabled={!found || draft.busy.value}
          onClick={() => found && void save()}
        >
          Save
        </button>
        <button
          type="button"
          class="plain"
          aria-disabled={!draft.changed}
          onClick={() => draft.changed && void draft.read()}
        >
          Leave it as it was
        </button>
      </div>
    </section>
  );
}

/** Every version with who, when, why and what; any of them judges again if a lead wants so. */
function Versions({ desk, draft, turn, onRestored }: VersionsProps) {
  const { items, next, more } = usePages<Version>(desk, "/policy/versions", { limit: "20" }, turn);
  const restore = async (version: number): Promise<void> => {
    if (!(await draft.restore(version))) return;
    say(`Version ${version} judges again`);
    onRestored();
  };
  return (
    <section class="page-part" aria-label="Versions">
      <h2>Versions</h2>
      {items?.length === 0 && <p class="muted">None yet: the default judges.</p>}
      <ol class="history versions">
        {(items ?? []).map(({ version, active, note, by, staff, created_at, changes }) => (
          <li key={version}>
            <b>{version}</b> by {staff?.name ?? by} <Ago at={created_at} />
            {active && <span class="tag">judges now</span>}
            {note && <q class="block">{note}</q>}
            <span class="muted block">{changes.map(changeInWords).join("; ") || "no change"}</span>
            {!active && mayRule.value && (
              <button type="button" class="link" onClick={() => void restore(version)}>
                Go back to version {version}
              </button>
            )}
          </li>
        ))}
      </ol>
      {next && (
        <button type="button" class="plain" onClick={more}>
          More
        </button>
      )}
    </section>
  );
}

interface VersionsProps {
  desk: Desk;
  draft: Draft;
  /** Goes up whenever there is another version. */
  turn: number;
  onRestored: () => void;
}

/** How the site judges: seen by all, changed by leads. */
export function PolicyView({ desk }: { desk: Desk }) {
  const draft = useMemo(() => new Draft(desk), [desk]);
  const turn = useSignal(0);
  const again = (): void => {
    turn.value += 1;
  };
  useEffect(() => void draft.read(), [draft]);
  const [policy, document] = [draft.base.value, draft.document.value];
  return (
    <div class="page">
      {policy && document && (
        <fieldset class="bare-set" disabled={!mayRule.value}>
          <legend class="unseen">The policy</legend>
          <PolicyForm key={policy.version} draft={draft} policy={policy} document={document} />
          {mayRule.value && <Saving draft={draft} onSaved={again} />}
        </fieldset>
      )}
      {!policy && draft.failed.value && <p role="alert">{draft.failed.value}</p>}
      <Versions desk={desk} draft={draft} turn={turn.value} onRestored={again} />
    </div>
  );
}
