import type { Locale } from "./i18n.ts";
import type { Thread } from "./thread.ts";
import type { HelpForm } from "./ui/help.tsx";

const loading = new WeakMap<Locale, Promise<typeof HelpForm>>();

/** Fetches the help form with its words, once; again after a failure. */
export function loadHelp({ options }: Thread): Promise<typeof HelpForm> {
  const known = loading.get(options.locale);
  if (known) return known;
  const form = import("./ui/help.tsx").then(async ({ HelpForm, prepare }) => {
    await prepare(options);
    return HelpForm;
  });
  loading.set(options.locale, form);
  form.catch(() => loading.delete(options.locale));
  return form;
}

/** Fetches it while nothing else is going on: whoever needs it may be offline then. */
export function fetchHelpSoon(thread: Thread): void {
  const fetch = (): void => void loadHelp(thread).catch(() => {});
  if (typeof requestIdleCallback === "function") requestIdleCallback(fetch, { timeout: 5000 });
  else setTimeout(fetch, 2000);
}
