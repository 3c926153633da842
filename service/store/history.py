"""The record of decisions as staff read it, and what else surrounds one comment."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import asyncpg
import orjson

from moderation.database import Connection
from moderation.statuses import Actor, Status
from moderation.urgency import REPORTER
from service.store.handovers import HANDOVERS
from service.store.queue import record


@dataclass(frozen=True, slots=True)
class Made:
    """A decision that was made, as far as undoing or repeating it goes."""

    id: int
    comment_id: int
    revision: int
    from_status: Status
    to_status: Status
    actor: Actor
    undoes: int | None
    appeal_id: int | None


_MADE = "SELECT id, comment_id, revision, from_status, to_status, actor, undoes, appeal_id FROM decisions WHERE site_id = $1"


def _made(row: asyncpg.Record | None) -> Made | None:
    if row is None:
        return None
    return Made(
        id=row["id"],
        comment_id=row["comment_id"],
        revision=row["revision"],
        from_status=Status(row["from_status"]),
        to_status=Status(row["to_status"]),
        actor=Actor(row["actor"]),
        undoes=row["undoes"],
        appeal_id=row["appeal_id"],
    )


async def find(conn: Connection, site_id: int, decision_id: int) -> Made | None:
    """A decision by its id."""
    return _made(await conn.fetchrow(f"{_MADE} AND id = $2", site_id, decision_id))


async def find_by_key(conn: Connection, site_id: int, staff_id: int, key: str) -> Made | None:
    """The decision that somebody made under an idempotency key."""
    return _made(
        await conn.fetchrow(f"{_MADE} AND staff_id = $2 AND idempotency_key = $3", site_id, staff_id, key)
    )


async def before(conn: Connection, site_id: int, comment_id: int, decision_id: int) -> int | None:
    """The id of the last decision on a comment before this one."""
    id_: int | None = await conn.fetchval(
        "SELECT max(id) FROM decisions WHERE site_id = $1 AND comment_id = $2 AND id < $3",
        site_id,
        comment_id,
        decision_id,
    )
    return id_


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a comment stands now."""

    status: Status
    revision: int


async def read_status(conn: Connection, site_id: int, comment_id: int) -> Standing | None:
    """Where a comment stands now."""
    row = await conn.fetchrow(
        "SELECT status, revision FROM comments WHERE site_id = $1 AND id = $2", site_id, comment_id
    )
    return Standing(Status(row["status"]), row["revision"]) if row else None


async def reasons_to_hold(conn: Connection, site_id: int, comment_id: int) -> list[dict[str, Any]]:
    """Why a comment waits for people, or why it last did, as stored."""
    reasons: list[dict[str, Any]] | None = await conn.fetchval(
        """SELECT coalesce(
               (SELECT reasons FROM queue WHERE site_id = $1 AND comment_id = $2 AND lane = 'review'),
               (SELECT reasons FROM decisions WHERE site_id = $1 AND comment_id = $2 AND to_status = 'held'
                ORDER BY id DESC LIMIT 1), '[]')""",
        site_id,
        comment_id,
    )
    return reasons or []


async def priority(conn: Connection, site_id: int, comment_id: int) -> float:
    """A comment's place in the review queue; 0 if it is not there."""
    place: float | None = await conn.fetchval(
        "SELECT priority FROM queue WHERE site_id = $1 AND comment_id = $2 AND lane = 'review'",
        site_id,
        comment_id,
    )
    return place or 0.0


async def reopen_reports(conn: Connection, site_id: int, comment_id: int, decision_ids: Sequence[int]) -> int:
    """Make the reports on a comment that these decisions settled wait again; returns how many."""
    status = await conn.execute(
        "UPDATE reports SET settled_by = NULL WHERE site_id = $1 AND comment_id = $2 AND settled_by = ANY($3)",
        site_id,
        comment_id,
        list(decision_ids),
    )
    return int(status.split()[-1])


# Decision `d` by staff `s`.
DECISION = """json_build_object(
    'id', d.id::text, 'comment_id', d.comment_id::text, 'revision', d.revision, 'from_status', d.from_status,
    'to_status', d.to_status, 'actor', d.actor,
    'staff', CASE WHEN s.id IS NOT NULL THEN json_build_object('id', s.id::text, 'name', s.name) END,
    'reasons', d.reasons, 'note', d.note, 'model', d.model, 'undoes', d.undoes::text,
    'appeal_id', d.appeal_id::text, 'created_at', d.created_at)"""


async def read_decision(conn: Connection, site_id: int, decision_id: int) -> dict[str, Any]:
    """A decision's JSON, the reasons as stored."""
    text = await conn.fetchval(
        f"SELECT {DECISION}::text FROM decisions d LEFT JOIN staff s ON s.id = d.staff_id WHERE d.site_id = $1 AND d.id = $2",
        site_id,
        decision_id,
    )
    decision: dict[str, Any] = orjson.loads(text)
    return decision


