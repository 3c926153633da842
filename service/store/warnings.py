"""Warnings: words to a reader that must be acknowledged before the next comment is taken."""

from dataclasses import dataclass
from datetime import datetime

import asyncpg

from moderation.database import Connection

# SQL for the oldest warning that the reader in `readers` w has not read; null if there is none. $1 is the site.
UNREAD = """(SELECT u.id FROM warnings u WHERE u.site_id = $1 AND u.reader_id = w.id
             AND u.acknowledged_at IS NULL AND u.withdrawn_at IS NULL ORDER BY u.id LIMIT 1)"""


@dataclass(frozen=True, slots=True)
class Warning_:  # noqa: N801 -- Warning is Python's own
    """A warning as its reader sees it."""

    id: int
    reason: str
    words: str | None
    created_at: datetime


async def warn(
    conn: Connection,
    site_id: int,
    reader_id: int,
    staff_id: int,
    *,
    reason: str,
    words: str | None,
    key: str | None,
) -> int:
    """Warn a reader, who exists; the same key finds the warning that it made."""
    id_: int | None = await conn.fetchval(
        """INSERT INTO warnings (site_id, reader_id, staff_id, reason, words, idempotency_key)
           VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT ON CONSTRAINT warnings_idempotency_unique DO NOTHING RETURNING id""",
        site_id,
        reader_id,
        staff_id,
        reason,
        words,
        key,
    )
    if id_ is None:
        id_ = await conn.fetchval(
            "SELECT id FROM warnings WHERE site_id = $1 AND staff_id = $2 AND idempotency_key = $3",
            site_id,
            staff_id,
            key,
        )
    assert id_ is not None
    return id_


async def withdraw(conn: Connection, site_id: int, warning_id: int, staff_id: int) -> int | None:
    """Take a warning back, read or not; whose it was, None if there is none to take back."""
    reader_id: int | None = await conn.fetchval(
        """UPDATE warnings SET withdrawn_at = now(), withdrawn_by = $3
           WHERE site_id = $1 AND id = $2 AND withdrawn_at IS NULL RETURNING reader_id""",
        site_id,
        warning_id,
        staff_id,
    )
    return reader_id


async def acknowledge(conn: Connection, site_id: int, reader_id: int, warning_id: int) -> bool:
    """The reader has read it; False if it is none of theirs. A second time changes nothing."""
    done: str = await conn.execute(
        """UPDATE warnings SET acknowledged_at = coalesce(acknowledged_at, now())
           WHERE site_id = $1 AND reader_id = $2 AND id = $3 AND withdrawn_at IS NULL""",
        site_id,
        reader_id,
        warning_id,
    )
    return done != "UPDATE 0"


async def unread(conn: Connection, site_id: int, reader_id: int) -> list[Warning_]:
    """What a reader still has to read, the oldest first."""
    rows: list[asyncpg.Record] = await conn.fetch(
        """SELECT id, reason, words, created_at FROM warnings
           WHERE site_id = $1 AND reader_id = $2 AND acknowledged_at IS NULL AND withdrawn_at IS NULL
           ORDER BY id LIMIT 20""",
        site_id,
        reader_id,
    )
    return [Warning_(row["id"], row["reason"], row["words"], row["created_at"]) for row in rows]
