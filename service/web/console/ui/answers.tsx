import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import type { Desk } from "../desk.ts";
import { emptied } from "../forms.ts";
import type { SavedAnswer } from "../help_types.ts";
import { say } from "../notices.ts";
import { deleteAnswer, readAnswers, saveAnswer, saved } from "../saved_answers.ts";
import { inWords, lapsed, mayRule } from "../session.ts";
import { HelpNav } from "./help_nav.tsx";

interface Props {
  site: string;
  /** Null: a new one. */
  answer: SavedAnswer | null;
  onDone: () => void;
}

function AnswerForm({ site, answer, onDone }: Props) {
  const failed = useSignal<string | null>(null);
  const save = async (form: HTMLFormElement): Promise<void> => {
    const given = new FormData(form);
    try {
      const [title, body] = [String(given.get("title")), String(given.get("body"))];
      await saveAnswer(site, answer?.id ?? null, { title, body });
      emptied(form, given);
      say("Saved");
      onDone();
    } catch (error) {
      if (!lapsed(error)) failed.value = inWords(error);
    }
  };
  return (
    <form
      class="answer-form"
      aria-label={answer ? `Change ${answer.title}` : "A new answer"}
      onSubmit={(event) => {
        event.preventDefault();
        void save(event.currentTarget);
      }}
    >
      <label>
        Title
        <input type="text" name="title" required maxLength={80} defaultValue={answer?.title ?? ""} />
      </label>
      <label>
        Text
        <textarea
          name="body"
          required
          rows={5}
          maxLength={4000}
          dir="auto"
          defaultValue={answer?.body ?? ""}
        />
      </label>
      <p class="error" role="alert">
        {failed}
      </p>
      <div class="answer-buttons">
        <button type="submit" class="primary">
          Save
        </button>
        {answer && (
          <button type="button" class="plain" onClick={onDone}>
            Leave it as it was
          </button>
        )}
      </div>
    </form>
  );
}

function Answer({ site, answer }: { site: string; answer: SavedAnswer }) {
  const changing = useSignal(false);
  const failed = useSignal<string | null>(null);
  if (changing.value)
    return (
      <li class="fault">
        <AnswerForm
          site={site}
          answer={answer}
          onDone={() => {
            changing.value = false;
          }}
        />
      </li>
    );
  const remove = (): void => {
    deleteAnswer(site, answer.id).catch((error: unknown) => {
      if (!lapsed(error)) failed.value = inWords(error);
    });
  };
  return (
    <li class="fault">
      <h2>{answer.title}</h2>
      <p class="typed" dir="auto">
        {answer.body}
      </p>
      {failed.value && <p role="alert">{failed.value}</p>}
      {mayRule.value && (
        <div class="answer-buttons">
          <button
            type="button"
            class="plain"
            aria-label={`Change ${answer.title}`}
            onClick={() => {
              changing.value = true;
            }}
          >
            Change
          </button>
          <button type="button" class="plain" aria-label={`Delete ${answer.title}`} onClick={remove}>
            Delete
          </button>
        </div>
      )}
    </li>
  );
}

/** What is written again and again: used by everybody, written by leads and administrators. */
export function AnswersView({ desk }: { desk: Desk }) {
  const { site } = desk.options;
  const failed = useSignal<string | null>(null);
  useEffect(() => {
    readAnswers(site).catch((error: unknown) => {
      if (!lapsed(error)) failed.value = inWords(error);
    });
  }, [site]);
  const { answers = [], placeholders = {} } = saved.value ?? {};
  return (
    <div class="page">
      <HelpNav site={site} />
      <p class="muted prose">
        They are offered under every ticket. What stands in braces is filled in there:{" "}
        {Object.entries(placeholders)
          .map(([name, meaning]) => `{${name}} ${meaning}`)
          .join(", ")}
        .
      </p>
      {failed.value && <p role="alert">{failed.value}</p>}
      {saved.value && !answers.length && <p>None yet.</p>}
      <ol class="faults">
        {answers.map((answer) => (
          <Answer key={answer.id} site={site} answer={answer} />
        ))}
      </ol>
      {mayRule.value && (
        <section class="page-part" aria-labelledby="new-answer">
          <h2 id="new-answer">A new answer</h2>
          <AnswerForm site={site} answer={null} onDone={() => {}} />
        </section>
      )}
    </div>
  );
}
