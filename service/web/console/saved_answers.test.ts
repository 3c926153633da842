import assert from "node:assert/strict";
import { test } from "node:test";
import { fill, unfilled, valuesOf } from "./saved_answers.ts";
import type { Ticket } from "./ticket_types.ts";

const TICKET = {
  reference: "PX-7F3K-9Q2M",
  reader: { id: "1", name: "Otto $& {staff}" },
  article: { key: "trams", title: null, url: null },
} as Ticket;

test("what is known is put in once, whatever it holds", () => {
  const values = valuesOf(TICKET, "The Courier", "Lena");
  assert.equal(
    fill("Hello {name}, {reference} about {article} on {site}. {staff}", values),
    "Hello Otto $& {staff}, PX-7F3K-9Q2M about trams on The Courier. Lena",
  );
});

test("what is not known stays, and is named", () => {
  const values = valuesOf({ ...TICKET, reader: null, article: null }, "The Courier", "Lena");
  const text = fill("Hello {name}, about {article}: {} {reference}", values);
  assert.equal(text, "Hello {name}, about {article}: {} PX-7F3K-9Q2M");
  assert.deepEqual(unfilled(text, ["name", "article", "reference"]), ["{name}", "{article}"]);
});
