"""The appeals' lane of the queue: claimed with a lease like everything else, but never by those whom an appeal is against."""

from collections.abc import Sequence

from moderation.database import Connection
from moderation.leases import claimant
from moderation.queue import REVIEW_LEASE_S

# Whoever had a part in what is appealed does not see the item as one of theirs. $1 the site, $2 who signs, $3 whose id that is,
# $4 for how many seconds, $5 how many, $6 which appeals, or null for those that are due first.
CLAIM = """
    WITH picked AS (
        SELECT q.id, a.due_at FROM queue q JOIN appeals a ON a.site_id = $1 AND a.id = q.appeal_id
        WHERE q.site_id = $1 AND q.lane = 'appeal' AND $3 <> ALL (a.barred)
          AND (q.ready_at <= now() OR ($6::bigint[] IS NOT NULL AND q.claimed_by = $2))
          AND ($6::bigint[] IS NULL OR q.appeal_id = ANY ($6))
        ORDER BY a.due_at, a.id LIMIT $5 FOR UPDATE OF q SKIP LOCKED
    ), claimed AS (
        UPDATE queue q SET ready_at = now() + make_interval(secs => $4), claimed_by = $2,
            attempts = attempts + CASE WHEN claimed_by = $2 THEN 0 ELSE 1 END
        FROM picked WHERE q.id = picked.id RETURNING q.appeal_id, picked.due_at
    )
    SELECT appeal_id FROM claimed ORDER BY due_at, appeal_id"""


async def claim(
    conn: Connection, site_id: int, staff_id: int, *, limit: int, appeal_ids: Sequence[int] | None = None
) -> list[int]:
    """Claim up to `limit` appeals, those named or those that are due first; what others have is left out, and what is not for one."""
    rows = await conn.fetch(
        CLAIM,
        site_id,
        claimant(staff_id),
        staff_id,
        REVIEW_LEASE_S,
        limit,
        None if appeal_ids is None else list(appeal_ids),
    )
    return [row["appeal_id"] for row in rows]


async def count(conn: Connection, site_id: int) -> int:
    """How many appeals wait on a site."""
    waiting: int = await conn.fetchval(
        "SELECT count(*) FROM queue WHERE site_id = $1 AND lane = 'appeal'", site_id
    )
    return waiting
