import assert from "node:assert/strict";
import { test } from "node:test";
import { List } from "./list.ts";
import type { Item } from "./types.ts";

const item = (id: string, priority = 1, queued_at = `2026-01-01T00:00:0${id}Z`) =>
  ({ id, urgency: { rank: priority }, queued_at, claimed_by: null }) as Item;
const ids = (list: List) => list.items.value.map(({ id }) => id).join("");

function listOf(...items: Item[]): List {
  const list = new List();
  list.merge(items, { whole: true, open: null });
  return list;
}

test("the most urgent comes first, then what has waited longest", () => {
  assert.equal(ids(listOf(item("2"), item("1"), item("3", 9))), "312");
});

test("a page adds and renews; only the whole queue takes away, and never the open card", () => {
  const list = listOf(item("1"), item("2"), item("3"));
  list.merge([item("2", 5)], { whole: false, open: null });
  assert.equal(ids(list), "213");
  list.merge([item("3")], { whole: true, open: "1" });
  assert.equal(ids(list), "13");
});

test("what left while a page was on its way does not come back with it, but with a later one", () => {
  const list = listOf(item("1"), item("2"));
  list.expect();
  list.drop("1");
  list.merge([item("1"), item("2")], { whole: true, open: null });
  assert.equal(ids(list), "2");
  list.expect();
  list.merge([item("1"), item("2")], { whole: true, open: null });
  assert.equal(ids(list), "12");
});

test("what was undone stands where it stood", () => {
  const list = listOf(item("1"), item("2"), item("3"));
  const second = list.find("2") as Item;
  list.drop("2");
  list.put(second, 1);
  assert.equal(ids(list), "123");
});

test("after an item come those below it, then those above", () => {
  const list = listOf(item("1"), item("2"), item("3"));
  const after = (id: string) => list.after(id).map((one) => one.id);
  assert.deepEqual(after("2"), ["3", "1"]);
  assert.deepEqual(after("9"), ["1", "2", "3"]);
});
