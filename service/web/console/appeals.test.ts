import assert from "node:assert/strict";
import { test } from "node:test";
import type { Appeal } from "./appeal_types.ts";
import { dueInWords, whoCan } from "./appeals.ts";

const NOW = Date.parse("2026-11-25T12:00:00Z");

test("a deadline says how long there is, and when it is over", () => {
  assert.equal(dueInWords("2026-12-02T12:00:00Z", NOW), "7 days left");
  assert.equal(dueInWords("2026-11-26T12:00:00Z", NOW), "1 day left");
  assert.equal(dueInWords("2026-11-25T15:30:00Z", NOW), "3 hours left");
  assert.equal(dueInWords("2026-11-25T12:20:00Z", NOW), "0 hours left");
  assert.equal(dueInWords("2026-11-25T11:00:00Z", NOW), "overdue since 1 hour");
  assert.equal(dueInWords("2026-11-23T11:00:00Z", NOW), "overdue since 2 days");
});

test("whoever may not judge is told who can", () => {
  const judges = (...names: string[]) =>
    names.map((name, n) => ({ id: `${n}`, name, role: n === 0 ? "lead" : "moderator" })) as Appeal["judges"];
  assert.equal(whoCan(judges("Lea", "Ben")), "Lea (lead) and Ben can.");
  assert.equal(whoCan(judges("Lea")), "Lea (lead) can.");
  assert.equal(whoCan(judges("Lea", "Ben", "Cleo", "Dan", "Eve")), "Lea (lead), Ben, Cleo and 2 others can.");
  assert.match(whoCan([]), /^Nobody else on this site’s staff can/);
});
