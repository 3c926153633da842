import { useSignal } from "@preact/signals";
import { useEffect, useLayoutEffect, useRef } from "preact/hooks";
import { ageingNow } from "../clock.ts";
import type { Desk } from "../desk.ts";
import { countSevere } from "../exposure.ts";
import { useShortcuts } from "../keys.ts";
import { pieces, raised } from "../marks.ts";
import { isMasked } from "../masking.ts";
import { prefs, setPref } from "../prefs.ts";
import { go } from "../router.ts";
import type { Item, Word } from "../types.ts";
import { spaced, urgencyInWords, whyInWords } from "../words.ts";
import { Actions } from "./actions.tsx";
import { ContextPanel } from "./context.tsx";
import { Distinctions } from "./distinctions.tsx";
import { HandedOver } from "./hand_over.tsx";
import { Ago, Html, Key, onPage, StatusTag } from "./parts.tsx";
import { Scores } from "./scores.tsx";

/** A range of the text as it was typed. */
const range = (body: string, { start, end }: { start?: number | null; end?: number | null }): string =>
  [...body].slice(start ?? 0, end ?? 0).join("");

function Text({ item, words, masked }: { item: Item; words: Word[]; masked: boolean }) {
  const { body, html } = item.comment;
  const name = `comment-text ${masked ? "masked" : ""}`;
  if (prefs.value.text === "shown") {
    const marked = [...item.reasons, ...words].map((one) => range(body, one)).filter(Boolean);
    return <Html key={marked.join()} html={html} words={marked} class={`prose ${name}`} />;
  }
  return (
    <div class={`typed ${name}`} dir="auto">
      {pieces(body, [...item.reasons, ...raised(words)]).map(({ text, whys }, n) =>
        whys.length ? (
          <mark key={n} title={whys.map(whyInWords).join("; ")}>
            {text}
          </mark>
        ) : (
          text
        ),
      )}
    </div>
  );
}

function Where({ item }: { item: Item }) {
  const { article, parent, id } = item.comment;
  const url = onPage(article, id);
  return (
    <>
      <p class="where">
        {url ? (
          <a href={url} target="_blank" rel="noopener" dir="auto">
            {article.title ?? article.key}
          </a>
        ) : (
          <span dir="auto">{article.title ?? article.key}</span>
        )}
      </p>
      {parent && (
        <blockquote class="parent">
          <span class="muted">
            In reply to <bdi>{parent.author_name ?? "a comment that is gone"}</bdi>
          </span>
          <Html html={parent.html} class="prose clamp" />
        </blockquote>
      )}
    </>
  );
}

function Author({ item }: { item: Item }) {
  const { name, published, rejected, held } = item.comment.author;
  const total = published + rejected + held;
  const record = total <= 1 ? "first comment" : `${published} published, ${rejected} rejected, ${held} held`;
  return (
    <p class="byline">
      <b dir="auto">{name}</b>
      <span class="muted">{record}</span>
      <Ago at={item.comment.created_at} />
    </p>
  );
}

/** Every reason why it is here, in words; those that point at words say which. */
function Why({ item, words }: { item: Item; words: Word[] }) {
  const { body } = item.comment;
  const labels = [...new Set(words.map(({ label }) => label))];
  return (
    <section class="why" aria-label="Why it is here">
      <h3>Why it is here</h3>
      <ul>
        {item.reasons.map((why, n) => (
          <li key={n}>
            {whyInWords(why)}
            {why.start != null && why.end != null && (
              <mark class="quoted" dir="auto">
                {range(body, why)}
              </mark>
            )}
          </li>
        ))}
        {labels.map((label) => (
          <li key={label}>
            Raised {spaced(label)} most:
            {[...new Set(words.filter((word) => word.label === label).map((word) => range(body, word)))].map(
              (text) => (
                <mark class="quoted" dir="auto" key={text}>
                  {text}
                </mark>
              ),
            )}
          </li>
        ))}
        {!item.reasons.length && <li>No reason was recorded.</li>}
      </ul>
      {item.lane && (
        <p class="muted fine">
          Its place in the queue: {urgencyInWords(item, ageingNow())}, which doubles every{" "}
          {item.urgency.doubles_every_h} hours
        </p>
      )}
    </section>
  );
}

/** One comment with all that it takes to decide on it. */
export function Card({ desk, item, onBack }: { desk: Desk; item: Item; onBack: () => void }) {
  const heading = useRef<HTMLHeadingElement>(null);
  const revealed = useSignal(false);
  const masked = isMasked(item) && !revealed.value;
  useEffect(() => {
    const at = document.activeElement;
    // Somebody who is elsewhere on the page stays there.
    if (!at || at === document.body || at.closest(".queue, .single"))
      heading.current?.focus({ preventScroll: true });
  }, []);
  const url = onPage(item.comment.article, item.id);
  const context = desk.contexts.known.value[item.id] ?? null;
  // Looked for after the comment was queued: what was read last knows them first. Of another text they say nothing.
  const known = context?.comment.revision === item.comment.revision ? context.words : null;
  const words = known ?? item.words ?? [];
  // Before the next key can take the card away.
  useLayoutEffect(() => countSevere(item), [item.id]);
  useShortcuts(
    "Card",
    [
      ...(url
        ? [{ key: "o", does: "Open on its page", run: () => void window.open(url, "_blank", "noopener") }]
        : []),
      {
        key: "p",
        does: "Author: their page",
        run: () => go({ view: "reader", site: desk.options.site, id: item.comment.author.id }),
      },
      {
        key: "v",
        does: "Reveal or blur the text",
        run: () => {
          revealed.value = !revealed.value;
        },
      },
      {
        key: "m",
        does: "Text as shown, or as typed with marks",
        run: () => setPref("text", prefs.value.text === "shown" ? "typed" : "shown"),
      },
    ],
    [url],
  );
  return (
    <article class="card" aria-labelledby="card-heading">
      <div class="card-scroll">
        <div class="card-main">
          <header class="card-head">
            <button type="button" class="icon back" onClick={onBack} aria-label="Back to the list">
              <span aria-hidden="true">←</span>
            </button>
            <h2 id="card-heading" ref={heading} tabIndex={-1}>
              Comment <span class="unseen">by {item.comment.author.name}</span>
            </h2>
            <StatusTag status={item.comment.status} />
            <span class="grow" />
            {isMasked(item) && (
              <button
                type="button"
                class="link"
                aria-pressed={revealed.value}
                onClick={() => {
                  revealed.value = !revealed.value;
                }}
              >
                {revealed.value ? "Blur" : "Reveal"} <Key>v</Key>
              </button>
            )}
          </header>
          <Where item={item} />
          <Author item={item} />
          <HandedOver item={item} />
          <Distinctions key={item.id} site={desk.options.site} comment={item.comment} />
          <Text item={item} words={words} masked={masked} />
          <Why item={item} words={words} />
          <Scores item={item} />
        </div>
        <ContextPanel id={item.id} context={context} onChanged={() => desk.contexts.renew(item.id)} />
      </div>
      <Actions desk={desk} item={item} />
    </article>
  );
}
