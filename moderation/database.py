"""The one way to open connections: codecs, time-outs and planner settings that every process shares."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from typing import Any, TypeAlias

import asyncpg
import orjson

Connection: TypeAlias = (
    "asyncpg.Connection[asyncpg.Record] | asyncpg.pool.PoolConnectionProxy[asyncpg.Record]"
)
Pool: TypeAlias = "asyncpg.Pool[asyncpg.Record]"

# What a call raises when the database cannot be reached or does not answer in time; never what it raises for a
# statement that is wrong.
DATABASE_DOWN = (
    OSError,
    TimeoutError,
    asyncpg.InterfaceError,
    # Raised where a connection was lost while it lay idle in the pool.
    asyncpg.InternalClientError,
    asyncpg.PostgresConnectionError,
    asyncpg.OperatorInterventionError,
    asyncpg.InsufficientResourcesError,
    asyncpg.LockNotAvailableError,
)


def _encode_json(value: Any) -> str:
    return orjson.dumps(value).decode()


async def prepare(connection: "asyncpg.Connection[asyncpg.Record]") -> None:
    """Make a connection speak JSON as Python data."""
    await connection.set_type_codec("jsonb", encoder=_encode_json, decoder=orjson.loads, schema="pg_catalog")


async def _reset(_connection: object) -> None:
    """Nothing of a session outlives its use: no SET, LISTEN, advisory lock or cursor but within a transaction.

    asyncpg still rolls back what is open; its default would also send four statements after every use.
    """


@contextlib.asynccontextmanager
async def open_pool(
    dsn: str,
    *,
    size: int,
    name: str,
    statement_timeout_s: float = 10,
    lock_timeout_s: float = 3,
) -> AsyncIterator[Pool]:
    """Open up to `size` connections to `dsn`, known to the server as `name`.

    A statement or a wait for a lock that takes longer than its time-out (seconds) is cancelled by the server, so that
    one stuck query cannot hold a connection for good. At the end connections in use get five seconds, then are cut.
    """
    settings = {
        "application_name": name,
        "statement_timeout": str(int(statement_timeout_s * 1000)),
        "lock_timeout": str(int(lock_timeout_s * 1000)),
        "idle_in_transaction_session_timeout": "15000",
        # Storage is rarely a spinning disk; at the default of 4 the planner walks the primary key to find a page.
        "random_page_cost": "1.1",
        # Plans are kept per connection. One made while a table was small reads all of it, and goes on doing so while the
        # table grows, until the next ANALYZE (seen: 3 s for 200 events of a thread a minute old). Every query here has
        # an index to go by.
        "enable_seqscan": "off",
        # Dead peers (a cable pulled, a firewall that forgot) are noticed within ten seconds.
        "tcp_keepalives_idle": "3",
        "tcp_keepalives_interval": "2",
        "tcp_keepalives_count": "3",
        "jit": "off",
        "timezone": "UTC",
    }
    pool = await asyncpg.create_pool(
        dsn,
        min_size=1,
        max_size=size,
        init=prepare,
        reset=_reset,
        server_settings=settings,
        timeout=5,
        command_timeout=statement_timeout_s + 2,
    )
    try:
        yield pool
    finally:
        try:
            await asyncio.wait_for(pool.close(), 5)
        except (TimeoutError, *DATABASE_DOWN):
            pool.terminate()
