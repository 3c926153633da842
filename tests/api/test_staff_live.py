"""The console's live stream."""

import asyncio
import contextlib
from collections.abc import AsyncIterator

import orjson

from service.keys import LIVE
from tests.api.newsroom import Console, Newsroom

SITE = "/sites/demo"
Events = AsyncIterator[tuple[str, dict]]


@contextlib.asynccontextmanager
async def stream(console: Console) -> AsyncIterator[Events]:
    async with console.session.get(f"{console.base}/api/v1/staff{SITE}/events") as response:
        assert response.status == 200
        assert response.headers["Content-Type"].startswith("text/event-stream")

        async def events() -> Events:
            name = ""
            async for raw in response.content:
                field, _, value = raw.decode().strip().partition(": ")
                if field == "event":
                    name = value
                elif field == "data":
                    yield name, orjson.loads(value)

        yield events()


async def until(events: Events, wanted: str) -> dict:
    async with asyncio.timeout(10):
        async for name, data in events:
            if name == wanted:
                return data
    raise AssertionError("the stream ended")


async def test_counts_come_first_and_follow_what_changes(room: Newsroom) -> None:
    comment = await room.held()
    anna, ben = await room.console("anna"), await room.console("ben")
    async with stream(anna) as events:
        assert (await until(events, "counts"))["held"] == 1
        await ben.call("POST", f"{SITE}/queue/claims", {})
        claimed = await until(events, "item.claimed")
        assert (claimed["id"], claimed["by"]["name"]) == (str(comment), "Ben")
        await ben.call("PUT", f"{SITE}/queue/claims", {"ids": [str(comment)]})
        assert (await until(events, "item.claimed"))["id"] == str(comment)
        await ben.call("DELETE", f"{SITE}/queue/claims", {"ids": [str(comment)]})
        assert (await until(events, "item.released"))["id"] == str(comment)
        body = {"action": "publish", "revision": 1, "status": "held"}
        await ben.call("POST", f"{SITE}/comments/{comment}/decisions", body)
        decided = await until(events, "item.decided")
        assert (decided["id"], decided["by"]["name"]) == (str(comment), "Ben")
        assert (await until(events, "counts"))["held"] == 0


async def test_what_nobody_told_of_is_found_and_the_console_asks_anew(room: Newsroom, monkeypatch) -> None:
    monkeypatch.setattr("service.staff.streams._SLOW_S", 0.05)
    anna = await room.console("anna")
    async with stream(anna) as events:
        assert (await until(events, "counts"))["held"] == 0
        await room.held()
        await until(events, "resync")
        assert (await until(events, "counts"))["held"] == 1


async def test_the_stream_ends_with_the_session(room: Newsroom, monkeypatch) -> None:
    monkeypatch.setattr("service.staff.streams._SLOW_S", 0.05)
    anna = await room.console("anna")
    async with stream(anna) as events:
        await until(events, "counts")
        await room.pool.execute("DELETE FROM staff_sessions")
        async with asyncio.timeout(10):
            assert [name async for name, _ in events] == []
    assert room.app[LIVE].staff == {}


async def test_a_ticket_is_told_of(room: Newsroom) -> None:
    anna = await room.console("anna")
    async with stream(anna) as events:
        assert (await until(events, "counts"))["tickets_open"] == 0
        ticket = {"category": "other", "message": "Help."}
        async with anna.session.post(f"{room.base}/api/v1/sites/demo/tickets", json=ticket) as response:
            assert response.status == 201
        assert await until(events, "ticket.changed") == {"id": None, "by": None}
        assert (await until(events, "counts"))["tickets_open"] == 1


async def test_one_sites_events_are_not_anothers(room: Newsroom) -> None:
    other = await room.pool.fetchval("INSERT INTO sites (key, name) VALUES ('other', 'Other') RETURNING id")
    await room.hire("ben", "admin", site_id=other)
    ben = room.browser()
    await ben.sign_in("ben@example.org")
    anna = await room.console("anna")
    comment = await room.held()
    async with (
        ben.session.get(f"{room.base}/api/v1/staff/sites/other/events") as response,
        stream(anna) as events,
    ):
        await until(events, "counts")
        await anna.call("POST", f"{SITE}/queue/claims", {})
        await until(events, "item.claimed")
        await anna.call("DELETE", f"{SITE}/queue/claims", {"ids": [str(comment)]})
        await until(events, "item.released")
        heard = response.content.read_nowait()
    assert b"item." not in heard
    assert b"event: counts" in heard
