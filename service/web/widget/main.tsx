import { render } from "preact";
import { makeLocale } from "./i18n.ts";
import { isDark, watchTheme } from "./theme.ts";
import { Thread } from "./thread.ts";
import { ThreadView } from "./ui/thread.tsx";
import styles from "./widget.css?text";

/** What the loader knows: where the service is, which build this is, and what the script tag says. */
export interface Setup {
  /** The service's address, with a slash at the end. */
  host: string;
  build: string;
  defaults: DOMStringMap;
}

export type Start = (setup: Setup) => void;

const TICK_MS = 30_000;
const sheets = new Map<string, CSSStyleSheet>();
let setup: Setup;

/** `<parley-comments data-site data-article>`: one thread. What it does not say, the script tag does. */
class ParleyComments extends HTMLElement {
  static readonly observedAttributes = ["data-site", "data-article", "data-theme"];
  private readonly root = this.attachShadow({ mode: "open" });
  private thread: Thread | null = null;
  private cleanups: (() => void)[] = [];

  connectedCallback(): void {
    this.adopt(styles);
    // A framework may move the element about in one go: only where it ends up counts.
    queueMicrotask(() => this.isConnected && !this.thread && this.open());
  }

  disconnectedCallback(): void {
    queueMicrotask(() => !this.isConnected && this.shut());
  }

  attributeChangedCallback(name: string, before: string | null, now: string | null): void {
    if (!this.thread || before === now) return;
    if (name === "data-theme") this.paint();
    else {
      this.shut();
      this.open();
    }
  }

  private option(name: string): string | undefined {
    return this.dataset[name] ?? setup.defaults[name];
  }

  private open(): void {
    const site = this.option("site");
    const article = this.option("article");
    if (!site || !article) {
      console.error("parley: data-site and data-article are needed");
      return;
    }
    const thread = new Thread({
      ...setup,
      site,
      article,
      locale: makeLocale("en", {}),
      style: (css) => this.adopt(css),
      emit: (name, detail) =>
        this.dispatchEvent(new CustomEvent(`parley:${name}`, { detail, bubbles: true, composed: true })),
    });
    this.thread = thread;
    const tick = setInterval(() => thread.touch("tick"), TICK_MS);
    const onHash = (): void => void (linked() && thread.goTo(linked() as string));
    addEventListener("hashchange", onHash);
    this.cleanups = [
      () => thread.close(),
      () => clearInterval(tick),
      () => removeEventListener("hashchange", onHash),
      watchTheme(() => this.paint()),
    ];
    render(<ThreadView thread={thread} />, this.root);
    this.paint();
    void thread.open(linked());
  }

  /** Adds a stylesheet, once. */
  private adopt(css: string): void {
    const sheet = sheets.get(css) ?? new CSSStyleSheet();
    if (!sheets.has(css)) sheet.replaceSync(css);
    sheets.set(css, sheet);
    const adopted = this.root.adoptedStyleSheets;
    if (!adopted.includes(sheet)) this.root.adoptedStyleSheets = [...adopted, sheet];
  }

  private shut(): void {
    for (const cleanup of this.cleanups) cleanup();
    this.cleanups = [];
    this.thread = null;
    render(null, this.root);
  }

  private paint(): void {
    this.dataset.theme ??= setup.defaults.theme ?? "auto";
    this.root.querySelector(".root")?.classList.toggle("dark", isDark(this));
  }
}

/** The comment that the page's address names. */
function linked(): string | null {
  return location.hash.match(/^#parley-([\w-]+)$/)?.[1] ?? null;
}

/** Called by the loader, once. */
export const start: Start = (from) => {
  setup = from;
  if (!customElements.get("parley-comments")) customElements.define("parley-comments", ParleyComments);
};
