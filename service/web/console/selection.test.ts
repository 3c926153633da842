import assert from "node:assert/strict";
import { test } from "node:test";
import { behind, compare, fits, queryOf, selectionOf } from "./selection.ts";
import type { Item } from "./types.ts";

const item = (change: Partial<Item> & { status?: string; article?: string } = {}) =>
  ({
    reasons: [],
    urgency: { rank: 0 },
    queued_at: "2026-01-01T00:00:00Z",
    comment: { status: change.status ?? "held", article: { key: change.article ?? "a1" } },
    ...change,
  }) as unknown as Item;

test("a selection and its address say the same, and what is as usual is not said", () => {
  const selection = selectionOf({ view: "reported", order: "oldest", article: "a&b=c" });
  assert.equal(behind(queryOf(selection)), "?view=reported&order=oldest&article=a%26b%3Dc");
  assert.deepEqual(selectionOf(queryOf(selection)), selection);
  assert.equal(behind(queryOf(selectionOf({ view: "of old", order: "none" }))), "");
});

test("an item is among what was chosen for its reasons, its status and its article", () => {
  const reported = item({ reasons: [{ code: "reported", text: "" }], status: "published" });
  assert.ok(fits(reported, selectionOf({ view: "reported" }), false));
  assert.ok(!fits(reported, selectionOf({ view: "held" }), false));
  assert.ok(!fits(reported, selectionOf({ view: "reported", article: "b2" }), false));
  assert.ok(
    fits(item({ reasons: [{ code: "link", text: "" }] }), selectionOf({ view: "new_readers" }), false),
  );
  assert.ok(!fits(item(), selectionOf({ view: "unscored" }), false));
});

test("what was escalated is in its own view, and in a lead's", () => {
  const escalated = item({ stage: "lead" });
  assert.ok(fits(escalated, selectionOf({ view: "escalated" }), false));
  assert.ok(!fits(escalated, selectionOf({}), false));
  assert.ok(fits(escalated, selectionOf({}), true));
  assert.ok(!fits(escalated, selectionOf({ view: "held" }), true));
  assert.ok(!fits(item(), selectionOf({ view: "escalated" }), true));
  assert.ok(fits(item({ stage: "second" }), selectionOf({ view: "second" }), false));
  assert.ok(compare(escalated, item({ queued_at: "2025-01-01T00:00:00Z" }), selectionOf({})) < 0);
});

test("by urgency, or by age alone", () => {
  const old = item();
  const urgent = item({
    urgency: { rank: 1, reach: 1, reporters: 1, doubles_every_h: 6 },
    queued_at: "2026-01-02T00:00:00Z",
  });
  assert.ok(compare(urgent, old, selectionOf({})) < 0);
  assert.ok(compare(urgent, old, selectionOf({ order: "oldest" })) > 0);
});
