import assert from "node:assert/strict";
import { test } from "node:test";
import type { QueuePage } from "./types.ts";

// What the address says is read where the module is loaded.
Object.assign(globalThis, { location: new URL("http://localhost/console/demo"), addEventListener: () => {} });
const { Pages } = await import("./pages.ts");
const { selectionOf } = await import("./selection.ts");

/** Pages of a service that answers when it is told to. */
function asked() {
  const open: { rest: string; answer: (id: string) => Promise<void> }[] = [];
  const taken: string[] = [];
  const pages = new Pages({
    get: (rest) =>
      new Promise((done) => {
        const answer = async (id: string): Promise<void> => {
          done({ items: [{ id }], next: null } as unknown as QueuePage);
          await new Promise((later) => setTimeout(later));
        };
        open.push({ rest, answer });
      }),
    expect: () => {},
    take: ({ items }) => taken.push(items[0]?.id ?? ""),
  });
  return { pages, open, taken };
}

test("what is asked for while a page is on its way is read after it: the page may not know of it yet", async () => {
  const { pages, open, taken } = asked();
  void pages.first();
  const again = pages.first();
  assert.equal(pages.first(), again);
  assert.equal(open.length, 1);
  await open[0]?.answer("before");
  assert.equal(open.length, 2);
  await open[1]?.answer("after");
  await again;
  assert.deepEqual(taken, ["before", "after"]);
  assert.equal(pages.busy, false);
});

test("of another side nothing that was on its way is taken or read again", async () => {
  const { pages, open, taken } = asked();
  void pages.first();
  void pages.first();
  pages.choose(selectionOf({ view: "held" }));
  void pages.first();
  await open[0]?.answer("all");
  await open[1]?.answer("held");
  assert.equal(open.length, 2);
  assert.deepEqual(taken, ["held"]);
});
