import assert from "node:assert/strict";
import { test } from "node:test";
import { type Column, layersOf } from "./causes.ts";

test("the causes with most tickets have a layer of their own, the others share one", () => {
  const causes = { csp: 9, held: 5, network: 4, none: 3, clock: 2, stale: 1 };
  const steps: Column[] = [
    { at: "2026-01-01T00:00:00Z", tickets: { csp: 9, clock: 2, stale: 1 } },
    { at: "2026-01-02T00:00:00Z", tickets: {} },
  ];
  const { names, columns } = layersOf({ step: "day", causes, steps });
  assert.deepEqual(names, ["csp", "held", "network", "none", "others"]);
  assert.deepEqual(
    columns.map(({ tickets }) => tickets),
    [{ csp: 9, others: 3 }, {}],
  );
  assert.deepEqual(layersOf({ step: "day", causes: { csp: 1 }, steps: [] }).names, ["csp"]);
});
