import type { ComponentChildren } from "preact";
import { useEffect, useLayoutEffect, useRef } from "preact/hooks";
import { fullTime, timeAgo } from "../../shared/time.ts";
import { ageingNow } from "../clock.ts";
import { places } from "../marks.ts";
import type { ArticleRef, Status } from "../types.ts";
import { STATUS } from "../words.ts";

/** A key as it is shown on a button; screen readers get it by aria-keyshortcuts. */
export function Key({ children }: { children: ComponentChildren }) {
  return (
    <span class="key" aria-hidden="true">
      {children}
    </span>
  );
}

export function Part({ title, children }: { title: string; children: ComponentChildren }) {
  return (
    <section class="part">
      <h3>{title}</h3>
      {children}
    </section>
  );
}

/** How long ago, kept up to date, with the full time as a title. */
export function Ago({ at }: { at: string }) {
  return (
    <time dateTime={at} title={fullTime(at, "en")}>
      {timeAgo(at, ageingNow(), "en", "just now")}
    </time>
  );
}

export function StatusTag({ status }: { status: Status }) {
  return <span class={`tag tag-${status}`}>{STATUS[status]}</span>;
}

/** Puts marks around these words in what is shown. */
function mark(root: Element, words: string[]): void {
  const walker = document.createTreeWalker(root, NodeFilter.SHOW_TEXT);
  const texts: Text[] = [];
  while (walker.nextNode()) texts.push(walker.currentNode as Text);
  for (const text of texts) {
    // From the end, so that the places before stay where they are.
    for (const [from, to] of places(text.data, words).reverse()) {
      const range = document.createRange();
      range.setStart(text, from);
      range.setEnd(text, to);
      range.surroundContents(document.createElement("mark"));
    }
  }
}

/** The service's own sanitised HTML. Links lead out of the console without telling where from. Key it by its words. */
export function Html(props: { html: string; class?: string; words?: string[] }) {
  const { html, class: name = "prose", words = [] } = props;
  const element = useRef<HTMLDivElement>(null);
  useLayoutEffect(() => {
    if (element.current && words.length) mark(element.current, words);
  }, [html]);
  useEffect(() => {
    for (const link of element.current?.querySelectorAll("a") ?? []) {
      link.target = "_blank";
      link.rel = "noreferrer noopener nofollow";
      link.title = link.href;
    }
  }, [html]);
  return (
    // Sanitised by the service; the policy of the page allows no script in it.
    <div ref={element} class={name} dir="auto" dangerouslySetInnerHTML={{ __html: html }} />
  );
}

/** The address of a comment on its page; null where the article's address is not known or not a web address. */
export function onPage(article: ArticleRef, id: string): string | null {
  return article.url && /^https?:\/\//i.test(article.url)
    ? `${article.url.replace(/#.*$/, "")}#parley-${id}`
    : null;
}

/** A modal dialog: takes the focus, to what is marked data-first if anything is, and gives it back. */
export function Dialog(props: {
  label: string;
  onClose: () => void;
  children: ComponentChildren;
  class?: string;
  closable?: boolean;
}) {
  const { label, onClose, children, class: name = "", closable = true } = props;
  const element = useRef<HTMLDialogElement>(null);
  useLayoutEffect(() => {
    const before = document.activeElement as HTMLElement | null;
    element.current?.showModal();
    element.current?.querySelector<HTMLElement>("[data-first]")?.focus();
    return () => before?.focus();
  }, []);
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: what a click beside it does, Escape does
    <dialog
      ref={element}
      class={`dialog ${name}`}
      aria-label={label}
      onCancel={(event) => {
        event.preventDefault();
        if (closable) onClose();
      }}
      onClick={(event) => {
        if (closable && event.target === element.current) onClose();
      }}
    >
      <div class="dialog-body">
        {closable && (
          <button type="button" class="icon close" onClick={onClose} aria-label="Close">
            ✕
          </button>
        )}
        {children}
      </div>
    </dialog>
  );
}
