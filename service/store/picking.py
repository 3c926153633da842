"""Picking many items of the queue at once: how a label's scores are spread, a sample of a band, and the act on all of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import orjson

from moderation.database import Connection
from moderation.views import Selection

BINS = 20
# So many are decided by one act.
MOST = 10_000


@dataclass(frozen=True, slots=True)
class Band:
    """Scores of a label from `low` on, below `high`; up to the very top where `high` is 1."""

    label: str
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Pick:
    """An item as it was on the screen."""

    id: int
    revision: int
    status: str


@dataclass(frozen=True, slots=True)
class Spread:
    """How the scores of a label are spread over what waits: so many in each of BINS bins of the same width."""

    bins: list[int]
    labels: list[str]
    unscored: int


def _scored(selection: Selection) -> str:
    """Items that wait for anybody, each with its labels `l` (null if it was not scored); $1 the site."""
    return f"""
        FROM queue q JOIN comments c ON c.site_id = $1 AND c.id = q.comment_id
        LEFT JOIN LATERAL (SELECT s.labels FROM scores s WHERE s.site_id = $1 AND s.comment_id = c.id
                           AND s.revision = c.revision AND NOT s.shadow ORDER BY s.created_at DESC LIMIT 1) l ON true
        WHERE q.site_id = $1 AND q.lane = 'review' AND q.stage = 'first' AND {selection.condition}"""


def _in_band(selection: Selection) -> str:
    """$2 the label, $3 the lower bound, $4 the upper."""
    return f"""{_scored(selection)} AND (l.labels ->> $2)::float8 >= $3
        AND ((l.labels ->> $2)::float8 < $4 OR $4 >= 1)"""


async def spread(conn: Connection, site_id: int, label: str, selection: Selection) -> Spread:
    """How a label's scores are spread over a side of the queue, and which labels there are."""
    rows = await conn.fetch(
        f"""SELECT CASE WHEN l.labels ? $2
                        THEN least(floor((l.labels ->> $2)::float8 * {BINS}), {BINS - 1})::integer END AS bin, count(*)
            {_scored(selection)} GROUP BY 1""",
        site_id,
        label,
    )
    found = {row["bin"]: row["count"] for row in rows}
    labels = await conn.fetchval(
        f"""SELECT coalesce(array_agg(DISTINCT k ORDER BY k), '{{}}') FROM (SELECT l.labels {_scored(selection)} LIMIT 100) seen,
            jsonb_object_keys(seen.labels) k""",
        site_id,
    )
    return Spread([found.get(number, 0) for number in range(BINS)], list(labels), found.get(None, 0))


async def sample(conn: Connection, site_id: int, band: Band, selection: Selection, *, size: int) -> list[int]:
    """The comments of up to `size` items of a band, by chance."""
    rows = await conn.fetch(
        f"SELECT q.comment_id {_in_band(selection)} ORDER BY random() LIMIT $5",
        site_id,
        band.label,
        band.low,
        band.high,
        size,
    )
    return [row["comment_id"] for row in rows]


async def in_band(conn: Connection, site_id: int, band: Band, selection: Selection) -> list[Pick]:
    """All of a band as it now is, MOST at most."""
    rows = await conn.fetch(
        f"SELECT c.id, c.revision, c.status {_in_band(selection)} ORDER BY c.id DESC LIMIT {MOST}",
        site_id,
        band.label,
        band.low,
        band.high,
    )
    return [Pick(**row) for row in rows]


async def begin(
    conn: Connection,
    site_id: int,
    staff_id: int,
    picks: Sequence[Pick],
    *,
    action: str,
    reason: str | None,
    note: str | None,
    band: dict[str, Any] | None,
    key: str | None,
) -> int:
    """A new act on these comments; returns its id. The same key finds what it made."""
    ordered = sorted(picks, key=lambda pick: -pick.id)
    id_: int = await conn.fetchval(
        """WITH made AS (
               INSERT INTO batches (site_id, staff_id, action, reason, note, total, reached, comment_ids, revisions,
                                    statuses, band, idempotency_key)
               VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11::text::jsonb, $12)
               ON CONFLICT ON CONSTRAINT batches_idempotency_unique DO NOTHING RETURNING id)
           SELECT id FROM made UNION ALL
           SELECT id FROM batches WHERE site_id = $1 AND staff_id = $2 AND idempotency_key = $12""",
        site_id,
        staff_id,
        action,
        reason,
        note,
        len(ordered),
        ordered[0].id + 1 if ordered else 0,
        [pick.id for pick in ordered],
        [pick.revision for pick in ordered],
        [pick.status for pick in ordered],
        orjson.dumps(band).decode() if band else None,
        key,
    )
    return id_
