"""Claims that people have on items of the queue, in whichever lane: kept, given back, and whose they are.

An item is named by what it is about: a comment in lane `review`, an appeal in lane `appeal`. A claim is a lease of
REVIEW_LEASE_S seconds by the database's clock; it may be renewed as long as nobody else took the item after it ran out.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from moderation.database import Connection
from moderation.queue import REVIEW_LEASE_S
from moderation.statuses import Lane

# The lane stands in the statements themselves: only so does the planner see which partial index has its items.
_ABOUT: Mapping[Lane, str] = {Lane.REVIEW: "comment_id", Lane.APPEAL: "appeal_id"}


@dataclass(frozen=True, slots=True)
class Holder:
    """Who has claimed an item, and until when."""

    staff_id: int
    name: str
    until: datetime


def claimant(staff_id: int) -> str:
    """How a member of staff signs a claim."""
    return f"staff:{staff_id}"


async def renew(
    conn: Connection, lane: Lane, site_id: int, staff_id: int, ids: Sequence[int]
) -> tuple[list[int], datetime | None]:
    """Start the lease of one's claims anew; returns the ids of those still held, and until when."""
    rows = await conn.fetch(
        f"""UPDATE queue SET ready_at = now() + make_interval(secs => $4)
            WHERE site_id = $1 AND lane = '{lane}' AND claimed_by = $2 AND {_ABOUT[lane]} = ANY($3)
            RETURNING {_ABOUT[lane]} AS id, ready_at""",
        site_id,
        claimant(staff_id),
        list(ids),
        REVIEW_LEASE_S,
    )
    return sorted(row["id"] for row in rows), rows[0]["ready_at"] if rows else None


async def release(conn: Connection, lane: Lane, site_id: int, staff_id: int, ids: Sequence[int]) -> list[int]:
    """Give one's claims back at once; returns the ids of those that were held."""
    rows = await conn.fetch(
        f"""UPDATE queue SET ready_at = now(), claimed_by = NULL
            WHERE site_id = $1 AND lane = '{lane}' AND claimed_by = $2 AND {_ABOUT[lane]} = ANY($3)
            RETURNING {_ABOUT[lane]} AS id""",
        site_id,
        claimant(staff_id),
        list(ids),
    )
    return sorted(row["id"] for row in rows)


async def holder(conn: Connection, lane: Lane, site_id: int, id_: int) -> Holder | None:
    """Who has the item now, if anybody."""
    row = await conn.fetchrow(
        f"""SELECT s.id, s.name, q.ready_at FROM queue q JOIN staff s ON q.claimed_by = 'staff:' || s.id
            WHERE q.site_id = $1 AND q.{_ABOUT[lane]} = $2 AND q.lane = '{lane}' AND q.ready_at > now()""",
        site_id,
        id_,
    )
    return Holder(row["id"], row["name"], row["ready_at"]) if row else None
