/**
 * embed.js: the one script a publisher puts on a page. It finds or makes the `<parley-comments>` element, waits until it is about
 * to be seen, then imports the widget from the host that this script itself came from, never from anywhere the page names.
 */
import type { Cause } from "./causes.ts";
import type { Start } from "./main.tsx";

const NEAR = "800px";
const HANDSHAKE_MS = 8000;
const script = (document.currentScript ??
  document.querySelector('script[src*="/embed.js"]')) as HTMLScriptElement;
const host = new URL(".", script.src).href;
const defaults = script.dataset;
let loading = false;

let said = false;
let forbidden = false;

/** Says why the thread is not there (a code of causes.ts, and a few words), below where it should be. */
function say(cause: Cause, words: string): void {
  if (said) return;
  said = true;
  for (const element of document.querySelectorAll<HTMLElement>("parley-comments")) {
    const link = document.createElement("a");
    link.href = `${host}help/${encodeURIComponent(element.dataset.site ?? defaults.site ?? "")}?error=${cause}`;
    link.textContent = "Let us know";
    element.after(`The comments could not be loaded: ${words}. `, link);
  }
}

/** Finds out why the widget did not come. */
function failed(): void {
  loading = false;
  if (!navigator.onLine) say("offline", "you are offline");
  else if (forbidden) say("csp", "this page forbids it");
  else if (!("adoptedStyleSheets" in document)) say("old_browser", "the browser is too old");
  else
    fetch(host + THREAD_FILE).then(
      ({ status }) => (status > 499 ? say("outage", "we have trouble") : say("stale", "reload the page")),
      () => say("blocked", `something blocks ${host}`),
    );
}

document.addEventListener("securitypolicyviolation", ({ blockedURI }) => {
  forbidden ||= blockedURI.startsWith(host);
});
addEventListener("error", ({ filename }) => filename.startsWith(host) && say("crash", "our mistake"));

function load(): void {
  if (loading) return;
  loading = true;
  const timer = setTimeout(failed, HANDSHAKE_MS);
  import(host + THREAD_FILE).then((widget: { start: Start }) => {
    clearTimeout(timer);
    watcher.disconnect();
    widget.start({ host, build: BUILD_ID, defaults });
  }, failed);
}

const near = new IntersectionObserver((seen) => seen.some((entry) => entry.isIntersecting) && load(), {
  rootMargin: NEAR,
});

function look(): void {
  for (const element of document.querySelectorAll("parley-comments")) near.observe(element);
}

// Single-page apps put the element in later, so the page stays watched until the widget is there.
const watcher = new MutationObserver(look);
watcher.observe(document, { childList: true, subtree: true });

function place(): void {
  if (defaults.article && !document.querySelector("parley-comments")) {
    script.after(document.createElement("parley-comments"));
  }
  look();
  if (location.hash.startsWith("#parley-")) load();
}

const api = window as { parley?: object };
api.parley = Object.assign(api.parley ?? {}, {
  create(target: Element, options: DOMStringMap = {}) {
    const old = target.querySelector<HTMLElement>("parley-comments");
    const element = old ?? document.createElement("parley-comments");
    Object.assign(element.dataset, options);
    if (!old) target.replaceChildren(element);
    return element;
  },
  destroy(element: Element) {
    element.remove();
  },
});

if (document.readyState === "loading") addEventListener("DOMContentLoaded", place);
else place();
