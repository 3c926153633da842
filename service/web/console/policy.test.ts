import assert from "node:assert/strict";
import { test } from "node:test";
import { bandsKey, changeInWords, type Document, type Policy } from "./policy.ts";

const half = { toxicity: { hold_at: 0.5, reject_at: null } };
const most = { toxicity: { hold_at: 0.9, reject_at: null } };
const key = (bands: Document["bands"], model: string | null, count: Policy["bands"]): string => {
  const document = { bands } as Document;
  return bandsKey({ version: 1, document, model, bands: count }, document);
};

test("bands are changed where they stand: for this version, for the model, or for any", () => {
  assert.equal(key({ "a:b@1": half, "a:b": most, "*": most }, "a:b@1", half), "a:b@1");
  assert.equal(key({ "a:b": half, "*": most }, "a:b@1", half), "a:b");
  assert.equal(key({ "a:bc": half, "*": most }, "a:b@1", most), "*");
  assert.equal(key({ "*": most }, null, most), "*");
});

test("bands that came with a model become the site's own when they are changed", () => {
  assert.equal(key({ "*": most }, "a:b@1", half), "a:b@1");
});

test("a change says what came and went, or from what to what", () => {
  const change = {
    path: "word_lists/insults/words",
    before: null,
    after: null,
    added: ["a"],
    removed: ["b", "c"],
  };
  assert.equal(changeInWords(change), "word lists / insults / words: + a; − b, c");
  const moved = { path: "links/max_free", before: 2, after: null, added: [], removed: [] };
  assert.equal(changeInWords(moved), "links / max free: 2 → none");
});
