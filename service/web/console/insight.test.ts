import assert from "node:assert/strict";
import { test } from "node:test";
import { columns, duration, type Hour } from "./insight.ts";

const hour = (n: number): Hour => ({
  at: `hour ${n}`,
  inbound: 2,
  held: 1,
  rejected: 0,
  decided: n % 2,
  median_s: n === 3 ? 60 : null,
  p95_s: n === 3 ? 90 : null,
});

test("a day is shown by the hour", () => {
  const day = Array.from({ length: 25 }, (_, n) => hour(n));
  assert.deepEqual(columns(day), day);
});

test("a week is put together until it can be told apart, and loses nothing", () => {
  const week = Array.from({ length: 169 }, (_, n) => hour(n));
  const shown = columns(week);
  assert.ok(shown.length <= 31);
  assert.equal(
    shown.reduce((all, { inbound }) => all + inbound, 0),
    338,
  );
  assert.deepEqual([shown[0]?.at, shown[0]?.median_s, shown[1]?.median_s], ["hour 0", 60, null]);
});

test("a time is said in the unit that fits", () => {
  assert.deepEqual([null, 40, 720, 12_600, 200_000].map(duration), ["–", "40 s", "12 min", "3.5 h", "2 d"]);
});
