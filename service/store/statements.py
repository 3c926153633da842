"""Decisions that kept a comment from readers, with what a statement of reasons says about them: never a text or a name."""

from dataclasses import dataclass
from datetime import date, datetime

import asyncpg

from moderation.database import Connection
from moderation.statuses import Actor, Status

Place = tuple[datetime, int]


@dataclass(frozen=True, slots=True)
class Restriction:
    """A decision that took a comment down or kept it from appearing, and was not taken back."""

    id: int
    at: datetime
    written_on: date
    to_status: Status
    was_up: bool
    actor: Actor
    # Reason codes, as stored.
    reasons: tuple[str, ...]
    # A machine decided, or put it before people, because of what it found in this very text.
    detected: bool
    # Reasons of the readers' reports that the decision dealt with.
    reported_for: tuple[str, ...]


_RESTRICTION = """
    SELECT d.id, d.created_at, c.created_at::date AS written_on, d.to_status, d.from_status = 'published' AS was_up,
           d.actor, jsonb_path_query_array(d.reasons, '$[*].code') AS reasons,
           d.actor = 'machine' OR EXISTS (
               SELECT FROM decisions m WHERE m.site_id = $1 AND m.comment_id = d.comment_id AND m.revision = d.revision
               AND m.id < d.id AND m.actor = 'machine' AND m.to_status <> 'published') AS detected,
           ARRAY(SELECT DISTINCT p.reason FROM reports p WHERE p.site_id = $1 AND p.comment_id = d.comment_id
                 AND p.settled_by = d.id ORDER BY p.reason) AS reported_for
    FROM decisions d JOIN comments c ON c.site_id = $1 AND c.id = d.comment_id
    WHERE d.site_id = $1 AND d.to_status <> 'published'
      AND (d.to_status = 'rejected' OR (d.to_status = 'held' AND d.from_status = 'published'))
      AND d.actor IN ('machine', 'staff') AND d.undoes IS NULL"""

# $1 the site, $2 and $3 the days (both included), $4 and $5 the place, $6 how many. To uphold one on appeal is no new one.
RESTRICTIONS = f"""{_RESTRICTION} AND d.created_at >= $2::date AND d.created_at < $3::date + 1
      AND (d.created_at, d.id) > ($4, $5) AND NOT (d.appeal_id IS NOT NULL AND d.from_status = 'rejected')
      AND NOT EXISTS (SELECT FROM decisions u WHERE u.site_id = $1 AND u.comment_id = d.comment_id AND u.undoes = d.id)
    ORDER BY d.created_at, d.id LIMIT $6"""


async def read_restriction(conn: Connection, site_id: int, decision_id: int) -> Restriction | None:
    """One decision, if it kept a comment from readers."""
    row = await conn.fetchrow(f"{_RESTRICTION} AND d.id = $2", site_id, decision_id)
    return _restriction(row) if row else None


async def read_restriction_of(conn: Connection, site_id: int, comment_id: int) -> Restriction | None:
    """The last decision that keeps a comment from readers now; None while it is up, gone, or was never judged."""
    decision_id = await conn.fetchval(
        """SELECT max(d.id) FROM decisions d JOIN comments c ON c.site_id = $1 AND c.id = d.comment_id
           WHERE d.site_id = $1 AND d.comment_id = $2 AND d.to_status = c.status AND c.status IN ('held', 'rejected')
             AND d.actor IN ('machine', 'staff') AND (c.status = 'rejected' OR d.from_status = 'published')""",
        site_id,
        comment_id,
    )
    return None if decision_id is None else await read_restriction(conn, site_id, decision_id)


async def read_restrictions(
    conn: Connection, site_id: int, *, since: date, until: date, after: Place, limit: int
) -> list[Restriction]:
    """Up to `limit` restrictions of these days, oldest first, from after the place (created_at, id)."""
    rows = await conn.fetch(RESTRICTIONS, site_id, since, until, *after, limit)
    return [_restriction(row) for row in rows]


def _restriction(row: asyncpg.Record) -> Restriction:
    return Restriction(
        id=row["id"],
        at=row["created_at"],
        written_on=row["written_on"],
        to_status=Status(row["to_status"]),
        was_up=row["was_up"],
        actor=Actor(row["actor"]),
        reasons=tuple(row["reasons"]),
        detected=row["detected"],
        reported_for=tuple(row["reported_for"]),
    )
