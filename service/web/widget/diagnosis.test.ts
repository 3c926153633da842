import assert from "node:assert/strict";
import { test } from "node:test";
import { type Finding, ranked } from "./diagnosis.ts";

const causes = (found: Finding[]): string[] => ranked(found).map(({ cause }) => cause);

test("the likeliest cause comes first, each once", () => {
  const found: Finding[] = [
    { cause: "stale", weight: 45 },
    { cause: "held", weight: 55 },
    { cause: "rate_limited", weight: 100 },
    { cause: "held", weight: 98 },
  ];
  assert.deepEqual(causes(found), ["rate_limited", "held", "stale"]);
});

test("what two sources saw of one cause is put together", () => {
  const [first] = ranked([
    { cause: "rejected", weight: 98, comment: "7", said: undefined },
    { cause: "rejected", weight: 60, comment: "7", said: ["It is off topic."] },
  ]);
  assert.deepEqual(first, { cause: "rejected", weight: 98, comment: "7", said: ["It is off topic."] });
});

test("nothing found is said, not hidden", () => {
  assert.deepEqual(causes([]), ["unknown"]);
});
