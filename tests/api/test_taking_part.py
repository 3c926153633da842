"""Votes and reports."""

import asyncio

import pytest

from moderation.database import Pool
from moderation.worker import Worker
from service.keys import SITES
from tests.conftest import Api, Guest, row


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


async def test_a_site_says_how_readers_vote(api: Api, comment: str, pool: Pool) -> None:
    ann = await api.guest()
    path = f"/comments/{comment}/vote"
    allowed = {}
    for voting in ("both", "up", "off"):
        await pool.execute("UPDATE sites SET voting = $1", voting)
        api.client.server.app[SITES]._kept.clear()  # type: ignore[union-attr]
        assert (await api.call("GET", "/config")).body["voting"] == voting
        answers = [await ann.call("PUT", path, json={"value": value}) for value in (1, -1)]
        allowed[voting] = [answer.status for answer in answers]
        # What was voted before can always be withdrawn.
        assert (await ann.call("DELETE", path)).status == 200

    assert allowed == {"both": [200, 200], "up": [200, 403], "off": [403, 403]}


async def test_muting_is_ones_own_and_known_on_every_device(api: Api, other_site: int) -> None:
    ann, ben, eve = await api.guest("Ann"), await api.guest("Ben"), await Api(api.client, "other").guest()

    for _ in range(2):
        assert (await ann.call("PUT", f"/me/mutes/{ben.id}")).status == 204
    again = Guest(api, ann.id, ann.token, ann.refresh_token)
    assert (await again.call("GET", "/me/mutes")).body == {"muted": [{"id": ben.id, "name": "Ben"}]}
    assert (await ben.call("GET", "/me/mutes")).body == {"muted": []}
    assert (await ann.call("DELETE", f"/me/mutes/{ben.id}")).status == 204
    assert (await ann.call("GET", "/me/mutes")).body == {"muted": []}
    assert (await ann.call("PUT", f"/me/mutes/{ann.id}")).status == 403
    for unknown in (eve.id, "999999", "x"):
        assert (await ann.call("PUT", f"/me/mutes/{unknown}")).status == 404
    assert (await api.call("GET", "/me/mutes")).status == 401
