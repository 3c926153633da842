import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import type { Context } from "./types.ts";

// What the address says is read where the module is loaded.
Object.assign(globalThis, { location: new URL("http://localhost/console/demo"), addEventListener: () => {} });
const { Contexts } = await import("./contexts.ts");

/** What was asked of the service, each to be answered by a status. */
let open: ((status: string) => void)[] = [];

beforeEach(() => {
  open = [];
  globalThis.fetch = () =>
    new Promise((done) => {
      open.push((status) => done(Response.json({ comment: { status } })));
    });
});

const status = (context: Context | null | undefined): string | undefined => context?.comment.status;

test("the answer to an earlier question does not count after a later one", async () => {
  const contexts = new Contexts("demo");
  const [first, second] = [contexts.read("1", { anew: true }), contexts.read("1", { anew: true })];
  open[1]?.("published");
  assert.equal(status(await second), "published");
  open[0]?.("held");
  assert.equal(status(await first), "published");
  assert.equal(status(contexts.known.value["1"]), "published");
});

test("what has become something else while it was read is not known", async () => {
  const contexts = new Contexts("demo");
  const read = contexts.read("1");
  contexts.renew("1");
  open[0]?.("held");
  assert.equal(await read, null);
  assert.equal(contexts.known.value["1"], undefined);
});

test("what is on its way is not asked for twice", async () => {
  const contexts = new Contexts("demo");
  const both = [contexts.read("1"), contexts.read("1")];
  assert.equal(open.length, 1);
  open[0]?.("held");
  assert.deepEqual((await Promise.all(both)).map(status), ["held", "held"]);
});
