import assert from "node:assert/strict";
import { test } from "node:test";
import { duration } from "./span.ts";
import { timeAgo } from "./time.ts";

const NOW = Date.parse("2026-06-15T12:00:00Z");
const ago = (seconds: number) => timeAgo(new Date(NOW - seconds * 1000).toISOString(), NOW, "en", "just now");

test("recent times are relative", () => {
  assert.equal(ago(0), "just now");
  assert.equal(ago(59), "just now");
  assert.equal(ago(60), "1 minute ago");
  assert.equal(ago(3 * 3600 + 59), "3 hours ago");
  assert.equal(ago(86_400), "yesterday");
});

test("a time in the future, by a wrong clock, is not shown as such", () => {
  assert.equal(ago(-500), "just now");
});

test("older times are dates, with the year only where it differs", () => {
  assert.equal(ago(10 * 86_400), "Jun 5");
  assert.equal(ago(400 * 86_400), "May 11, 2025");
});

test("durations take their largest unit", () => {
  assert.equal(duration(20, "en"), "20 seconds");
  assert.equal(duration(90, "en"), "2 minutes");
  assert.equal(duration(7200, "en"), "2 hours");
});
