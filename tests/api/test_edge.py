"""The outermost layer: one shape of error, origins, bodies, health."""

import base64
import os
from pathlib import Path
from typing import Any

import orjson
import pytest

from moderation.database import Pool
from service import assets
from service.auth import Permission
from service.endpoint import SAFE
from service.problems import CODES
from service.routes import BASE, ROUTES
from tests.conftest import Answer, Api

CORPORA = Path(os.environ.get("PARLEY_CORPORA", Path(__file__).parents[3] / "shared" / "corpora"))


def assert_problem(answer: Answer, status: int, code: str) -> None:
    assert (answer.status, answer.body["code"]) == (status, code)
    assert answer.headers["Content-Type"].startswith("application/problem+json")
    assert answer.body["type"] == f"/problems/{code}"
    assert answer.body["status"] == status
    assert answer.body["request_id"] == answer.headers["X-Request-Id"]


async def test_errors_have_one_shape(api: Api) -> None:
    ann = await api.guest()

    assert_problem(await api.raw("GET", "/api/v1/nothing"), 404, "not_found")
    assert_problem(await api.raw("GET", "/api/v1/sites/nowhere/config"), 404, "not_found")
    assert_problem(await api.raw("PUT", "/api/v1/sites/demo/config"), 405, "method_not_allowed")
    assert_problem(await ann.call("POST", "/articles/a/comments", data=b"{}"), 415, "unsupported_media_type")
    json = {"Content-Type": "application/json"}
    assert_problem(await ann.call("POST", "/articles/a/comments", data=b"{", headers=json), 400, "malformed")
    assert_problem(await ann.call("POST", "/articles/a/comments", data=b"[]", headers=json), 400, "malformed")
    big = orjson.dumps({"body": "x" * 70_000})
    assert_problem(await ann.call("POST", "/articles/a/comments", data=big, headers=json), 413, "too_large")
    deep = b'{"body": ' + b"[" * 1000 + b"]" * 1000 + b"}"
    assert_problem(await ann.call("POST", "/articles/a/comments", data=deep, headers=json), 400, "malformed")


async def test_fields_that_a_client_may_not_set_are_refused(api: Api, pool: Pool) -> None:
    ann = await api.guest()
    columns = await pool.fetch(
        "SELECT column_name FROM information_schema.columns WHERE table_name IN ('comments', 'readers') ORDER BY 1"
    )

    for name in {row["column_name"] for row in columns} - {"body", "parent_id"}:
        answer = await ann.post("Text", **{name: "published"})
        assert_problem(answer, 422, "invalid")
        assert answer.body["errors"][0]["pointer"] == f"/{name}"
    assert await pool.fetchval("SELECT count(*) FROM comments") == 0


@pytest.mark.skipif(not (CORPORA / "json").exists(), reason="the public JSON test set is not here")
async def test_no_json_document_breaks_the_service(api: Api) -> None:
    ann = await api.guest()
    headers = {"Content-Type": "application/json"}

    for line in (CORPORA / "json" / "parsing.jsonl").read_bytes().splitlines():
        case: dict[str, Any] = orjson.loads(line)
        data = base64.b64decode(case["base64"])
        answer = await ann.call("POST", "/articles/a/comments", data=data, headers=headers)
        assert 400 <= answer.status < 500, case["name"]


@pytest.mark.parametrize(
    "origin",
    [
        "null",
        "https://news.example.evil.test",
        "https://newsXexample",
        "http://news.example",
        "https://news.example:8443",
        "",
    ],
)
async def test_pages_that_are_not_on_the_list_may_not_write(api: Api, origin: str) -> None:
    answer = await api.call("POST", "/guests", json={"name": "Ann"}, headers={"Origin": origin})

    assert_problem(answer, 403, "origin_refused")
    assert answer.headers["Access-Control-Allow-Origin"] == "*", "so that the page can read why"


