"""What was laid on readers, as staff and the readers themselves read it; moderation/sanctions.py writes it."""

from dataclasses import dataclass
from datetime import datetime

from moderation.database import Connection

_MOST = 50

# JSON of the sanctions and warnings of the reader w on site $1, the newest first.
HISTORY = f"""(
    SELECT coalesce(json_agg(h.json ORDER BY h.at DESC, h.id DESC), '[]') FROM (
        SELECT l.* FROM (
            (SELECT x.created_at AS at, x.id, json_build_object(
                'id', x.id::text, 'kind', CASE x.to_sanction WHEN 'none' THEN 'lifted' ELSE x.to_sanction END,
                'at', x.created_at, 'until', x.until, 'reason', x.reason, 'words', x.note, 'by_appeal', x.appeal_id IS NOT NULL,
                'acknowledged_at', NULL, 'withdrawn_at', NULL,
                'staff', CASE WHEN s.id IS NOT NULL THEN json_build_object('id', s.id::text, 'name', s.name) END) AS json
             FROM sanctions x LEFT JOIN staff s ON s.id = x.staff_id
             WHERE x.site_id = $1 AND x.reader_id = w.id ORDER BY x.id DESC LIMIT {_MOST})
            UNION ALL
            (SELECT u.created_at, u.id, json_build_object(
                'id', u.id::text, 'kind', 'warned', 'at', u.created_at, 'until', NULL, 'reason', u.reason, 'words', u.words,
                'by_appeal', false, 'acknowledged_at', u.acknowledged_at, 'withdrawn_at', u.withdrawn_at,
                'staff', json_build_object('id', s.id::text, 'name', s.name))
             FROM warnings u JOIN staff s ON s.id = u.staff_id
             WHERE u.site_id = $1 AND u.reader_id = w.id ORDER BY u.id DESC LIMIT {_MOST})) l
        ORDER BY l.at DESC, l.id DESC LIMIT {_MOST}) h)"""


@dataclass(frozen=True, slots=True)
class Told:
    """Why a reader is under a sanction, as they may read it."""

    id: int
    reason: str | None
    words: str | None


async def last(conn: Connection, site_id: int, reader_id: int) -> Told | None:
    """What the reader was told when their sanction was laid on; None if that was not written down."""
    row = await conn.fetchrow(
        """SELECT id, reason, note FROM sanctions WHERE site_id = $1 AND reader_id = $2 AND to_sanction <> 'none'
           ORDER BY id DESC LIMIT 1""",
        site_id,
        reader_id,
    )
    return Told(row["id"], row["reason"], row["note"]) if row else None


@dataclass(frozen=True, slots=True)
class Standing:
    """A reader's sanction now, and who laid it on last."""

    sanction: str
    until: datetime | None
    by: str | None
    at: datetime | None


async def standing(conn: Connection, site_id: int, reader_id: int) -> Standing | None:
    """What a reader is under now, by the database's clock; None if there is no such reader."""
    row = await conn.fetchrow(
        """SELECT CASE WHEN w.sanctioned_until <= now() THEN 'none' ELSE w.sanction END AS sanction, w.sanctioned_until,
                  s.name, x.created_at
           FROM readers w
           LEFT JOIN LATERAL (SELECT staff_id, created_at FROM sanctions WHERE site_id = $1 AND reader_id = w.id
                              ORDER BY id DESC LIMIT 1) x ON true
           LEFT JOIN staff s ON s.id = x.staff_id WHERE w.site_id = $1 AND w.id = $2""",
        site_id,
        reader_id,
    )
    return Standing(row["sanction"], row["sanctioned_until"], row["name"], row["created_at"]) if row else None


async def made_under(conn: Connection, site_id: int, staff_id: int, key: str) -> int | None:
    """On whom the same idempotency key laid a sanction."""
    reader_id: int | None = await conn.fetchval(
        """SELECT reader_id FROM sanctions WHERE site_id = $1 AND staff_id = $2 AND idempotency_key = $3
           UNION ALL SELECT reader_id FROM warnings WHERE site_id = $1 AND staff_id = $2 AND idempotency_key = $3""",
        site_id,
        staff_id,
        key,
    )
    return reader_id


async def end_of(conn: Connection, hours: int) -> datetime:
    """The moment in so many hours, by the database's clock."""
    moment: datetime = await conn.fetchval("SELECT now() + make_interval(hours => $1)", hours)
    return moment


async def is_future(conn: Connection, moment: datetime) -> bool:
    """True if it has not come yet, by the database's clock."""
    return bool(await conn.fetchval("SELECT $1 > now()", moment))
