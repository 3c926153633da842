"""Live events: in order, without gaps, over reconnects."""

import asyncio
import contextlib
from collections.abc import AsyncIterator

import orjson
import pytest

from moderation.database import Pool
from moderation.worker import Worker
from service.keys import NOTIFIER
from tests.conftest import Api

Event = tuple[int | None, str, dict[str, object]]


@contextlib.asynccontextmanager
async def stream(
    api: Api, last: str | None = None, article: str = "story"
) -> AsyncIterator[AsyncIterator[Event]]:
    """An open event stream, parsed."""
    headers = {"Last-Event-ID": last} if last is not None else {}
    path = f"/api/v1/sites/demo/articles/{article}/events"
    async with api.client.get(path, headers=headers) as response:
        assert response.status == 200
        assert response.headers["Content-Type"].startswith("text/event-stream")
        # Pages of every origin may read along; without this only the service's own could.
        assert response.headers["Access-Control-Allow-Origin"] == "*"
        assert (await response.content.readline()).startswith(b": connected")

        async def events() -> AsyncIterator[Event]:
            seq, name = None, ""
            async for raw in response.content:
                field, _, value = raw.decode().strip().partition(": ")
                if field == "id":
                    seq = int(value)
                elif field == "event":
                    name = value
                elif field == "data":
                    yield seq, name, orjson.loads(value)
                    seq = None

        yield events()


@pytest.fixture
async def told(api: Api, worker: Worker, pool: Pool) -> AsyncIterator[Worker]:
    """The worker, whose news reach the service by NOTIFY as in production."""
    task = asyncio.create_task(worker._notifier.run())
    yield worker
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


async def test_published_comments_arrive_in_order(api: Api, told: Worker) -> None:
    guest = await api.guest("Ann")
    async with stream(api) as events:
        for number in range(5):
            await guest.post(f"Text {number}")
            await told.run_once()
        async with asyncio.timeout(10):
            seen = [await anext(events) for _ in range(5)]

    assert [(seq, name) for seq, name, _ in seen] == [(n, "comment.published") for n in range(1, 6)]
    assert [data["comment_count"] for _, _, data in seen][-1] == 5
    assert seen[0][2]["comment"]["html"] == "<p>Text 0</p>"  # type: ignore[index]


async def test_a_client_that_comes_back_misses_nothing_and_gets_nothing_twice(api: Api, told: Worker) -> None:
    guest = await api.guest()
    ids = [(await guest.post(f"Text {number}")).body["id"] for number in range(4)]
    while await told.run_once():
        pass
    await guest.call("DELETE", f"/comments/{ids[3]}")

    async with stream(api, last="2") as events, asyncio.timeout(10):
        seen = [await anext(events) for _ in range(3)]
        await guest.post("After")
        await told.run_once()
        seen.append(await anext(events))

    assert [seq for seq, _, _ in seen] == [3, 4, 5, 6]
    assert [name for _, name, _ in seen] == [
        "comment.published",
        "comment.removed",  # what has gone since is not told of again
        "comment.removed",
        "comment.published",
    ]
    assert ids[3] == seen[1][2]["id"]


async def test_one_that_was_away_too_long_is_told_to_ask_anew(api: Api, told: Worker, pool: Pool) -> None:
    guest = await api.guest()
    for number in range(3):
        await guest.post(f"Text {number}")
    await told.run_once()
    await pool.execute("DELETE FROM events WHERE seq < 3")

    for last in ("0", "1", "99"):
        async with stream(api, last=last) as events, asyncio.timeout(10):
            assert await anext(events) == (3, "resync", {})


async def test_an_article_can_be_followed_before_its_first_comment(api: Api, told: Worker) -> None:
    async with stream(api, article="fresh") as events:
        await (await api.guest()).post("First", article="fresh")
        await told.run_once()
        async with asyncio.timeout(10):
            assert (await anext(events))[:2] == (1, "comment.published")


async def test_deleting_tells_through_the_services_own_notifier(api: Api, told: Worker) -> None:
    guest = await api.guest()
    comment = (await guest.post("Text")).body["id"]
    await told.run_once()
    assert api.client.server.app[NOTIFIER]  # type: ignore[union-attr]

    async with stream(api, last="1") as events:
        await guest.call("DELETE", f"/comments/{comment}")
        async with asyncio.timeout(10):
            seq, name, data = await anext(events)

    assert (seq, name, data) == (2, "comment.removed", {"id": comment, "comment_count": 0})


@pytest.mark.parametrize("last", ["x", "-1", "1.5", "9" * 30])
async def test_foreign_event_ids_are_refused(api: Api, last: str) -> None:
    answer = await api.call("GET", "/articles/story/events", headers={"Last-Event-ID": last})

    assert (answer.status, answer.body["code"]) == (400, "malformed")