_IN_THREAD = """json_build_object(
    'id', t.id::text, 'parent_id', t.parent_id::text, 'depth', t.depth,
    'author', json_build_object('id', u.id::text, 'name', u.name), 'html', t.html, 'status', t.status,
    'created_at', t.created_at)"""
_BRIEF = "json_build_object('id', o.id::text, 'html', o.html, 'status', o.status, 'created_at', o.created_at)"

_MOST_REPORTS = 50
_MOST_NOTES = 20

# Ancestors first, then what was said beside and below the comment c, nearest in time.
_CONTEXT = f"""
    SELECT json_build_object(
        'thread', (SELECT coalesce(json_agg(near.json ORDER BY near.id), '[]') FROM (
            SELECT t.id, {_IN_THREAD} AS json FROM comments t
            JOIN readers u ON u.site_id = $1 AND u.id = t.reader_id
            WHERE t.site_id = $1 AND t.id <> c.id AND (
                t.id = ANY(c.ancestors) OR (t.root_id = coalesce(c.root_id, c.id) AND t.parent_id IS NOT NULL AND t.listed
                                            AND t.parent_id IN (c.id, c.parent_id)))
            ORDER BY t.id = ANY(c.ancestors) DESC, abs(t.id - c.id) LIMIT 20) near),
        'parent', (SELECT {_IN_THREAD} FROM comments t JOIN readers u ON u.site_id = $1 AND u.id = t.reader_id
                   WHERE t.site_id = $1 AND t.id = c.parent_id),
        'decisions', (SELECT coalesce(json_agg({DECISION} ORDER BY d.id DESC), '[]') FROM decisions d
                      LEFT JOIN staff s ON s.id = d.staff_id WHERE d.site_id = $1 AND d.comment_id = c.id),
        'handovers', {HANDOVERS},
        'reports', (SELECT coalesce(json_agg(json_build_object(
                        'id', p.id::text, 'reason', p.reason, 'detail', p.detail, 'created_at', p.created_at,
                        'reader', CASE WHEN u.id IS NOT NULL THEN json_build_object('id', u.id::text, 'name', u.name) END,
                        'ticket', (SELECT t.reference FROM tickets t WHERE t.site_id = $1 AND t.id = p.ticket_id),
                        'record', json_build_object('settled', reporter.settled, 'upheld', reporter.upheld),
                        'settled', p.settled_by IS NOT NULL) ORDER BY p.id), '[]')
                    FROM (SELECT * FROM reports WHERE site_id = $1 AND comment_id = c.id
                          ORDER BY settled_by IS NULL DESC, id DESC LIMIT {_MOST_REPORTS}) p
                    LEFT JOIN readers u ON u.site_id = $1 AND u.id = p.reader_id {REPORTER}),
        'reported', (SELECT coalesce(json_agg(json_build_object('reason', n.reason, 'open', n.open, 'settled', n.settled)
                                              ORDER BY n.open DESC, n.settled DESC, n.reason), '[]')
                     FROM (SELECT reason, count(*) FILTER (WHERE settled_by IS NULL) AS open,
                                  count(settled_by) AS settled FROM reports
                           WHERE site_id = $1 AND comment_id = c.id GROUP BY reason) n),
        'revisions', (SELECT json_agg(json_build_object('revision', r.revision, 'body', r.body, 'html', r.html,
                                                        'created_at', r.created_at) ORDER BY r.revision)
                      FROM revisions r WHERE r.site_id = $1 AND r.comment_id = c.id),
        'author', json_build_object(
            'id', w.id::text, 'name', w.name, 'badge', w.badge, 'created_at', w.created_at, 'sanction', w.sanction,
            'sanctioned_until', w.sanctioned_until, 'published', record.published, 'rejected', record.rejected,
            'held', record.held,
            'notes', (SELECT coalesce(json_agg(json_build_object(
                          'id', n.id::text, 'body', n.body, 'created_at', n.created_at,
                          'staff', json_build_object('id', s.id::text, 'name', s.name)) ORDER BY n.id DESC), '[]')
                      FROM (SELECT * FROM reader_notes WHERE site_id = $1 AND reader_id = w.id
                            ORDER BY id DESC LIMIT {_MOST_NOTES}) n JOIN staff s ON s.id = n.staff_id),
            'recent', (SELECT coalesce(json_agg({_BRIEF} ORDER BY o.id DESC), '[]') FROM (
                SELECT * FROM comments WHERE site_id = $1 AND reader_id = w.id AND id <> c.id
                ORDER BY id DESC LIMIT 10) o)))::text
    FROM comments c JOIN readers w ON w.site_id = $1 AND w.id = c.reader_id {record()}
    WHERE c.site_id = $1 AND c.id = $2"""


async def read_context(conn: Connection, site_id: int, comment_id: int) -> dict[str, Any]:
    """What surrounds a comment: `thread`, `parent`, `decisions`, `reports`, `reported`, `revisions`, `author`; reasons as stored."""
    text = await conn.fetchval(_CONTEXT, site_id, comment_id)
    context: dict[str, Any] = orjson.loads(text)
    return context
