import assert from "node:assert/strict";
import { readdirSync } from "node:fs";
import { test } from "node:test";
import { LANGUAGES, makeLocale } from "./i18n.ts";
import { en } from "./strings.ts";
import { enHelp } from "./strings_help.ts";
import { enMore, type Texts } from "./strings_more.ts";

const ENGLISH: Texts = { ...en, ...enMore, ...enHelp };
/** Forms that stand for one number only may do without writing it. */
const EXACT = new Set(["zero", "one", "two"]);

const holes = (text: string): string[] => (text.match(/\{\w+\}/g) ?? []).sort();

/** A language's texts, from both of its files: what one of them has, the other must not. */
async function tableOf(lang: string): Promise<Texts> {
  const [page, help] = await Promise.all(
    ["", "help/"].map(
      async (part) => ((await import(`./locales/${part}${lang}.ts`)) as { default: Texts }).default,
    ),
  );
  assert.deepEqual(
    Object.keys(page as Texts).filter((key) => key in (help as Texts)),
    [],
  );
  return { ...page, ...help } as Texts;
}

test("every language that is offered has a file, and the other way round", () => {
  for (const directory of ["./locales", "./locales/help"]) {
    const files = readdirSync(new URL(directory, import.meta.url)).filter((file) => file.endsWith(".ts"));
    assert.deepEqual(files.map((file) => file.replace(".ts", "")).sort(), ["en", ...LANGUAGES].sort());
  }
});

for (const lang of LANGUAGES) {
  test(`${lang} has every text, with every hole and every plural form`, async () => {
    const table = await tableOf(lang);
    assert.deepEqual(Object.keys(table).sort(), Object.keys(ENGLISH).sort());
    const forms = new Intl.PluralRules(lang).resolvedOptions().pluralCategories;
    for (const [key, english] of Object.entries(ENGLISH)) {
      const own = table[key as keyof Texts];
      if (typeof english === "string" || typeof own === "string") {
        assert.equal(typeof own, typeof english, key);
        assert.deepEqual(holes(String(own)), holes(String(english)), key);
        assert.ok(String(own).trim(), key);
        continue;
      }
      assert.deepEqual(Object.keys(own).sort(), [...forms].sort(), `${key} needs the forms ${forms}`);
      for (const [form, text] of Object.entries(own)) {
        if (!EXACT.has(form)) assert.deepEqual(holes(text), ["{n}"], `${key}, ${form}`);
      }
    }
  });

  test(`${lang} is not English left over`, async () => {
    const table = await tableOf(lang);
    const same = Object.entries(ENGLISH).filter(([key, text]) => table[key as keyof Texts] === text);
    // "Code" and the like are the same word in several languages.
    assert.ok(same.length <= 6, same.map(([key]) => key).join(", "));
  });
}

test("plurals are chosen and numbers written as the language does", async () => {
  const pl = makeLocale("pl", await tableOf("pl"));
  assert.equal(pl.t("count", { n: 1 }), "1 komentarz");
  assert.equal(pl.t("count", { n: 3 }), "3 komentarze");
  assert.equal(pl.t("count", { n: 5 }), "5 komentarzy");
  assert.equal(makeLocale("de", await tableOf("de")).t("count", { n: 12345 }), "12.345 Kommentare");
});

test("what a name holds is not read as a hole", () => {
  const locale = makeLocale("en", {});
  locale.add(enMore);
  assert.equal(locale.t("reply_to", { name: "{n} $& $1" }), "Reply to {n} $& $1");
});
