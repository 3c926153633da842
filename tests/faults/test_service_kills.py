"""Fault 2: the service is killed in the middle of POSTs. A retry under the same key leaves one comment."""

import asyncio
from typing import Any

from tests.faults.checker import violations
from tests.faults.conftest import Start
from tests.faults.history import History, Outcome
from tests.faults.locks import locked, until_waiting
from tests.faults.writers import Writer, Writers
from tests.processes import until, until_ready

KILLS = 5


async def test_writers_lose_and_double_nothing_when_the_service_is_killed(
    start: Start, database: str, onlooker: Any, port: int, url: str
) -> None:
    history = History()
    service = start("serve", database_url=database, port=port)
    await until_ready(service, url)
    async with Writers(url, history) as writers:
        for _ in range(KILLS):
            await writers.progress()
            await writers.until_in_flight(4)
            service.kill()
            service = start("serve", database_url=database, port=port)
            await writers.progress()

    assert await violations(onlooker, history) == []
    assert all(write.outcome is Outcome.OK for write in history.writes)
    assert any(write.attempts > 1 for write in history.writes), "no kill was felt by any writer"


async def test_a_comment_that_was_stored_but_never_acknowledged_is_found_by_its_key(
    start: Start, database: str, onlooker: Any, port: int, url: str
) -> None:
    """The statement reaches the database, the service dies, the statement is done all the same."""
    history = History()
    service = start("serve", database_url=database, port=port)
    await until_ready(service, url)
    async with Writer(url, history) as writer:
        await writer.post("The first makes the article.")
        # A row's lock stops the statement while it runs; a table's would stop it before, where it is only parsed.
        async with locked(database, "SELECT FROM readers FOR UPDATE"):
            posting = asyncio.create_task(writer.post("Stored once."))
            await until_waiting(onlooker, "parley-serve")
            service.kill()

        async def stored() -> bool:
            return bool(await onlooker.fetchval("SELECT count(*) FROM comments WHERE body = 'Stored once.'"))

        await until(stored, what="the orphaned statement done")
        await until_ready(start("serve", database_url=database, port=port), url)
        write = await posting

    assert (write.outcome, len(write.ids)) == (Outcome.OK, 1)
    assert write.attempts > 1
    assert await violations(onlooker, history) == []
