"""Votes and reports."""

import asyncio

import pytest

from moderation.database import Pool
from moderation.worker import Worker
from tests.conftest import Api, row


@pytest.fixture
async def comment(api: Api, worker: Worker) -> str:
    """A published comment's id."""
    posted = (await (await api.guest()).post("Text")).body["id"]
    await worker.run_once()
    return str(posted)


async def test_a_reader_has_one_vote_and_may_change_it(api: Api, comment: str) -> None:
    ann = await api.guest()
    path = f"/comments/{comment}/vote"

    assert (await ann.call("PUT", path, json={"value": 1})).body == {"votes": {"up": 1, "down": 0}, "own": 1}
    assert (await ann.call("PUT", path, json={"value": 1})).body == {"votes": {"up": 1, "down": 0}, "own": 1}
    assert (await ann.call("PUT", path, json={"value": -1})).body == {
        "votes": {"up": 0, "down": 1},
        "own": -1,
    }
    assert (await ann.call("GET", "/me/votes?article=story")).body == {"votes": {comment: -1}}
    assert (await ann.call("DELETE", path)).body == {"votes": {"up": 0, "down": 0}, "own": None}
    assert (await ann.call("PUT", path, json={"value": 2})).status == 422


async def test_many_votes_at_once_all_count(api: Api, comment: str, pool: Pool) -> None:
    guests = [await api.guest() for _ in range(12)]

    await asyncio.gather(
        *(guest.call("PUT", f"/comments/{comment}/vote", json={"value": 1}) for guest in guests)
    )

    assert (
        await pool.fetchval("SELECT up FROM comments")
        == 12
        == await pool.fetchval("SELECT count(*) FROM votes")
    )


async def test_reports_are_one_item_for_people_and_hide_nothing(api: Api, comment: str, pool: Pool) -> None:
    guests = [await api.guest() for _ in range(5)]
    for guest in (*guests, guests[0]):
        answer = await guest.call(
            "POST", f"/comments/{comment}/reports", json={"reason": "spam", "detail": "Ad"}
        )
        assert answer.status == 201

    assert await pool.fetchval("SELECT count(*) FROM reports") == 5
    item = await row(pool, "SELECT * FROM queue")
    assert (item["lane"], item["reasons"]) == ("review", [{"code": "reported"}])
    assert (await api.call("GET", f"/comments/{comment}")).body["status"] == "published"


async def test_only_what_is_up_can_be_voted_on_or_reported(api: Api) -> None:
    ann = await api.guest()
    pending = (await ann.post("Pending")).body["id"]

    for id_ in (pending, "999999", "x", "-1", "9" * 40):
        assert (await ann.call("PUT", f"/comments/{id_}/vote", json={"value": 1})).status == 404
        assert (await ann.call("POST", f"/comments/{id_}/reports", json={"reason": "spam"})).status == 404
