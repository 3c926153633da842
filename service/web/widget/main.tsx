import { render } from "preact";
import { loadLocale, type Origin } from "./i18n.ts";
import { contrast, isDark, watchTheme } from "./theme.ts";
import { Thread } from "./thread.ts";
import { ThreadView } from "./ui/thread.tsx";
import styles from "./widget.css?text";

/** What the loader knows: where the service is, which build this is, and what the script tag says. */
export interface Setup extends Origin {
  defaults: DOMStringMap;
}

export type Start = (setup: Setup) => void;

const TICK_MS = 30_000;
const sheets = new Map<string, CSSStyleSheet>();
let setup: Setup;

/** `<parley-comments data-site data-article>`: one thread. What it does not say, the script tag does. */
class ParleyComments extends HTMLElement {
  static readonly observedAttributes = [
    "data-site",
    "data-article",
    "data-theme",
    "data-contrast",
    "data-text",
  ];
  private readonly root = this.attachShadow({ mode: "open" });
  private thread: Thread | null = null;
  private opening: object | null = null;
  private cleanups: (() => void)[] = [];

  connectedCallback(): void {
    this.adopt(styles);
    // A framework may move the element about in one go: only where it ends up counts.
    queueMicrotask(() => this.isConnected && !this.thread && void this.open());
  }

  disconnectedCallback(): void {
    queueMicrotask(() => !this.isConnected && this.shut());
  }

  attributeChangedCallback(name: string, before: string | null, now: string | null): void {
    if (!this.thread || before === now) return;
    if (/theme|contrast|text/.test(name)) this.paint();
    else {
      this.shut();
      void this.open();
    }
  }

  private option(name: string): string | undefined {
    return this.dataset[name] ?? setup.defaults[name];
  }

  private async open(): Promise<void> {
    const site = this.option("site");
    const article = this.option("article");
    if (!site || !article) {
      console.error("parley: data-site and data-article are needed");
      return;
    }
    const opening = {};
    this.opening = opening;
    const page = this.closest<HTMLElement>("[lang]")?.lang;
    const locale = await loadLocale(setup, this.option("lang") || page || navigator.language);
    // Taken off the page, or told another article, in the meantime.
    if (this.opening !== opening || !this.isConnected) return;
    const thread = new Thread({
      ...setup,
      site,
      article,
      url: this.option("url"),
      title: this.option("title"),
      css: this.option("css"),
      locale,
      style: (css) => this.adopt(css),
      emit: (name, detail) =>
        this.dispatchEvent(new CustomEvent(`parley:${name}`, { detail, bubbles: true, composed: true })),
    });
    this.thread = thread;
    const tick = setInterval(() => thread.touch("tick"), TICK_MS);
    this.cleanups = [() => thread.close(), () => clearInterval(tick), watchTheme(() => this.paint())];
    render(<ThreadView thread={thread} />, this.root);
    this.paint();
    void thread.open();
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
    this.opening = null;
    render(null, this.root);
  }

  private paint(): void {
    this.dataset.theme ??= setup.defaults.theme ?? "auto";
    const list = this.root.querySelector(".root")?.classList;
    list?.toggle("dark", isDark(this));
    list?.toggle("contrast", this.option("contrast") === "high" || contrast.matches);
    list?.toggle("large", this.option("text") === "large");
  }
}

/** Called by the loader, once. */
export const start: Start = (from) => {
  setup = from;
  if (!customElements.get("parley-comments")) customElements.define("parley-comments", ParleyComments);
};
