"""Fault 4: SIGTERM under load. Whatever was sent before is answered, streams end, and the process exits."""

import asyncio
import contextlib
from typing import Any

import aiohttp
import pytest

from tests.faults.checker import violations
from tests.faults.conftest import Start
from tests.faults.history import History, Outcome
from tests.faults.locks import locked, until_waiting
from tests.faults.writers import Writer, Writers
from tests.processes import until_ready

EXITS_WITHIN_S = 20.0


async def test_requests_in_flight_are_answered_and_open_streams_end(
    start: Start, database: str, onlooker: Any, port: int, url: str
) -> None:
    """Six POSTs are held by a lock at the moment of the signal, a reader follows the article."""
    history = History()
    service = start("serve", database_url=database, port=port)
    await until_ready(service, url)
    async with (
        contextlib.AsyncExitStack() as stack,
        aiohttp.ClientSession() as http,
        http.get(f"{url}/api/v1/sites/demo/articles/story/events") as stream,
    ):
        writers = [await stack.enter_async_context(Writer(url, history)) for _ in range(6)]
        await writers[0].post("The first makes the article.")
        async with locked(database, "LOCK TABLE revisions IN EXCLUSIVE MODE"):
            posting = [asyncio.create_task(writer.post("In flight")) for writer in writers]
            await until_waiting(onlooker, "parley-serve", len(writers))
            service.terminate()
            # The end of the stream says that the service has begun to stop, with all six still open.
            await asyncio.wait_for(stream.read(), EXITS_WITHIN_S)
            await until_waiting(onlooker, "parley-serve", len(writers))
            with pytest.raises(aiohttp.ClientConnectorError):
                await http.get(f"{url}/livez")
        writes = await asyncio.gather(*posting)
        assert await service.ended(EXITS_WITHIN_S) == 0, service.words()

    assert [(write.outcome, write.attempts) for write in writes] == [(Outcome.OK, 1)] * len(writers)
    assert await violations(onlooker, history) == []


@pytest.mark.parametrize("command", ["serve", "serve --processes 2"])
async def test_under_load_every_request_sent_before_the_signal_is_answered(
    command: str, start: Start, database: str, onlooker: Any, port: int, url: str
) -> None:
    history = History()
    service = start(command, database_url=database, port=port)
    await until_ready(service, url)
    for _ in range(3):
        async with Writers(url, history) as writers:
            await writers.progress()
            in_flight = [(write, write.attempts) for write in await writers.until_in_flight(4)]
            service.terminate()
            assert await service.ended(EXITS_WITHIN_S) == 0, service.words()
            # Whatever was sent later finds the next process.
            service = start(command, database_url=database, port=port)
            await writers.progress()
        assert [write for write, attempts in in_flight if write.attempts != attempts] == [], "tried again"

    assert await violations(onlooker, history) == []
