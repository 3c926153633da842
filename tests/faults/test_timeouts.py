"""Fault 9: locks that are held and queries that take too long end by a time-out, with an error that says so."""

import asyncio
from typing import Any

import asyncpg
import pytest

from moderation.database import DATABASE_DOWN, open_pool
from service.problems import CODES
from tests.conftest import Api
from tests.faults.checker import violations
from tests.faults.conftest import Start
from tests.faults.history import History
from tests.faults.locks import locked, until_waiting, waiting
from tests.faults.writers import Writer
from tests.processes import until, until_ready


async def test_a_call_that_waits_for_a_lock_is_answered_by_503_and_its_statement_ends(
    api: Api, database: str, onlooker: Any
) -> None:
    ann = await api.guest("Ann")
    posted = await ann.post("The first makes the article.")
    page = await api.call("GET", "/articles/story/comments")
    async with locked(database, "LOCK TABLE comments IN ACCESS EXCLUSIVE MODE"):
        calls = [
            ann.post("Held up", key="a-key-of-its-own"),
            ann.call("GET", f"/comments/{posted.body['id']}"),
            ann.call("DELETE", f"/comments/{posted.body['id']}"),
        ]
        for answer in await asyncio.gather(*calls):
            assert answer.status == 503
            assert answer.headers["Content-Type"].startswith("application/problem+json")
            assert int(answer.headers["Retry-After"]) > 0
            assert (answer.body["code"], answer.body["title"]) == ("unavailable", CODES["unavailable"][1])
        cached = await api.call("GET", "/articles/story/comments")
        assert (cached.status, cached.body) == (200, page.body), "cached pages go on"
        assert (await api.raw("GET", "/livez")).status == 200

        async def nobody_waits() -> bool:
            return not await waiting(onlooker, "parley-serve")

        await until(nobody_waits, what="the statements cancelled")

    again = await ann.post("Held up", key="a-key-of-its-own")
    assert again.status == 201, "the connections are good again"
    assert await onlooker.fetchval("SELECT count(*) FROM comments") == 2


@pytest.mark.parametrize(
    ("statement", "error"),
    [
        ("SELECT pg_sleep(600)", asyncpg.QueryCanceledError),
        ("LOCK TABLE comments IN ACCESS EXCLUSIVE MODE", asyncpg.LockNotAvailableError),
    ],
)
async def test_the_server_itself_ends_what_takes_too_long(
    database: str, onlooker: Any, statement: str, error: type[Exception]
) -> None:
    async with (
        open_pool(database, size=1, name="short", statement_timeout_s=0.5, lock_timeout_s=0.2) as pool,
        locked(database, "LOCK TABLE comments IN ACCESS SHARE MODE"),
    ):
        with pytest.raises(error) as raised:
            async with pool.acquire() as conn, conn.transaction():
                await conn.execute(statement)
        assert isinstance(raised.value, DATABASE_DOWN), "told as a database that does not answer"
        assert await pool.fetchval("SELECT 1") == 1, "the connection is good again"


async def test_a_worker_that_waits_for_a_lock_gives_up_and_decides_later(
    start: Start, database: str, onlooker: Any, port: int, url: str
) -> None:
    history = History()
    await until_ready(start("serve", database_url=database, port=port), url)
    async with Writer(url, history) as writer:
        await writer.post("Fine")
        async with locked(database, "SELECT FROM articles FOR NO KEY UPDATE"):
            worker = start("moderate", database_url=database, score_lease_s=600)
            await until_waiting(onlooker, "parley-moderate")

            async def timed_out() -> bool:
                worker.assert_runs()
                return "LockNotAvailableError" in worker.log.read_text()

            await until(timed_out, what="the worker's lock time-out")

    async def published() -> bool:
        return bool(await onlooker.fetchval("SELECT status = 'published' FROM comments"))

    await until(published, what="published")
    assert await onlooker.fetchval("SELECT count(*) FROM decisions") == 1
    assert await violations(onlooker, history) == []
