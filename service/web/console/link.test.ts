import assert from "node:assert/strict";
import { test } from "node:test";
import { linkOf } from "./link.ts";

test("a link is told by its page, its token stands behind the #", () => {
  assert.deepEqual(linkOf({ pathname: "/console/-/join", hash: "#abc" }), { page: "join", token: "abc" });
  assert.deepEqual(linkOf({ pathname: "/console/-/password", hash: "#x" }), { page: "password", token: "x" });
  assert.equal(linkOf({ pathname: "/console/-/join", hash: "" }), null);
  assert.equal(linkOf({ pathname: "/console/demo/join", hash: "#abc" }), null);
});
