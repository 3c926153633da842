import assert from "node:assert/strict";
import { test } from "node:test";
import { languageName, share } from "./quality.ts";

test("a share of few is not shown as one", () => {
  assert.equal(share(1, 9), "too few to say");
  assert.equal(share(null, 0), "too few to say");
  assert.equal(share(2 / 3, 12), "67 %");
});

test("languages are named", () => {
  assert.equal(languageName("de"), "German");
  assert.equal(languageName(null), "Too short to say");
});
