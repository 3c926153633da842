/**
 * count.js: fills in how many comments articles have, for lists of articles. One request a site for up to a hundred articles, which
 * caches may answer. `parley.count()` does it again, where a page has put in more.
 */
const script = (document.currentScript ??
  document.querySelector('script[src*="/count.js"]')) as HTMLScriptElement;
const host = new URL(".", script.src).href;
const BATCH = 100;

/** Writes a number as its element asks: `data-zero`, `data-one`, `data-other` and so on, where `{n}` is the number. */
function show(element: HTMLElement, count: number): void {
  const lang = element.closest<HTMLElement>("[lang]")?.lang || navigator.language;
  const { dataset } = element;
  const words =
    (count === 0 ? dataset.zero : undefined) ??
    dataset[new Intl.PluralRules(lang).select(count)] ??
    dataset.other;
  const number = new Intl.NumberFormat(lang).format(count);
  element.textContent = words === undefined ? number : words.replaceAll("{n}", number);
  element.dataset.count = String(count);
}

async function ask(site: string, elements: HTMLElement[]): Promise<void> {
  const query = new URLSearchParams();
  for (const key of new Set(elements.map((element) => element.dataset.parleyCount as string)))
    query.append("article", key);
  const answer = await fetch(`${host}api/v1/sites/${encodeURIComponent(site)}/counts?${query}`);
  if (!answer.ok) return;
  const { counts } = (await answer.json()) as { counts: Record<string, number> };
  for (const element of elements) show(element, counts[element.dataset.parleyCount as string] ?? 0);
}

async function count(): Promise<void> {
  const bySite = new Map<string, HTMLElement[]>();
  for (const element of document.querySelectorAll<HTMLElement>("[data-parley-count]")) {
    const site = element.dataset.site ?? script.dataset.site ?? "";
    if (element.dataset.parleyCount) bySite.set(site, [...(bySite.get(site) ?? []), element]);
  }
  // A count that does not come leaves what the page says.
  await Promise.allSettled(
    [...bySite].flatMap(([site, elements]) =>
      Array.from({ length: Math.ceil(elements.length / BATCH) }, (_, n) =>
        ask(site, elements.slice(n * BATCH, (n + 1) * BATCH)),
      ),
    ),
  );
}

const page = window as { parley?: object };
page.parley = Object.assign(page.parley ?? {}, { count });
if (document.readyState === "loading") addEventListener("DOMContentLoaded", () => void count());
else void count();
