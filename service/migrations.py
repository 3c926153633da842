"""Taking the database to the newest schema, by the append-only steps in migrations/."""

import re
from dataclasses import dataclass
from pathlib import Path

import asyncpg
import structlog

_DIRECTORY = Path(__file__).parent / "schema" / "migrations"
_NAME = re.compile(r"^(\d{4})_(\w+)\.sql$")
_LOCK = 7220517
# A step that cannot have its locks soon lets the others go on and tries again.
_LOCK_TIMEOUT = "1s"
_TRIES = 30
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
    """Take every step not taken yet, each in a transaction of its own; returns those.

    Any number of processes may try at once. Raises asyncpg.PostgresError if a step fails; those before it stay.
    """
    conn = await asyncpg.connect(dsn)
    try:
        await conn.execute("SELECT pg_advisory_lock($1)", _LOCK)
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
    for attempt in range(1, _TRIES + 1):
        try:
            async with conn.transaction():
                await conn.execute(f"SET LOCAL lock_timeout = '{_LOCK_TIMEOUT}'")
                await conn.execute(step.sql)
                await conn.execute(
                    "INSERT INTO schema_migrations (version, name) VALUES ($1, $2)", step.version, step.name
                )
        except asyncpg.LockNotAvailableError:
            if attempt == _TRIES:
                raise
        else:
            return


async def _ensure_signing_key(conn: "asyncpg.Connection[asyncpg.Record]") -> None:
    """A database without a key to sign access tokens gets one. Two UUIDs hold 244 random bits, with no extension."""
    await conn.execute(
        """INSERT INTO signing_keys (secret)
           SELECT sha256(convert_to(gen_random_uuid()::text || gen_random_uuid()::text, 'UTF8'))
           WHERE NOT EXISTS (SELECT FROM signing_keys)"""
    )
