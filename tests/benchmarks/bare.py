"""The reference for whatever ends in the database: the bare statement, through as many connections as the service has."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

import uvloop

from moderation.database import Connection, open_pool
from service.settings import Settings

# The service's own number of connections.
POOL_SIZE: int = Settings.model_fields["pool_size"].default

Work = Callable[[Connection, Any], Awaitable[object]]


def bare_rate(dsn: str, work: Work, items: Sequence[Any], tasks: int, seconds: float) -> float:
    """How often a second `work` is done on a connection, each time for the next of `items`, by as many tasks at once."""
    return uvloop.run(_rate(dsn, work, items, tasks, seconds))


async def _rate(dsn: str, work: Work, items: Sequence[Any], tasks: int, seconds: float) -> float:
    source = iter(items)
    done = 0
    async with open_pool(dsn, size=POOL_SIZE, name="parley-bare") as pool:
        deadline = time.perf_counter() + seconds

        async def one() -> None:
            nonlocal done
            while time.perf_counter() < deadline:
                item = next(source, None)
                if item is None:
                    return
                async with pool.acquire() as conn:
                    await work(conn, item)
                done += 1

        started = time.perf_counter()
        await asyncio.gather(*(one() for _ in range(tasks)))
        return done / (time.perf_counter() - started)
