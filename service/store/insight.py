"""How the work goes: what came in, what was decided and how soon, by hour and by article."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from moderation.database import Connection

# What a decision by a person waited for: it was held, or somebody reported it.
_DECIDED = """
    SELECT d.created_at, c.article_id, extract(epoch FROM d.created_at - coalesce(
               (SELECT max(h.created_at) FROM decisions h WHERE h.site_id = $1 AND h.comment_id = d.comment_id
                AND h.id < d.id AND h.to_status = 'held'),
               (SELECT min(p.created_at) FROM reports p WHERE p.site_id = $1 AND p.comment_id = d.comment_id
                AND p.settled_by = d.id)))::float8 AS waited_s
    FROM decisions d JOIN comments c ON c.site_id = $1 AND c.id = d.comment_id
    WHERE d.site_id = $1 AND d.actor = 'staff' AND d.undoes IS NULL AND d.created_at >= $2"""
_HELD = """
    SELECT d.created_at, c.article_id, d.to_status FROM decisions d JOIN comments c ON c.site_id = $1 AND c.id = d.comment_id
    WHERE d.site_id = $1 AND d.to_status <> 'published' AND d.actor = 'machine' AND d.from_status = 'pending'
      AND d.created_at >= $2"""
_TIMES = """percentile_cont(0.5) WITHIN GROUP (ORDER BY waited_s) AS median_s,
            percentile_cont(0.95) WITHIN GROUP (ORDER BY waited_s) AS p95_s"""

# $1 the site, $2 from when on.
HOURS = f"""
    WITH hours AS (SELECT generate_series(date_trunc('hour', $2::timestamptz), now(), interval '1 hour') AS at),
    came AS (SELECT date_trunc('hour', created_at) AS at, count(*) AS inbound FROM comments
             WHERE site_id = $1 AND created_at >= $2 GROUP BY 1),
    machine AS (SELECT date_trunc('hour', created_at) AS at, count(*) FILTER (WHERE to_status = 'held') AS held,
                       count(*) FILTER (WHERE to_status = 'rejected') AS rejected FROM ({_HELD}) h GROUP BY 1),
    people AS (SELECT date_trunc('hour', created_at) AS at, count(*) AS decided, {_TIMES} FROM ({_DECIDED}) d GROUP BY 1)
    SELECT h.at, coalesce(c.inbound, 0) AS inbound, coalesce(m.held, 0) AS held, coalesce(m.rejected, 0) AS rejected,
           coalesce(p.decided, 0) AS decided, p.median_s, p.p95_s
    FROM hours h LEFT JOIN came c USING (at) LEFT JOIN machine m USING (at) LEFT JOIN people p USING (at) ORDER BY h.at"""
TOTAL = f"SELECT count(*) AS decided, {_TIMES} FROM ({_DECIDED}) d"
ARTICLES = f"""
    SELECT a.key, a.title, a.url, n.inbound, n.held, n.decided FROM (
        SELECT article_id, sum(inbound)::bigint AS inbound, sum(held)::bigint AS held, sum(decided)::bigint AS decided FROM (
            SELECT article_id, 1 AS inbound, 0 AS held, 0 AS decided FROM comments WHERE site_id = $1 AND created_at >= $2
            UNION ALL SELECT article_id, 0, (to_status = 'held')::int, 0 FROM ({_HELD}) h
            UNION ALL SELECT article_id, 0, 0, 1 FROM ({_DECIDED}) d) one
        GROUP BY article_id ORDER BY 3 DESC, 2 DESC, 1 LIMIT $3) n
    JOIN articles a ON a.site_id = $1 AND a.id = n.article_id ORDER BY n.held DESC, n.inbound DESC, a.id"""


# $1 the site, $2 from when on: those asked to put it differently, by what they did (asked: nothing) and what came of it.
NUDGES = """
    SELECT nudge AS answer, status, count(*) AS comments FROM comments
    WHERE site_id = $1 AND created_at >= $2 AND nudge IN ('asked', 'rephrased', 'sent')
    GROUP BY nudge, status ORDER BY nudge, status"""


@dataclass(frozen=True, slots=True)
class Insight:
    """The hours, oldest first; the articles with most held; people's decisions over all, times in seconds."""

    hours: Sequence[dict[str, Any]]
    articles: Sequence[dict[str, Any]]
    decided: int
    median_s: float | None
    p95_s: float | None
    nudges: Sequence[dict[str, Any]]


async def read_insight(conn: Connection, site_id: int, since: datetime, *, articles: int) -> Insight:
    """All of it since a moment."""
    hours = await conn.fetch(HOURS, site_id, since)
    busiest = await conn.fetch(ARTICLES, site_id, since, articles)
    total = await conn.fetchrow(TOTAL, site_id, since)
    assert total is not None
    return Insight(
        [dict(hour) for hour in hours],
        [dict(article) for article in busiest],
        total["decided"],
        total["median_s"],
        total["p95_s"],
        [dict(row) for row in await conn.fetch(NUDGES, site_id, since)],
    )
