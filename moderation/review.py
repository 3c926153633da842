"""The people's half of the queue: claims of what waits for review, and how much waits.

Items are named by their comment; how claims are kept and given back stands in leases.py.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from moderation import urgency
from moderation.database import Connection
from moderation.leases import claimant
from moderation.queue import REVIEW_LEASE_S
from moderation.views import CONDITIONS, EVERYTHING, ORDERS, Selection, View


@dataclass(frozen=True, slots=True)
class Counts:
    """What waits on one site: for people (`waiting`; the views overlap), for the classifier (pending)."""

    waiting: int
    held: int
    reported: int
    unscored: int
    new_readers: int
    second: int
    escalated: int
    pending: int
    oldest_held_at: datetime | None


def claim_query(selection: Selection) -> str:
    """$1 the site, $2 who signs, $3 how many, $4 for how many seconds, $5 whose id that is: what they proposed is not for them."""
    order = ORDERS[selection.order]
    return f"""
        WITH picked AS (
            SELECT q.id FROM queue q JOIN comments c ON c.site_id = $1 AND c.id = q.comment_id
            WHERE q.site_id = $1 AND q.lane = 'review' AND q.ready_at <= now() AND {selection.condition}
              AND (q.stage <> 'second' OR (SELECT h.staff_id FROM handovers h WHERE h.site_id = $1 AND h.id = q.handover_id) <> $5)
            ORDER BY {order} LIMIT $3 FOR UPDATE OF q SKIP LOCKED
        ), claimed AS (
            UPDATE queue q SET claimed_by = $2, ready_at = now() + make_interval(secs => $4), attempts = attempts + 1
            FROM picked WHERE q.id = picked.id RETURNING q.id, q.comment_id, q.urgency
        )
        SELECT comment_id FROM claimed q ORDER BY {order}"""


async def claim_next(
    conn: Connection,
    site_id: int,
    staff_id: int,
    *,
    limit: int,
    selection: Selection = EVERYTHING,
    lead: bool = False,
) -> list[int]:
    """Claim up to `limit` items that nobody has, in the selection's order; returns their comments' ids in that order.

    A lead who asks for anything gets what was escalated first; nobody else gets that.
    """
    if selection.view is View.ESCALATED and not lead:
        return []
    if lead and selection.view is View.ALL:
        escalated = replace(selection, view=View.ESCALATED)
        first = await claim_next(conn, site_id, staff_id, limit=limit, selection=escalated, lead=True)
        if first:
            return first
    rows = await conn.fetch(
        claim_query(selection),
        site_id,
        claimant(staff_id),
        limit,
        REVIEW_LEASE_S,
        staff_id,
    )
    return [row["comment_id"] for row in rows]


async def claim_named(
    conn: Connection, site_id: int, staff_id: int, comment_ids: Sequence[int], *, lead: bool = False
) -> list[int]:
    """Claim these items, or renew those one has; returns the ids of those that nobody else has. What was escalated is for leads."""
    rows = await conn.fetch(
        """WITH picked AS (
               SELECT id FROM queue WHERE site_id = $1 AND lane = 'review' AND comment_id = ANY($3)
                   AND (ready_at <= now() OR claimed_by = $2) AND (stage <> 'lead' OR $5)
               ORDER BY id FOR UPDATE
           ), claimed AS (
               UPDATE queue q SET claimed_by = $2, ready_at = now() + make_interval(secs => $4),
                   attempts = attempts + CASE WHEN claimed_by = $2 THEN 0 ELSE 1 END
               FROM picked WHERE q.id = picked.id RETURNING q.id, q.comment_id, q.urgency
           )
           SELECT comment_id FROM claimed ORDER BY urgency DESC, id""",
        site_id,
        claimant(staff_id),
        list(comment_ids),
        REVIEW_LEASE_S,
        lead,
    )
    return [row["comment_id"] for row in rows]


def _count(view: View) -> str:
    return f"(SELECT count(*) FROM queue q WHERE q.site_id = $1 AND q.lane = 'review' AND {CONDITIONS[view]})"


# What waits is held, unless readers reported it and it is up: so only the reported are looked up among the comments.
_COUNTS = f"""
    SELECT waiting, waiting - up AS held, reported, unscored, new_readers, second, escalated, pending, oldest_held_at FROM (SELECT
        {_count(View.ALL)} AS waiting, {_count(View.REPORTED)} AS reported, {_count(View.UNSCORED)} AS unscored,
        {_count(View.NEW_READERS)} AS new_readers, {_count(View.SECOND)} AS second, {_count(View.ESCALATED)} AS escalated,
        (SELECT count(*) FROM queue q JOIN comments c ON c.site_id = $1 AND c.id = q.comment_id
         WHERE q.site_id = $1 AND q.lane = 'review' AND {CONDITIONS[View.REPORTED]} AND c.status <> 'held') AS up,
        (SELECT count(*) FROM queue q JOIN comments c ON c.site_id = $1 AND c.id = q.comment_id
         WHERE q.site_id = $1 AND q.lane = 'score' AND c.status = 'pending') AS pending,
        (SELECT q.queued_at FROM queue q JOIN comments c ON c.site_id = $1 AND c.id = q.comment_id
         WHERE q.site_id = $1 AND q.lane = 'review' AND {CONDITIONS[View.HELD]} ORDER BY q.id LIMIT 1) AS oldest_held_at) n"""


async def counts(conn: Connection, site_id: int) -> Counts:
    """How much waits on a site. Counts index entries of the site's part of the queue."""
    row = await conn.fetchrow(_COUNTS, site_id)
    assert row is not None
    return Counts(**row)


async def requeue(
    conn: Connection, site_id: int, comment_id: int, *, reasons: Sequence[dict[str, object]], priority: float
) -> None:
    """Put a comment before people (again), or add to the reasons why it is there."""
    await conn.execute(
        """INSERT INTO queue (site_id, comment_id, lane, reasons, priority) VALUES ($1, $2, 'review', $3, $4)
           ON CONFLICT ON CONSTRAINT queue_item_unique DO UPDATE
           SET priority = greatest(queue.priority, excluded.priority),
               reasons = CASE WHEN queue.reasons @> excluded.reasons THEN queue.reasons
                              ELSE queue.reasons || excluded.reasons END""",
        site_id,
        comment_id,
        list(reasons),
        priority,
    )
    await urgency.rank(conn, [(site_id, comment_id)])
