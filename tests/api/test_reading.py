"""Threads: order, paging, replies, caching."""

import asyncio

import pytest

from moderation.database import Pool
from moderation.worker import Worker
from tests.conftest import Api


async def publish(api: Api, worker: Worker, *texts: str) -> list[str]:
    """Post texts by one guest each and publish them; returns their ids."""
    ids = [(await (await api.guest()).post(text)).body["id"] for text in texts]
    while await worker.run_once():
        pass
    return ids


async def pages(api: Api, sort: str, limit: int) -> list[str]:
    """All of a thread's roots, page by page."""
    found: list[str] = []
    cursor = ""
    while True:
        answer = await api.call("GET", f"/articles/story/comments?sort={sort}&limit={limit}{cursor}")
        assert answer.status == 200
        assert len(answer.body["comments"]) <= limit
        found += [comment["id"] for comment in answer.body["comments"]]
        if answer.body["next"] is None:
            assert "Link" not in answer.headers
            return found
        assert 'rel="next"' in answer.headers["Link"]
        cursor = f"&cursor={answer.body['next']}"


@pytest.mark.parametrize("limit", [1, 2, 3, 100])
async def test_every_sort_pages_through_every_root_once(
    api: Api, worker: Worker, pool: Pool, limit: int
) -> None:
    ids = await publish(api, worker, *(f"Text {n}" for n in range(7)))
    for id_, up, replies in zip(ids, [0, 3, 1, 3, 0, 0, 2], [0, 0, 5, 1, 1, 0, 2], strict=True):
        await pool.execute(
            "UPDATE comments SET up = $2, reply_count = $3 WHERE id = $1", int(id_), up, replies
        )

    assert await pages(api, "oldest", limit) == ids
    assert await pages(api, "newest", limit) == ids[::-1]
    assert await pages(api, "top", limit) == [ids[n] for n in (3, 1, 6, 2, 5, 4, 0)]
    assert await pages(api, "replies", limit) == [ids[n] for n in (2, 6, 4, 3, 5, 1, 0)]


async def test_a_root_brings_its_first_replies_and_the_rest_on_demand(api: Api, worker: Worker) -> None:
    [root] = await publish(api, worker, "Root")
    guest = await api.guest()
    parent, chain = root, []
    for number in range(6):
        parent = (await guest.post(f"Reply {number}", parent_id=parent)).body["id"]
        chain.append(parent)
        await worker.run_once()

    [shown] = (await api.call("GET", "/articles/story/comments")).body["comments"]
    assert shown["reply_count"] == 6
    assert [reply["id"] for reply in shown["replies"]["items"]] == chain[:3]

    rest = await api.call("GET", f"/comments/{root}/replies?cursor={shown['replies']['next']}")
    assert ([reply["id"] for reply in rest.body["items"]], rest.body["next"]) == (chain[3:], None)
    below = await api.call("GET", f"/comments/{chain[2]}/replies?limit=2")
    assert ([reply["id"] for reply in below.body["items"]], below.body["next"]) == (chain[3:5], chain[4])


async def test_an_article_without_comments_is_empty_not_missing(api: Api) -> None:
    answer = await api.call("GET", "/articles/never-seen/comments")

    assert (answer.status, answer.body["comments"], answer.body["next"]) == (200, [], None)
    assert answer.body["article"] == {
        "key": "never-seen",
        "title": None,
        "url": None,
        "state": "open",
        "comment_count": 0,
        "version": 0,
        "featured_count": 0,
    }


async def test_pages_are_compressed_and_validated_by_etag(api: Api, worker: Worker) -> None:
    await publish(api, worker, "x" * 500)
    path = "/articles/story/comments"
    first = await api.call("GET", path, headers={"Accept-Encoding": "gzip"})
    assert first.headers["Content-Encoding"] == "gzip"
    assert "s-maxage" in first.headers["Cache-Control"]

    again = await api.call("GET", path, headers={"If-None-Match": first.headers["ETag"]})

    assert again.status == 304
    assert again.headers["ETag"] == first.headers["ETag"]


async def test_a_new_comment_shows_on_a_cached_page(api: Api, worker: Worker) -> None:
    await publish(api, worker, "First")
    assert (await api.call("GET", "/articles/story/comments")).body["article"]["comment_count"] == 1
    await publish(api, worker, "Second")

    # The worker's own notifier is not running here: it is the page's age that brings the news.
    for _ in range(200):
        seen = (await api.call("GET", "/articles/story/comments")).body["article"]["comment_count"]
        if seen == 2:
            break
        await asyncio.sleep(0.05)
    assert seen == 2


@pytest.mark.parametrize("cursor", ["x", "1.2.3", "9" * 30, "-", "1.", "٣", "0x10"])
async def test_foreign_cursors_are_refused(api: Api, worker: Worker, cursor: str) -> None:
    await publish(api, worker, "First")

    answer = await api.call("GET", "/articles/story/comments", params={"cursor": cursor})

    assert (answer.status, answer.body["code"]) == (400, "malformed")


@pytest.mark.parametrize("query", ["sort=sideways", "limit=0", "limit=101", "limit=x", "colour=red"])
async def test_wrong_queries_say_what_is_wrong(api: Api, query: str) -> None:
    answer = await api.call("GET", f"/articles/story/comments?{query}")

    assert (answer.status, answer.body["code"]) == (422, "invalid")
    assert answer.body["errors"][0]["pointer"] == f"/{query.split('=', maxsplit=1)[0]}"


async def test_sites_do_not_see_each_other(api: Api, worker: Worker, pool: Pool, other_site: int) -> None:
    [mine] = await publish(api, worker, "Mine")
    other = Api(api.client, "other")
    guest = await other.guest()

    assert (await other.call("GET", f"/comments/{mine}")).status == 404
    assert (await other.call("GET", f"/comments/{mine}/replies")).status == 404
    assert (await other.call("GET", "/articles/story/comments")).body["comments"] == []
    assert (await guest.call("PUT", f"/comments/{mine}/vote", json={"value": 1})).status == 404
    assert (await guest.call("POST", f"/comments/{mine}/reports", json={"reason": "spam"})).status == 404
    assert (await guest.call("DELETE", f"/comments/{mine}")).status == 404
    assert (await guest.post("Reply", parent_id=mine)).body["code"] == "parent_gone"
    crossed = await api.call("GET", "/me/comments", headers=guest.headers)
    assert (crossed.status, crossed.body["code"]) == (401, "token_refused")
    assert await pool.fetchval("SELECT count(*) FROM votes") == 0