async def test_the_sites_own_pages_may_write(api: Api) -> None:
    answer = await api.call(
        "POST", "/guests", json={"name": "Ann"}, headers={"Origin": "https://news.example"}
    )

    assert answer.status == 201
    # The cookie of a session travels to the site's own pages, by name, and to nobody else's.
    assert answer.headers["Access-Control-Allow-Origin"] == "https://news.example"
    assert answer.headers["Access-Control-Allow-Credentials"] == "true"
    foreign = await api.call("GET", "/config", headers={"Origin": "https://copy.example"})
    assert "Access-Control-Allow-Credentials" not in foreign.headers
    preflight = await api.call("OPTIONS", "/guests", headers={"Origin": "https://news.example"})
    assert preflight.status == 204
    assert "Idempotency-Key" in preflight.headers["Access-Control-Allow-Headers"]


async def test_every_route_refuses_unsafe_calls_of_foreign_pages(api: Api) -> None:
    for route in ROUTES:
        if route.method in SAFE or route.permission is Permission.HELP:
            # A reader whose page is not on the list must be able to say so.
            continue
        path = BASE + route.path.replace("{site}", "demo").replace("{article}", "a").replace("{id}", "1")
        for name in ("reference", "name"):
            path = path.replace(f"{{{name}}}", "x")
        answer = await api.raw(route.method, path, json={}, headers={"Origin": "https://evil.test"})
        assert_problem(answer, 403, "origin_refused")


async def test_health(api: Api) -> None:
    assert (await api.raw("GET", "/livez")).body == {"status": "ok"}
    ready = await api.raw("GET", "/readyz")
    assert (ready.status, ready.body["status"], ready.body["workers"]) == (200, "ok", [])
    await (await api.guest()).post("Waits")
    assert (await api.raw("GET", "/readyz")).body["queue"]["score"]["items"] == 1
    figures = await api.raw("GET", "/metrics")
    assert 'parley_queue_items{lane="score"} 1.0' in figures.body


async def test_every_code_is_explained(api: Api) -> None:
    text = (Path(__file__).parents[2] / "docs" / "api.md").read_text()
    for code, (status, _) in CODES.items():
        assert f"| `{code}` | {status} |" in text
        assert (await api.raw("GET", f"/problems/{code}")).status == 200
    assert (await api.raw("GET", "/problems/nothing")).status == 404


async def test_an_idempotency_key_must_be_printable(api: Api) -> None:
    ann = await api.guest()

    assert_problem(await ann.post("Text", key="short"), 400, "malformed")
    assert_problem(await ann.post("Text", key="k" * 129), 400, "malformed")


@pytest.mark.parametrize(
    ("method", "path", "json"),
    [
        ("GET", "/articles/%00/comments", None),
        ("GET", "/me/comments?article=%00", None),
        ("POST", "/articles/a%00/comments", {"body": "Text"}),
        ("POST", "/articles/a/comments", {"body": "Te\x00xt"}),
        ("POST", "/articles/a/comments", {"body": "Text", "article_title": "\x00"}),
        ("POST", "/articles/a/comments", {"body": "Text", "article_url": "https://news.example/\x00"}),
        ("POST", "/comments/1/reports", {"reason": "spam", "detail": "\x00"}),
        ("POST", "/guests", {"name": "A\x00nn"}),
        (
            "POST",
            "/tickets",
            {"category": "other", "message": "Help \x00", "diagnostics": {"a\x00": ["\x00"]}},
        ),
    ],
)
async def test_a_null_character_breaks_nothing(api: Api, method: str, path: str, json: Any) -> None:
    ann = await api.guest()
    answer = await ann.call(method, path, **({"json": json} if json else {}))
    assert answer.status in ({201} if path == "/tickets" else {400, 422})
    assert (await api.raw("GET", "/api/v1/sites/%00/config")).status == 400


async def test_names_that_nothing_is_built_under_are_not_remembered(api: Api) -> None:
    for number in range(20):
        assert (await api.raw("GET", f"/assets/nothing-{number}.js")).status == 404
    assert not any("nothing" in name for name in assets._files())
