"""Tickets by cause over time."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Literal

from moderation.database import Connection

NONE = "none"


async def by_cause(
    conn: Connection, site_id: int, since: datetime, step: Literal["hour", "day"]
) -> Sequence[dict[str, Any]]:
    """How many tickets came by step (UTC) and cause, oldest first; a step without any has one row of cause null.

    Spam is left out, and what was merged: its other half is counted.
    """
    rows = await conn.fetch(
        f"""SELECT s.at, CASE WHEN t.id IS NOT NULL THEN coalesce(t.cause, '{NONE}') END AS cause, count(t.id) AS tickets
            FROM generate_series(date_trunc($3, $2::timestamptz, 'UTC'), now(), ('1 ' || $3)::interval) AS s(at)
            LEFT JOIN tickets t ON t.site_id = $1 AND t.created_at >= s.at
                 AND t.created_at < s.at + ('1 ' || $3)::interval AND t.state NOT IN ('spam', 'merged')
            GROUP BY 1, 2 ORDER BY 1, 3 DESC, 2""",
        site_id,
        since,
        step,
    )
    return [dict(row) for row in rows]
