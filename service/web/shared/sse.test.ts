import assert from "node:assert/strict";
import { test } from "node:test";
import { backoff, eventParser, type LiveEvent } from "./sse.ts";

function parse(chunks: string[], lastId = ""): LiveEvent[] {
  const events: LiveEvent[] = [];
  const feed = eventParser((event) => events.push(event), lastId);
  chunks.forEach(feed);
  return events;
}

test("an event may come in any pieces", () => {
  const text = 'id: 7\nevent: comment.published\ndata: {"a":\ndata: 1}\n\n';
  const expected = [{ id: "7", event: "comment.published", data: '{"a":\n1}' }];
  assert.deepEqual(parse([text]), expected);
  assert.deepEqual(parse([...text]), expected);
});

test("every line ending is understood, a split CRLF too", () => {
  assert.equal(parse(["data: a\r\n\r\ndata: b\r\rdata: c\n\n"]).length, 3);
  assert.deepEqual(
    parse(["data: a\r", "\n\r", "\ndata: b\n\n"]).map((e) => e.data),
    ["a", "b"],
  );
});

test("comments are heartbeats, not events; an event without data is none; ids stay until the next", () => {
  assert.deepEqual(parse([": hello\n\n", "id: 3\n\n", "data: x\n\n"]), [
    { id: "3", event: "message", data: "x" },
  ]);
  assert.equal(parse(["data: x\n\n"], "9")[0]?.id, "9");
});

test("half an event at the end of the stream is not given out", () => {
  assert.deepEqual(parse(["data: x\n"]), []);
});

test("waits grow to half a minute at most and are never nothing", () => {
  assert.equal(
    backoff(1, () => 1),
    1000,
  );
  assert.equal(
    backoff(30, () => 1),
    30_000,
  );
  assert.ok(backoff(1, () => 0) >= 500);
});
