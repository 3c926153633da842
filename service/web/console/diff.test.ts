import assert from "node:assert/strict";
import { test } from "node:test";
import { diff } from "./diff.ts";

const side = (before: string, after: string, without: "added" | "removed") =>
  diff(before, after)
    .filter(({ kind }) => kind !== without)
    .map(({ text }) => text)
    .join("");

test("a changed word is removed and added, the rest stays", () => {
  assert.deepEqual(diff("you are wrong here", "you are right here"), [
    { kind: "same", text: "you are " },
    { kind: "removed", text: "wrong" },
    { kind: "added", text: "right" },
    { kind: "same", text: " here" },
  ]);
});

test("both texts can be read back from the changes", () => {
  const texts = ["", "a", "a b c", "c b a", "x\n\ny z", "a b c d e f g", "g a c\te"];
  for (const before of texts) {
    for (const after of texts) {
      assert.equal(side(before, after, "added"), before);
      assert.equal(side(before, after, "removed"), after);
    }
  }
});
