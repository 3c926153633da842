"""The one way to open connections: codecs, time-outs and planner settings that every process shares."""

from typing import Any, TypeAlias

import asyncpg
import orjson

Connection: TypeAlias = (
    "asyncpg.Connection[asyncpg.Record] | asyncpg.pool.PoolConnectionProxy[asyncpg.Record]"
)
Pool: TypeAlias = "asyncpg.Pool[asyncpg.Record]"


def _encode_json(value: Any) -> str:
    return orjson.dumps(value).decode()


async def _prepare(connection: "asyncpg.Connection[asyncpg.Record]") -> None:
    await connection.set_type_codec("jsonb", encoder=_encode_json, decoder=orjson.loads, schema="pg_catalog")


async def open_pool(
    dsn: str,
    *,
    size: int,
    name: str,
    statement_timeout_s: float = 10,
    lock_timeout_s: float = 3,
) -> Pool:
    """Open up to `size` connections to `dsn`, known to the server as `name`.

    A statement or a wait for a lock that takes longer than its time-out (seconds) is cancelled by the server, so that
    one stuck query cannot hold a connection for good.
    """
    settings = {
        "application_name": name,
        "statement_timeout": str(int(statement_timeout_s * 1000)),
        "lock_timeout": str(int(lock_timeout_s * 1000)),
        "idle_in_transaction_session_timeout": "15000",
        # Storage is rarely a spinning disk; at the default of 4 the planner walks the primary key to find a page.
        "random_page_cost": "1.1",
        # Dead peers (a cable pulled, a firewall that forgot) are noticed within ten seconds.
        "tcp_keepalives_idle": "3",
        "tcp_keepalives_interval": "2",
        "tcp_keepalives_count": "3",
        "jit": "off",
    }
    return await asyncpg.create_pool(
        dsn,
        min_size=1,
        max_size=size,
        init=_prepare,
        server_settings=settings,
        timeout=5,
        command_timeout=statement_timeout_s + 2,
    )
