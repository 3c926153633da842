import assert from "node:assert/strict";
import { test } from "node:test";
import { type Format, format } from "./format.ts";

/** "a [b] c" is the text "a b c" with "b" selected. */
function run(text: string, how: Format): string {
  const start = text.indexOf("‹");
  const end = text.indexOf("›") - 1;
  const done = format({ text: text.replace(/[‹›]/g, ""), start, end }, how);
  return `${done.text.slice(0, done.start)}‹${done.text.slice(done.start, done.end)}›${done.text.slice(done.end)}`;
}

const CASES: [Format, string, string][] = [
  ["bold", "a ‹b› c", "a **‹b›** c"],
  ["bold", "a **‹b›** c", "a ‹b› c"],
  ["bold", "‹›", "**‹›**"],
  ["italic", "**‹b›**", "***‹b›***"],
  ["italic", "***‹b›***", "**‹b›**"],
  ["spoiler", "x ‹y›", "x ||‹y›||"],
  ["code", "‹f(x)›", "`‹f(x)›`"],
  ["code", "‹a\nb›", "```\n‹a\nb›\n```"],
  ["quote", "one\ntw‹o\nthr›ee", "one\n‹> two\n> thr›ee"],
  ["quote", "‹> two\n> three›", "‹two\nthree›"],
  ["list", "one\n‹two›", "one\n\n‹- two›"],
  ["link", "see ‹this› now", "see [this](‹https://›) now"],
  ["link", "‹https://example.org/a›", "[‹›](https://example.org/a)"],
];

for (const [how, before, after] of CASES) {
  test(`${how}: ${JSON.stringify(before)}`, () => assert.equal(run(before, how), after));
}
