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


# What giving a connection back may cost whoever gives it, and how soon the server must have confirmed that a statement
# has ended. Half a second away that and rolling back take more than one second; to cut such connections would leave none
# on which statements are known already.
_MOMENT_S = 0.1
_CONFIRMED_WITHIN_S = 2.0


def _encode_json(value: Any) -> str:
    return orjson.dumps(value).decode()


async def prepare(connection: "asyncpg.Connection[asyncpg.Record]") -> None:
    """Make a connection speak JSON as Python data."""
    await connection.set_type_codec("jsonb", encoder=_encode_json, decoder=orjson.loads, schema="pg_catalog")


async def _reset(_connection: object) -> None:
    """Nothing of a session outlives its use: no SET, LISTEN, advisory lock or cursor but within a transaction.

    asyncpg still rolls back what is open; its default would also send four statements after every use.
    """


class _Connector:
    """Makes connections. One that its caller gives up meanwhile is made all the same, and is the next caller's.

    Far from the database making one takes longer than a request may, so that else none would ever be there.
    """

    def __init__(self) -> None:
        self._given_up: list[asyncio.Task[asyncpg.Connection[asyncpg.Record]]] = []

    async def __call__(self, *arguments: Any, **options: Any) -> "asyncpg.Connection[asyncpg.Record]":
        """A connection that speaks JSON."""
        making = (
            self._given_up.pop() if self._given_up else asyncio.create_task(self._make(*arguments, **options))
        )
        try:
            return await asyncio.shield(making)
        except asyncio.CancelledError:
            self._given_up.append(making)
            raise

    async def _make(self, *arguments: Any, **options: Any) -> "asyncpg.Connection[asyncpg.Record]":
        connection = await asyncpg.connect(*arguments, **options)
        try:
            await prepare(connection)
        except BaseException:
            connection.terminate()
            raise
        return connection

    def close(self) -> None:
        """Nobody will ask any more."""
        for making in self._given_up:
            if not making.done():
                making.cancel()
            elif not making.cancelled() and making.exception() is None:
                making.result().terminate()


class _Pool(asyncpg.Pool):  # type: ignore[misc]
    """A pool in which nobody waits for a connection whose other end has fallen silent.

    A statement that is given up leaves its connection of no use until the server says that it has ended. If the server
    does not say so soon, that connection is cut, and none of the others is used again either: what swallowed this one
    (a firewall that forgot, a machine that is gone) has most likely swallowed them.
    """

    async def release(self, connection: Any, *, timeout: float | None = None) -> None:  # noqa: ASYNC109
        """Give a connection back; what takes longer than a moment goes on without the caller."""
        letting_go = asyncio.create_task(self._let_go(connection, timeout or _CONFIRMED_WITHIN_S))
        letting_go.add_done_callback(_look_at)
        await asyncio.wait({letting_go}, timeout=_MOMENT_S)
        if letting_go.done():
            letting_go.result()

    async def _let_go(self, connection: Any, seconds: float) -> None:
        try:
            await super().release(connection, timeout=seconds)
        except TimeoutError:
            await self.expire_connections()


def _look_at(done: "asyncio.Task[None]") -> None:
    """Keep asyncio from complaining of an error that nobody waits for any more."""
    if not done.cancelled():
        done.exception()


@contextlib.asynccontextmanager
async def open_pool(
    dsn: str,
    *,
    size: int,
    name: str,
    statement_timeout_s: float = 6,
    lock_timeout_s: float = 3,
) -> AsyncIterator[Pool]:
    """Open up to `size` connections to `dsn`, known to the server as `name`.

    A statement or a wait for a lock that takes longer than its time-out (seconds) is cancelled by the server, so that
    one stuck query cannot hold a connection for good. A server that does not even do that is given up a second later.
    At the end connections in use get five seconds, then are cut.
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
        # A client that is gone without a word is noticed by the server, too, within ten seconds, and its locks go.
        "tcp_keepalives_idle": "3",
        "tcp_keepalives_interval": "2",
        "tcp_keepalives_count": "3",
        "tcp_user_timeout": "9000",
        "jit": "off",
        "timezone": "UTC",
    }
    connector = _Connector()
    pool = _Pool(
        dsn,
        min_size=1,
        max_size=size,
        max_queries=50_000,
        max_inactive_connection_lifetime=300.0,
        connection_class=asyncpg.Connection,
        record_class=asyncpg.Record,
        loop=asyncio.get_running_loop(),
        connect=connector,
        reset=_reset,
        server_settings=settings,
        timeout=5,
        command_timeout=statement_timeout_s + 1,
    )
    await pool
    try:
        yield pool
    finally:
        try:
            await asyncio.wait_for(pool.close(), 5)
        except (TimeoutError, *DATABASE_DOWN):
            pool.terminate()
        connector.close()
