import { useSignal } from "@preact/signals";
import { call } from "../api.ts";
import type { Draft } from "../draft.ts";
import { pieces } from "../marks.ts";
import type { WordList } from "../policy.ts";
import { inWords, lapsed } from "../session.ts";
import { ChoiceField, Group, Lines } from "./policy_fields.tsx";

interface Tried {
  text: string;
  hits: { start: number; end: number }[];
  variants: { word: string; trick: string; text: string; caught: boolean }[];
}

/** Tries a list on a text, and on its own words in disguise. */
function Tester({ draft, list }: { draft: Draft; list: WordList }) {
  const text = useSignal("");
  const tried = useSignal<Tried | null>(null);
  const failed = useSignal<string | null>(null);
  const run = async (): Promise<void> => {
    failed.value = null;
    try {
      const body = { word_list: list, text: text.value };
      const found = await call<Omit<Tried, "text">>("POST", draft.path("/words"), { body });
      tried.value = { ...found, text: text.value };
    } catch (error) {
      tried.value = null;
      if (!lapsed(error)) failed.value = inWords(error);
    }
  };
  const missed = tried.value?.variants.filter(({ caught }) => !caught) ?? [];
  const spans = tried.value?.hits.map((hit) => ({ code: "", text: "", ...hit })) ?? [];
  return (
    <div class="tester">
      <div class="inline-form">
        <label>
          Try it on a text
          <input
            type="text"
            dir="auto"
            maxLength={5000}
            value={text.value}
            onInput={(event) => {
              text.value = event.currentTarget.value;
            }}
          />
        </label>
        <button type="button" class="plain" onClick={() => void run()}>
          Try
        </button>
      </div>
      <div role="status">
        {failed.value && <p class="error">{failed.value}</p>}
        {tried.value && (
          <>
            {tried.value.text && (
              <p class="typed" dir="auto">
                {pieces(tried.value.text, spans).map((piece, n) =>
                  piece.whys.length ? <mark key={n}>{piece.text}</mark> : piece.text,
                )}
              </p>
            )}
            <p class="muted fine">
              {tried.value.variants.length - missed.length} of {tried.value.variants.length} disguises of its
              words are caught
              {missed.length > 0 &&
                `; not: ${missed.map(({ text: disguised, trick }) => `${disguised} (${trick})`).join(", ")}`}
              .
            </p>
          </>
        )}
      </div>
    </div>
  );
}

const SEVERITY = {
  hold: "Hold it",
  reject: "Reject it",
  block: "Refuse it at the door, so that its author can change it",
};

/** The site's word lists. */
export function WordLists({ draft, lists }: { draft: Draft; lists: WordList[] }) {
  const put = (at: number, change: Partial<WordList>): void =>
    draft.set({ word_lists: lists.map((list, n) => (n === at ? { ...list, ...change } : list)) });
  return (
    <Group title="Word lists">
      <p class="muted fine">
        One to a line. Words are whole words, however they are disguised; an asterisk at an end stands for any
        letters. Patterns are regular expressions of a linear-time engine (RE2).
      </p>
      {lists.map((list, at) => (
        <section class="word-list" key={at} aria-label={`Word list ${list.name}`}>
          <div class="page-form">
            <label>
              Name
              <input
                type="text"
                maxLength={60}
                value={list.name}
                onChange={(event) => put(at, { name: event.currentTarget.value.trim() || list.name })}
              />
            </label>
            <ChoiceField
              label="A comment with one of them"
              value={list.severity}
              options={SEVERITY}
              onChange={(severity) => put(at, { severity })}
            />
            <button
              type="button"
              class="plain"
              onClick={() => draft.set({ word_lists: lists.filter((_, n) => n !== at) })}
            >
              Delete the list
            </button>
          </div>
          <div class="columns">
            <Lines label="Words" lines={list.words} onChange={(words) => put(at, { words })} />
            <Lines
              label="Patterns"
              lines={list.patterns}
              onChange={(patterns) => put(at, { patterns })}
              mono
            />
          </div>
          <Tester draft={draft} list={list} />
        </section>
      ))}
      <button
        type="button"
        class="plain"
        onClick={() =>
          draft.set({
            word_lists: [
              ...lists,
              { name: `List ${lists.length + 1}`, severity: "hold", words: [], patterns: [] },
            ],
          })
        }
      >
        Add a list
      </button>
    </Group>
  );
}
