import assert from "node:assert/strict";
import { test } from "node:test";
import type { Comment } from "../shared/types.ts";
import { Tree } from "./tree.ts";

function comment(id: string, parent: string | null = null, root = id, more: Partial<Comment> = {}): Comment {
  return {
    id,
    parent_id: parent,
    root_id: root,
    depth: parent ? 1 : 0,
    author: { id: "a", name: "A", avatar_url: null, badges: [] },
    html: "<p>x</p>",
    created_at: `2026-01-01T00:00:${id.padStart(2, "0")}Z`,
    edited_at: null,
    status: "published",
    votes: { up: 0, down: 0 },
    reply_count: 0,
    revision: 1,
    ...more,
  };
}

test("replies stand under their parents, oldest first, in whatever order they come", () => {
  const tree = new Tree();
  tree.put(comment("1"));
  tree.put(comment("5", "1", "1"));
  tree.put(comment("3", "1", "1"));
  tree.put(comment("4", "3", "1"));
  assert.deepEqual(tree.kids("1"), ["3", "5"]);
  assert.deepEqual(tree.kids("3"), ["4"]);
  assert.equal(tree.below("1"), 3);
});

test("what a root carries comes in with it, once", () => {
  const tree = new Tree();
  const root = comment("1", null, "1", { replies: { items: [comment("2", "1", "1")], next: null } });
  tree.put(root);
  tree.put(root);
  assert.deepEqual([tree.roots, tree.kids("1")], [["1"], ["2"]]);
});

test("a reply to what is not loaded stands under its root", () => {
  const tree = new Tree();
  tree.put(comment("1"));
  tree.put(comment("9", "7", "1"));
  assert.deepEqual(tree.kids("1"), ["9"]);
});

test("an update keeps the place, and the author's own text while the revision is the same", () => {
  const tree = new Tree();
  tree.put(comment("1"));
  tree.put(comment("2", null, "2", { body: "typed", status: "pending" }), "first");
  tree.put(comment("2"));
  assert.deepEqual(tree.roots, ["2", "1"]);
  assert.equal(tree.get("2")?.body, "typed");
  tree.put(comment("2", null, "2", { revision: 2 }));
  assert.equal(tree.get("2")?.body, undefined);
});

test("a dropped comment goes, or stays as a tombstone where replies hang on it", () => {
  const tree = new Tree();
  tree.put(comment("1"));
  tree.put(comment("2", "1", "1"));
  tree.drop("1", "removed");
  assert.deepEqual([tree.get("1")?.status, tree.get("1")?.html, tree.roots], ["removed", null, ["1"]]);
  tree.drop("2", "deleted");
  assert.deepEqual([tree.get("2"), tree.kids("1")], [undefined, []]);
});

test("a comment with replies that are not loaded stays too", () => {
  const tree = new Tree();
  tree.put(comment("1", null, "1", { reply_count: 4 }));
  tree.drop("1", "removed");
  assert.equal(tree.get("1")?.status, "removed");
});
