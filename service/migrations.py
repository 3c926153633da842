"""Taking the database to the newest schema, by the append-only steps in migrations/."""

import asyncio
import re
from dataclasses import dataclass
from pathlib import Path

import asyncpg
import structlog

_DIRECTORY = Path(__file__).parent / "schema" / "migrations"
_NAME = re.compile(r"^(\d{4})_(\w+)\.sql$")
_LOCK = 7220517
# A step that cannot have its locks soon lets the others, who queue behind it, go on, and tries again after a pause.
_LOCK_TIMEOUT = "500ms"
_PAUSE_S = 0.5
_TRIES = 60
# The first line of a step whose statements run one by one, each on its own, as CREATE INDEX CONCURRENTLY must. Whatever
# of it was done before it failed is done again, so each statement must bear that.
_ON_THEIR_OWN = "-- statement by statement"
_log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Step:
    """One file of migrations/."""

    version: int
    name: str
    sql: str


def steps() -> list[Step]:
    """All steps, in order."""
    found = []
    for path in sorted(_DIRECTORY.iterdir()):
        match = _NAME.match(path.name)
        if match:
            found.append(Step(int(match[1]), match[2], path.read_text(encoding="utf-8")))
    return found


async def migrate(dsn: str) -> list[Step]:
    """Take every step not taken yet, each in a transaction of its own, but for those that forbid it; returns those.

    Any number of processes may try at once. Raises asyncpg.PostgresError if a step fails; those before it stay.
    """
    conn = await asyncpg.connect(dsn, server_settings={"application_name": "parley-migrate"})
    try:
        # Asked for again and again: whoever waited within a statement would be waited for by an index that is built.
        while not await conn.fetchval("SELECT pg_try_advisory_lock($1)", _LOCK):  # noqa: ASYNC110
            await asyncio.sleep(_PAUSE_S)
        taken = []
        for step in await pending(conn):
            await _take(conn, step)
            taken.append(step)
            _log.info("migrated", version=step.version, name=step.name)
        await _ensure_signing_key(conn)
        return taken
    finally:
        await conn.close()


async def pending(conn: "asyncpg.Connection[asyncpg.Record]") -> list[Step]:
    """The steps that this database has not taken."""
    known = await conn.fetchval("SELECT to_regclass('schema_migrations') IS NOT NULL")
    done = (
        {row["version"] for row in await conn.fetch("SELECT version FROM schema_migrations")}
        if known
        else set()
    )
    return [step for step in steps() if step.version not in done]


async def _take(conn: "asyncpg.Connection[asyncpg.Record]", step: Step) -> None:
    if step.sql.startswith(_ON_THEIR_OWN):
        # These block nobody while they wait, and so may wait.
        for statement in step.sql.split(";\n"):
            if statement.strip():
                await conn.execute(statement)
        await _note(conn, step)
        return
    for attempt in range(1, _TRIES + 1):
        try:
            async with conn.transaction():
                await conn.execute(f"SET LOCAL lock_timeout = '{_LOCK_TIMEOUT}'")
                await conn.execute(step.sql)
                await _note(conn, step)
        except asyncpg.LockNotAvailableError:
            if attempt == _TRIES:
                raise
            _log.info("migration_waits", version=step.version, attempt=attempt)
            await asyncio.sleep(_PAUSE_S)
        else:
            return


async def _note(conn: "asyncpg.Connection[asyncpg.Record]", step: Step) -> None:
    await conn.execute(
        "INSERT INTO schema_migrations (version, name) VALUES ($1, $2)", step.version, step.name
    )


async def _ensure_signing_key(conn: "asyncpg.Connection[asyncpg.Record]") -> None:
    """A database without a key to sign access tokens gets one. Two UUIDs hold 244 random bits, with no extension."""
    await conn.execute(
        """INSERT INTO signing_keys (secret)
           SELECT sha256(convert_to(gen_random_uuid()::text || gen_random_uuid()::text, 'UTF8'))
           WHERE NOT EXISTS (SELECT FROM signing_keys)"""
    )
