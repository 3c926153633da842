import assert from "node:assert/strict";
import { test } from "node:test";
import { age, excerpt, whyInShort, whyInWords } from "./words.ts";

test("a score says how strongly and where the line is, also when it is a whole number", () => {
  const why = {
    code: "likely_toxic",
    text: "Likely toxic",
    label: "severe_toxicity",
    score: 1,
    threshold: 0.6,
  };
  assert.equal(whyInWords(why), "Likely toxic: severe toxicity 1.00, held from 0.60");
  assert.equal(whyInShort(why), "severe toxicity 1.00");
});

test("a count says what was counted", () => {
  const link = { code: "link", text: "Link from a new reader", score: 1, threshold: 0 };
  assert.equal(whyInWords(link), "Link from a new reader: 1 link");
  const fresh = { code: "new_reader", text: "New reader", score: 0, threshold: 3 };
  assert.equal(whyInWords(fresh), "New reader: 0 published, waits until 3");
  assert.equal(whyInShort(fresh), "New reader");
});

test("a reason without numbers is its title, with the kind if there is one", () => {
  assert.equal(whyInWords({ code: "edited", text: "Edited", score: null, threshold: null }), "Edited");
  assert.equal(
    whyInShort({ code: "suspect_word", text: "Word to look at", label: "slurs" }),
    "Word to look at: slurs",
  );
});

test("an excerpt is cut at a word, and never much shorter than asked", () => {
  assert.equal(excerpt("one  two\nthree", 8), "one two…");
  assert.equal(excerpt("short"), "short");
  assert.equal(excerpt("x".repeat(50), 40), `${"x".repeat(20)}…`);
});

test("an age is the largest unit that fits", () => {
  const now = Date.parse("2026-01-02T00:00:00Z");
  assert.equal(age("2026-01-01T23:59:30Z", now), "now");
  assert.equal(age("2026-01-01T23:55:00Z", now), "5 min");
  assert.equal(age("2026-01-01T20:00:00Z", now), "4 h");
  assert.equal(age("2025-12-30T00:00:00Z", now), "3 d");
  assert.equal(age("2026-01-02T00:00:05Z", now), "now");
});
