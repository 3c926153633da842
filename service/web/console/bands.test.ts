import assert from "node:assert/strict";
import { test } from "node:test";
import { bounds, moved, within } from "./bands.ts";

test("a band is counted by its bins", () => {
  const bins = Array.from({ length: 20 }, (_, n) => n);
  assert.equal(within(bins, { from: 18, to: 20 }), 37);
  assert.deepEqual(bounds({ from: 18, to: 20 }), { low: 0.9, high: 1 });
});

test("whichever end is moved, a bin is left between", () => {
  assert.deepEqual(moved({ from: 5, to: 8 }, "from", 12), { from: 12, to: 13 });
  assert.deepEqual(moved({ from: 5, to: 8 }, "from", 20), { from: 19, to: 20 });
  assert.deepEqual(moved({ from: 5, to: 8 }, "to", 2), { from: 1, to: 2 });
  assert.deepEqual(moved({ from: 5, to: 8 }, "to", 0), { from: 0, to: 1 });
});
