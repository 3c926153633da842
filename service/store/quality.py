"""How good judgement is, by the machine's hand and by people's: from second looks, decisions and scores."""

from datetime import datetime
from typing import Any

from moderation.database import Connection

# Every query: $1 the site, $2 from when on.
_LOOKS = """
    SELECT s.stratum, s.language, d.to_status AS status, s.verdict, count(*) AS n
    FROM samples s JOIN decisions d ON d.site_id = $1 AND d.id = s.decision_id
    WHERE s.site_id = $1 AND s.verdict IS NOT NULL AND s.judged_at >= $2 GROUP BY 1, 2, 3, 4"""
# What people did with what the machine held for a label: rejecting it says that the machine was right.
_LABELS = """
    SELECT reason ->> 'label' AS label, count(*) AS n, count(*) FILTER (WHERE d.to_status = 'rejected') AS rejected
    FROM decisions d
    CROSS JOIN LATERAL (SELECT h.reasons FROM decisions h WHERE h.site_id = $1 AND h.comment_id = d.comment_id
                        AND h.id < d.id AND h.actor = 'machine' AND h.to_status = 'held' ORDER BY h.id DESC LIMIT 1) held
    CROSS JOIN LATERAL jsonb_array_elements(held.reasons) AS reason
    WHERE d.site_id = $1 AND d.actor = 'staff' AND d.created_at >= $2 AND d.undoes IS NULL AND d.from_status = 'held'
      AND d.to_status IN ('published', 'rejected') AND reason ->> 'code' = 'likely_toxic'
      AND NOT EXISTS (SELECT FROM decisions u WHERE u.site_id = $1 AND u.comment_id = d.comment_id AND u.undoes = d.id)
    GROUP BY 1 ORDER BY 2 DESC, 1"""
_DRIFT = """
    SELECT date_trunc('day', c.created_at) AS at, s.model, count(*) AS comments,
           percentile_cont(0.5) WITHIN GROUP (ORDER BY s.toxicity) AS median,
           percentile_cont(0.9) WITHIN GROUP (ORDER BY s.toxicity) AS p90,
           percentile_cont(0.99) WITHIN GROUP (ORDER BY s.toxicity) AS p99
    FROM comments c JOIN scores s ON s.site_id = $1 AND s.comment_id = c.id AND s.revision = 1 AND NOT s.shadow
    WHERE c.site_id = $1 AND c.created_at >= $2 GROUP BY 1, 2 ORDER BY 1, 2"""
_APPEALS = """
    SELECT count(*) FILTER (WHERE state = 'open') AS open,
           count(*) FILTER (WHERE state = 'open' AND due_at < now()) AS overdue,
           count(*) FILTER (WHERE state = 'upheld' AND decided_at >= $2) AS upheld,
           count(*) FILTER (WHERE state = 'overturned' AND decided_at >= $2) AS overturned,
           extract(epoch FROM percentile_cont(0.5) WITHIN GROUP (ORDER BY decided_at - created_at)
                              FILTER (WHERE decided_at >= $2))::float8 AS median_s
    FROM appeals WHERE site_id = $1 AND (state = 'open' OR decided_at >= $2)"""
_MINE = """
    SELECT count(*) FILTER (WHERE d.undoes IS NULL) AS decided,
           count(*) FILTER (WHERE d.undoes IS NULL AND d.to_status = 'rejected') AS rejected,
           count(*) FILTER (WHERE u.staff_id = $3) AS undone_by_me,
           count(*) FILTER (WHERE u.staff_id <> $3) AS undone_by_others
    FROM decisions d
    LEFT JOIN LATERAL (SELECT staff_id FROM decisions u WHERE u.site_id = $1 AND u.comment_id = d.comment_id
                       AND u.undoes = d.id LIMIT 1) u ON true
    WHERE d.site_id = $1 AND d.actor = 'staff' AND d.created_at >= $2 AND d.staff_id = $3"""
_MY_LOOKS = """
    SELECT count(*) FILTER (WHERE s.judged_by = $3) AS judged,
           count(*) FILTER (WHERE d.staff_id = $3 AND s.verdict <> 'unsure') AS looked_at,
           count(*) FILTER (WHERE d.staff_id = $3 AND s.verdict = d.to_status) AS agreed
    FROM samples s JOIN decisions d ON d.site_id = $1 AND d.id = s.decision_id
    WHERE s.site_id = $1 AND s.verdict IS NOT NULL AND s.judged_at >= $2"""


async def read_looks(conn: Connection, site_id: int, since: datetime) -> list[dict[str, Any]]:
    """Second looks, counted by `stratum`, `language`, `status` (the decision) and `verdict`."""
    return [dict(row) for row in await conn.fetch(_LOOKS, site_id, since)]


async def read_labels(conn: Connection, site_id: int, since: datetime) -> list[dict[str, Any]]:
    """Per label: how many that were held for it people decided on (`n`), and how many of them they rejected."""
    return [dict(row) for row in await conn.fetch(_LABELS, site_id, since)]


async def read_drift(conn: Connection, site_id: int, since: datetime) -> list[dict[str, Any]]:
    """Per day and model: how toxic comments were said to be."""
    return [dict(row) for row in await conn.fetch(_DRIFT, site_id, since)]


async def read_appeals(conn: Connection, site_id: int, since: datetime) -> dict[str, Any]:
    """Appeals: how many are open and overdue now, what came of those decided since, and how long half of them took."""
    row = await conn.fetchrow(_APPEALS, site_id, since)
    assert row is not None
    return dict(row)


async def read_mine(conn: Connection, site_id: int, since: datetime, staff_id: int) -> dict[str, Any]:
    """One person's own decisions and second looks."""
    made = await conn.fetchrow(_MINE, site_id, since, staff_id)
    looks = await conn.fetchrow(_MY_LOOKS, site_id, since, staff_id)
    assert made is not None
    assert looks is not None
    return {**made, **looks}
