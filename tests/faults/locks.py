"""Locks that hold the service or the worker up at a chosen point, and a look at who waits for them."""

import contextlib
from collections.abc import AsyncIterator
from typing import Any

import asyncpg

from tests.processes import until


@contextlib.asynccontextmanager
async def locked(dsn: str, statement: str) -> AsyncIterator["asyncpg.Connection[Any]"]:
    """A transaction of another client, which has run `statement` and stays open until the block ends."""
    conn = await asyncpg.connect(dsn)
    try:
        async with conn.transaction():
            await conn.execute(statement)
            yield conn
    finally:
        await conn.close()


async def waiting(conn: "asyncpg.Connection[Any]", name: str) -> int:
    """How many statements of the client `name` wait for a lock."""
    count: int = await conn.fetchval(
        """SELECT count(*) FROM pg_stat_activity
           WHERE datname = current_database() AND application_name = $1 AND wait_event_type = 'Lock'""",
        name,
    )
    return count


async def until_waiting(conn: "asyncpg.Connection[Any]", name: str, count: int = 1) -> None:
    """Wait until `count` statements of the client `name` wait for a lock."""

    async def enough() -> bool:
        return await waiting(conn, name) >= count

    await until(enough, what=f"{count} of {name} waiting for a lock")
