"""Strikes: a reader's comments that people rejected for a rule, lately.

Read from the decisions themselves, so that undoing one, or an appeal, takes its strike back.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from moderation.database import Connection
from moderation.reasons import HOUSE_RULES

_MOST = 50

STRIKES = f"""
    SELECT c.id AS comment_id, d.id, d.batch_id, d.created_at, d.reasons -> 0 ->> 'code' AS reason,
           d.created_at + make_interval(days => t.strike_days) AS expires_at
    FROM sites t JOIN comments c ON c.site_id = t.id
    JOIN LATERAL (SELECT * FROM decisions WHERE site_id = $1 AND comment_id = c.id ORDER BY id DESC LIMIT 1) d ON true
    WHERE t.id = $1 AND c.site_id = $1 AND c.reader_id = $2 AND c.status = 'rejected' AND d.actor = 'staff'
          AND d.created_at > now() - make_interval(days => t.strike_days) AND d.reasons -> 0 ->> 'code' = ANY($3)
    ORDER BY c.id DESC LIMIT {_MOST}"""


@dataclass(frozen=True, slots=True)
class Strike:
    """A comment that counts; all that one act rejected (`batch_id`) count as one."""

    comment_id: int
    decision_id: int
    batch_id: int | None
    reason: str
    created_at: datetime
    expires_at: datetime


async def read(conn: Connection, site_id: int, reader_id: int) -> list[Strike]:
    """A reader's strikes that have not run out, the newest first."""
    rows = await conn.fetch(STRIKES, site_id, reader_id, [str(rule) for rule in HOUSE_RULES])
    return [
        Strike(
            row["comment_id"],
            row["id"],
            row["batch_id"],
            row["reason"],
            row["created_at"],
            row["expires_at"],
        )
        for row in rows
    ]


def count(strikes: Sequence[Strike]) -> int:
    """How many there are; what was rejected in one act is one."""
    return len({("batch", s.batch_id) if s.batch_id is not None else ("one", s.decision_id) for s in strikes})


@dataclass(frozen=True, slots=True)
class Limit:
    """So many strikes within so many days suggest a sanction."""

    strikes: int
    days: int


async def limit(conn: Connection, site_id: int) -> Limit:
    """Where a site draws the line."""
    row = await conn.fetchrow("SELECT strikes, strike_days FROM sites WHERE id = $1", site_id)
    assert row is not None
    return Limit(row["strikes"], row["strike_days"])
