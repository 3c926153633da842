import { en } from "./strings.ts";
import type { Key, Strings, Texts } from "./strings_more.ts";

/** The words of one language, and how it writes numbers. */
export interface Locale {
  lang: string;
  rtl: boolean;
  /** The text for `key`; `{name}` is replaced by `values.name`. `n` also chooses the plural form. */
  t: (key: Key, values?: Record<string, string | number>) => string;
  /** Adds texts for what this language's table lacks. */
  add: (strings: Partial<Texts>) => void;
  /** The texts that reading does without are on their way. */
  rest?: Promise<void>;
}

/** Where the widget comes from. */
export interface Origin {
  /** The service's address, with a slash at the end. */
  host: string;
  build: string;
}

/** Languages with a file in locales/. Of English, what reading needs is built in. */
export const LANGUAGES = ["ar", "de", "es", "fr", "it", "ja", "nl", "pl", "pt", "tr", "zh"];
const RTL = /^(ar|fa|he|ur)\b/;

/** The texts for a language tag; English where there are none, or they do not come. */
export async function loadLocale({ host, build }: Origin, tag: string): Promise<Locale> {
  const words = async (lang: string): Promise<Partial<Texts>> =>
    ((await import(`${host}assets/locale-${lang}-${build}.js`)) as { default: Strings }).default;
  const lang = tag.slice(0, 2).toLowerCase();
  if (LANGUAGES.includes(lang)) {
    try {
      return makeLocale(tag, await words(lang));
    } catch {
      // English is better than nothing.
    }
  }
  const locale = makeLocale(lang === "en" ? tag : "en", {});
  locale.rest = words("en").then(locale.add);
  return locale;
}

/** Makes a Locale of a language tag and its table; what the table lacks is English. */
export function makeLocale(lang: string, strings: Partial<Texts>): Locale {
  const rules = new Intl.PluralRules(lang);
  const number = new Intl.NumberFormat(lang);
  let table: Partial<Texts> = { ...en, ...strings };
  return {
    lang,
    rtl: RTL.test(lang),
    t(key, values = {}) {
      const found = table[key] ?? "";
      const text = typeof found === "string" ? found : (found[rules.select(Number(values.n))] ?? found.other);
      return text.replace(/\{(\w+)\}/g, (_, name: string) => {
        const value = values[name];
        return typeof value === "number" ? number.format(value) : (value ?? "");
      });
    },
    add(more) {
      table = { ...more, ...table };
    },
  };
}
