import assert from "node:assert/strict";
import { test } from "node:test";
import { hintInWords } from "./people.ts";
import type { Hint } from "./people_types.ts";

const hint = (kind: Hint["kind"], shared_by: number | null): Hint => ({
  kind,
  shared_by,
  seen_at: "2026-01-01T00:00:00Z",
  sanction: "banned",
  reader: { id: "1", name: "Max" },
});

test("a hint by a network tells how many share it", () => {
  assert.equal(hintInWords(hint("network", 2)), "the same network");
  assert.equal(hintInWords(hint("network", 41)), "the same network, as 40 others");
  assert.equal(hintInWords(hint("name", null)), "a name that looks alike");
  assert.match(hintInWords(hint("mail", 2)), /mailbox/);
});
