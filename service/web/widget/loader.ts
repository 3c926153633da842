/**
 * embed.js: the one script a publisher puts on a page. It finds or makes the `<parley-comments>` element, waits until it is about
 * to be seen, then imports the widget from the host that this script itself came from, never from anywhere the page names.
 */
import type { Start } from "./main.tsx";

const NEAR = "800px";
const script = (document.currentScript ??
  document.querySelector('script[src*="/embed.js"]')) as HTMLScriptElement;
const host = new URL(".", script.src).href;
const defaults = script.dataset;
let loading = false;

/** Says so in place of the thread, outside the shadow tree that never came. */
function failed(): void {
  loading = false;
  for (const element of document.querySelectorAll("parley-comments:not(:defined)")) {
    const link = document.createElement("a");
    link.href = `${host}help/${encodeURIComponent((element as HTMLElement).dataset.site ?? defaults.site ?? "")}`;
    link.textContent = "Let us know";
    element.replaceChildren("The comments could not be loaded. Reloading the page may help. ", link);
  }
}

function load(): void {
  if (loading) return;
  loading = true;
  import(host + THREAD_FILE).then((widget: { start: Start }) => {
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

Object.assign(window, {
  parley: {
    create(target: Element, options: DOMStringMap = {}) {
      const element = document.createElement("parley-comments");
      Object.assign(element.dataset, options);
      target.replaceChildren(element);
      return element;
    },
    destroy(element: Element) {
      element.remove();
    },
  },
});

if (document.readyState === "loading") addEventListener("DOMContentLoaded", place);
else place();
