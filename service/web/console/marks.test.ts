import assert from "node:assert/strict";
import { test } from "node:test";
import { pieces, places } from "./marks.ts";

const why = (start: number, end: number, label = "x") => ({
  code: "suspect_word",
  text: "Word",
  label,
  start,
  end,
});

test("a text without reasons is one piece", () => {
  assert.deepEqual(pieces("calm words", []), [{ text: "calm words", whys: [] }]);
});

test("offsets count code points, not UTF-16 units", () => {
  const [before, marked, after] = pieces("😀😀 you fool!", [why(7, 11)]);
  assert.equal(before?.text, "😀😀 you ");
  assert.equal(marked?.text, "fool");
  assert.equal(marked?.whys.length, 1);
  assert.equal(after?.text, "!");
});

test("overlapping reasons share the piece where they overlap", () => {
  const cut = pieces("abcdef", [why(0, 4, "a"), why(2, 6, "b")]);
  assert.deepEqual(
    cut.map(({ text, whys }) => [text, whys.map((one) => one.label)]),
    [
      ["ab", ["a"]],
      ["cd", ["a", "b"]],
      ["ef", ["b"]],
    ],
  );
});

test("offsets beyond the text are those of another revision: nothing is marked", () => {
  assert.deepEqual(pieces("short", [why(3, 40)]), [{ text: "short", whys: [] }]);
});

test("words are marked wherever they stand by themselves, once", () => {
  const text = "Idiot! An idiot, idiotic; an old idiot.";
  assert.deepEqual(
    places(text, ["idiot", "old idiot"]).map(([from, to]) => text.slice(from, to)),
    ["idiot", "old idiot"],
  );
  assert.deepEqual(places("calm words", ["fool"]), []);
});
