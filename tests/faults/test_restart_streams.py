"""Fault 15: five hundred readers follow an article across restarts. By the events' numbers nothing is missing or doubled."""

import asyncio
import contextlib
import resource
from typing import Any

import aiohttp

from tests.faults.checker import violations
from tests.faults.conftest import Start
from tests.faults.history import History
from tests.faults.writers import Writer
from tests.processes import Part, until, until_ready

FOLLOWERS = 500
_RETRY_S = 0.05
# How far the writer may be ahead of what readers have seen; a client that missed 200 is told to load the page anew.
_AHEAD = 20


class Follower:
    """A reader's browser: an event stream that is opened again, from the last event on, whenever it ends."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._last = 0
        # The numbers of the events, in the order in which they came, and the streams that ended.
        self.seen: list[int] = []
        self.resyncs = 0
        self.ended = 0

    async def follow(self) -> None:
        """Until cancelled."""
        while True:
            with contextlib.suppress(OSError, asyncio.IncompleteReadError):
                await self._stream()
            self.ended += 1
            await asyncio.sleep(_RETRY_S)

    def _take(self, number: int, name: bytes) -> None:
        self._last = number
        if name == b"resync":
            self.resyncs += 1
        else:
            self.seen.append(number)

    async def _stream(self) -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", self._port)
        try:
            writer.write(
                b"GET /api/v1/sites/demo/articles/story/events HTTP/1.1\r\nHost: x\r\n"
                b"Last-Event-ID: %d\r\n\r\n" % self._last
            )
            number, name = self._last, b""
            while line := await reader.readline():
                # Lines of the chunked transfer in between begin otherwise.
                if line.startswith(b"id: "):
                    number = int(line[4:])
                elif line.startswith(b"event: "):
                    name = line[7:].strip()
                elif line == b"\n" and name:
                    # An event counts when it is there as a whole.
                    self._take(number, name)
                    name = b""
        finally:
            writer.close()


async def test_nothing_is_missed_or_seen_twice(
    start: Start, database: str, onlooker: Any, port: int, url: str
) -> None:
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(hard, 4096), hard))
    history = History()
    followers = [Follower(port) for _ in range(FOLLOWERS)]
    service = start("serve", database_url=database, port=port)
    await until_ready(service, url)
    start("moderate", database_url=database)
    async with asyncio.TaskGroup() as tasks:
        following = [tasks.create_task(follower.follow()) for follower in followers]
        enough = asyncio.Event()
        publishing = tasks.create_task(publish(url, history, followers[0], enough))
        await until(lambda: everybody_is_there(url), what="all following")
        for end in (Part.terminate, Part.kill):
            before = [(follower.ended, len(follower.seen)) for follower in followers]
            end(service)
            await service.ended()
            service = start("serve", database_url=database, port=port)

            async def all_went_on(before: list[tuple[int, int]] = before) -> bool:
                return all(
                    one.ended > ended and len(one.seen) > seen
                    for one, (ended, seen) in zip(followers, before, strict=True)
                )

            await until(all_went_on, what="all following the next process")
        enough.set()
        await publishing

        async def all_up_to_date() -> bool:
            version = await onlooker.fetchval("SELECT version FROM articles")
            pending = await onlooker.fetchval("SELECT count(*) FROM comments WHERE status = 'pending'")
            return pending == 0 and all(len(follower.seen) >= version for follower in followers)

        await until(all_up_to_date, what="all up to date")
        for task in following:
            task.cancel()

    told = list(range(1, await onlooker.fetchval("SELECT version FROM articles") + 1))
    assert [follower.resyncs for follower in followers] == [0] * FOLLOWERS
    wrong = {tuple(follower.seen) for follower in followers if follower.seen != told}
    assert not wrong, (told[-1], wrong)
    assert len(told) > 2
    assert await violations(onlooker, history) == []


async def publish(url: str, history: History, first: Follower, enough: asyncio.Event) -> None:
    """Post, whatever happens to the service, but not faster than it is read."""
    async with Writer(url, history) as writer:
        while not enough.is_set():
            await writer.post(f"Remark {len(history.writes)}")

            async def read() -> bool:
                return len(first.seen) >= len(history.writes) - _AHEAD

            await until(read, what="what was posted is read")


async def everybody_is_there(url: str) -> bool:
    async with aiohttp.ClientSession() as http, http.get(f"{url}/metrics") as answer:
        return f"parley_live_clients {float(FOLLOWERS)}" in (await answer.text()).splitlines()
