"""Walks over all routes: pages that may not write, other tenants' things, and fields that nobody may set."""

import re
from typing import Any

import pytest

from moderation.database import Pool
from moderation.worker import Worker
from service.auth import FOR_STAFF, Permission
from service.endpoint import SAFE, Route
from service.routes import BASE, ROUTES
from tests.api.newsroom import Newsroom
from tests.conftest import Api

LOOK_ALIKES = (
    "null",
    "https://news.example.evil.example",
    "https://evilnews.example",
    "https://news.example:8443",
    "http://news.example",
    "https://news.example/",
    "https://NEWS.example",
    "https://news.example@evil.example",
    "https://news.examplе",
    "file://",
    "*",
    "",
)
UNSAFE = [route for route in ROUTES if route.method not in SAFE and route.permission is not Permission.HELP]
READERS = [route for route in ROUTES if route.permission is Permission.READER]


def address(route: Route, site: str = "demo", id_: str = "1") -> str:
    path = route.path.replace("{site}", site).replace("{article}", "story")
    return BASE + "/".join(id_ if part.startswith("{") else part for part in path.split("/"))


async def test_no_unsafe_call_is_taken_from_a_page_that_is_not_on_the_list(api: Api, room: Newsroom) -> None:
    ann = await api.guest("Ann")
    taken = []
    for route in UNSAFE:
        for origin in LOOK_ALIKES:
            headers = {**ann.headers, "Origin": origin.encode().decode("latin-1")}
            answer = await api.raw(route.method, address(route), headers=headers, json={})
            if (answer.status, answer.body.get("code")) != (403, "origin_refused"):
                taken.append((route.method, route.path, origin, answer.status))
        # Staff's calls ride on a cookie: without an Origin they are nobody's. A reader's carry a token that no page has.
        if route.permission in FOR_STAFF or "{site}" not in route.path:
            answer = await api.raw(route.method, address(route), json={})
            if (answer.status, answer.body.get("code")) != (403, "origin_refused"):
                taken.append((route.method, route.path, None, answer.status))
    assert taken == []
    assert len(UNSAFE) > 40


async def test_no_readers_call_reaches_another_site(
    api: Api, other_site: int, pool: Pool, worker: Worker
) -> None:
    await pool.execute("UPDATE sites SET origins = '{https://other.example}' WHERE id = $1", other_site)
    ann = await api.guest("Ann")
    mine = (await ann.post("Here alone")).body["id"]
    await worker.run_once()
    made = await api.raw("POST", f"{BASE}/sites/other/guests", json={"name": "Eve"})
    eve = {"Authorization": f"Bearer {made.body['access_token']}"}
    before = await _all(pool)
    crossings = []
    for route in ROUTES:
        if (
            route.permission in FOR_STAFF
            or "{site}" not in route.path
            or route.streams
            or (route.method == "POST" and route.permission is not Permission.READER)
        ):
            continue
        # This site's token there, that one's here, and that one's there with an id of this site.
        for site, headers in (("other", ann.headers), ("demo", eve)):
            answer = await api.raw(route.method, address(route, site, mine), headers=headers, json={})
            if (answer.status, answer.body.get("code")) != (
                401,
                "token_refused",
            ) and route.permission is Permission.READER:
                crossings.append((route.method, route.path, site, answer.status))
        if "{id}" in route.path:
            body = {"body": "x", "reason": "spam", "value": 1}
            for sent in ({}, {"value": 1}, {"reason": "spam"}, {"body": body["body"]}):
                headers = {**eve, "If-Match": '"1"'}
                answer = await api.raw(
                    route.method, address(route, "other", mine), headers=headers, json=sent
                )
                if answer.status < 400 or "Here alone" in str(answer.body):
                    # What is not there may be withdrawn, without a trace.
                    crossings.append((route.method, route.path, sent, answer.status))
    harmless = {("DELETE", "/sites/{site}/me/mutes/{id}")}
    assert [one for one in crossings if one[:2] not in harmless] == []
    assert await _all(pool) == before


async def _all(pool: Pool) -> list[Any]:
    return [
        (await pool.fetchval(f"SELECT coalesce(json_agg(t ORDER BY t::text), '[]')::text FROM {table} t"))
        for table in ("comments", "votes", "reports", "appeals", "revisions", "mutes")
    ]


@pytest.mark.parametrize(
    "table", ["readers", "comments", "votes", "reports", "sessions", "sites", "sign_ins"]
)
async def test_no_column_can_be_set_by_whoever_sends_it(
    api: Api, pool: Pool, worker: Worker, table: str
) -> None:
    ann = await api.guest("Ann")
    id_ = (await ann.post("Hello")).body["id"]
    await worker.run_once()
    columns = await pool.fetch(
        "SELECT column_name FROM information_schema.columns WHERE table_schema = 'public' AND table_name = $1",
        table,
    )
    calls: list[tuple[str, str, dict[str, Any]]] = [
        ("POST", "/guests", {"name": "Bo"}),
        ("POST", "/articles/story/comments", {"body": "Another"}),
        ("PATCH", f"/comments/{id_}", {"body": "Changed"}),
        ("PUT", f"/comments/{id_}/vote", {"value": 1}),
        ("POST", f"/comments/{id_}/reports", {"reason": "spam"}),
        ("POST", "/tokens", {"refresh_token": ann.refresh_token}),
        ("POST", "/sso", {"token": "x"}),
        ("POST", "/sign-ins", {"return_to": "https://news.example/"}),
        ("POST", "/sign-ins/session", {"secret": "x" * 30, "code": "x" * 30}),
    ]
    before = await pool.fetchval(f"SELECT json_agg(t ORDER BY t::text)::text FROM {table} t")
    for method, path, good in calls:
        [route] = [one for one in ROUTES if one.method == method and one.path.endswith(_template(path))]
        model = route.model("body")
        assert model is not None
        for column in {row["column_name"] for row in columns} - set(model.model_fields):
            for value in (1, "published", True):
                answer = await ann.call(
                    method, path, json={**good, column: value}, headers={"If-Match": '"1"'}
                )
                assert (answer.status, answer.body["code"]) == (422, "invalid"), (path, column, answer.body)
    assert await pool.fetchval(f"SELECT json_agg(t ORDER BY t::text)::text FROM {table} t") == before


def _template(path: str) -> str:
    return re.sub(r"/comments/\d+", "/comments/{id}", path).replace("/story/", "/{article}/")
