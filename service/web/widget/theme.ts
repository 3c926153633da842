/** Whether the widget's text should be light on dark: what lies behind it decides, not the reader's system alone. */
export function isDark(element: HTMLElement): boolean {
  const asked = element.dataset.theme;
  if (asked === "dark" || asked === "light") return asked === "dark";
  for (let at: Element | null = element; at; at = at.parentElement) {
    const [r = 0, g = 0, b = 0, alpha = 1] = (
      getComputedStyle(at).backgroundColor.match(/[\d.]+/g) ?? []
    ).map(Number);
    if (alpha > 0.5) return luma(r, g, b) < 110;
  }
  // Nothing is painted behind: the browser's canvas is dark only if the page says that it can be.
  const scheme = getComputedStyle(document.documentElement).colorScheme;
  return (
    scheme.includes("dark") &&
    (!scheme.includes("light") || matchMedia("(prefers-color-scheme: dark)").matches)
  );
}

/** Perceived brightness, 0 to 255 (ITU-R BT.601). */
function luma(r: number, g: number, b: number): number {
  return 0.299 * r + 0.587 * g + 0.114 * b;
}

/** The reader's system asks for more contrast. */
export const contrast = matchMedia("(prefers-contrast: more)");

/** Calls `changed` when the system's scheme or the page's own switch may have changed the theme, until the result is called. */
export function watchTheme(changed: () => void): () => void {
  const heard = new AbortController();
  const page = new MutationObserver(changed);
  for (const wish of [matchMedia("(prefers-color-scheme: dark)"), contrast])
    wish.addEventListener("change", changed, heard);
  for (const element of [document.documentElement, document.body]) {
    page.observe(element, { attributes: true, attributeFilter: ["class", "style", "data-theme"] });
  }
  return () => {
    heard.abort();
    page.disconnect();
  };
}
