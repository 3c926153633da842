"""Appeals as staff and readers see them: what is appealed, by whom, who may judge it, and what came of it."""

from dataclasses import dataclass
from typing import Any

import orjson

from moderation.appeals import AppealState
from moderation.database import Connection
from moderation.policy import Sanction
from service.store.history import DECISION
from service.store.queue import COMMENT, COMMENT_TABLES

# What a reader is told of appeal `a`.
FOR_READER = """json_build_object(
    'state', a.state, 'created_at', a.created_at, 'due_at', a.due_at, 'decided_at', a.decided_at)"""


def own_appeal(comment: str) -> str:
    """SQL for the appeal that a comment's author has made against where it stands (or stood, if it was overturned), as JSON."""
    return f"""(SELECT {FOR_READER} FROM appeals a
        WHERE a.site_id = {comment}.site_id AND a.comment_id = {comment}.id AND a.body IS NOT NULL
              AND (a.state = 'open' OR a.outcome_id = (SELECT max(l.id) FROM decisions l
                   WHERE l.site_id = {comment}.site_id AND l.comment_id = {comment}.id))
        ORDER BY a.id DESC LIMIT 1)"""


_PERSON = "json_build_object('id', s.id::text, 'name', s.name)"
_SANCTION = """json_build_object(
    'id', n.id::text, 'sanction', n.to_sanction, 'until', n.until, 'reason', n.reason, 'note', n.note,
    'staff', (SELECT json_build_object('id', s.id::text, 'name', s.name) FROM staff s WHERE s.id = n.staff_id),
    'created_at', n.created_at)"""


def outcome_note(appeal: str = "a") -> str:
    """SQL for what whoever judged an appeal wrote for the reader."""
    return f"""CASE WHEN {appeal}.comment_id IS NULL
        THEN (SELECT o.note FROM sanctions o WHERE o.site_id = {appeal}.site_id AND o.id = {appeal}.outcome_id)
        ELSE (SELECT o.note FROM decisions o WHERE o.site_id = {appeal}.site_id AND o.id = {appeal}.outcome_id) END"""


# $1 the site, $2 who asks. Those who may judge are counted among the site's moderators, leads and administrators.
_APPEAL = f"""
    SELECT x.id, x.due_at, json_build_object(
        'id', x.id::text, 'kind', CASE WHEN x.comment_id IS NULL THEN 'sanction' ELSE 'comment' END, 'state', x.state,
        'body', x.body, 'dissent', x.dissent,
        'opened_by', (SELECT {_PERSON} FROM staff s WHERE s.id = x.opened_by),
        'reader', json_build_object('id', w.id::text, 'name', w.name),
        'created_at', x.created_at, 'due_at', x.due_at, 'decided_at', x.decided_at,
        'judge', (SELECT {_PERSON} FROM staff s WHERE s.id = x.judge_id),
        'note', {outcome_note("x")},
        'claimed_by', (SELECT json_build_object('id', s.id::text, 'name', s.name, 'until', q.ready_at)
                       FROM queue q JOIN staff s ON q.claimed_by = 'staff:' || s.id
                       WHERE q.site_id = $1 AND q.appeal_id = x.id AND q.lane = 'appeal' AND q.ready_at > now()),
        'barred', $2::bigint = ANY (x.barred),
        'parties', (SELECT coalesce(json_agg({_PERSON} ORDER BY s.name), '[]') FROM staff s WHERE s.id = ANY (x.barred)),
        'judges', (SELECT coalesce(json_agg(json_build_object('id', s.id::text, 'name', s.name, 'role', r.role)
                                            ORDER BY array_position(ARRAY['lead', 'admin', 'moderator'], r.role), s.name), '[]')
                   FROM staff_roles r JOIN staff s ON s.id = r.staff_id AND s.disabled_at IS NULL
                   WHERE r.site_id = $1 AND r.role <> 'auditor' AND s.id <> ALL (x.barred)),
        'tickets', (SELECT coalesce(json_agg(t.reference ORDER BY t.id), '[]') FROM tickets t
                    WHERE t.site_id = $1 AND t.appeal_id = x.id),
        'decision', (SELECT {DECISION} FROM decisions d LEFT JOIN staff s ON s.id = d.staff_id
                     WHERE d.site_id = $1 AND d.id = x.decision_id),
        'sanction', (SELECT {_SANCTION} FROM sanctions n WHERE n.site_id = $1 AND n.id = x.sanction_id),
        'comment', (SELECT {COMMENT} FROM comments c {COMMENT_TABLES} WHERE c.site_id = $1 AND c.id = x.comment_id))::text AS json
    FROM appeals x JOIN readers w ON w.site_id = $1 AND w.id = x.reader_id
    WHERE x.site_id = $1"""


@dataclass(frozen=True, slots=True)
class Line:
    """An appeal's JSON (reasons as stored), and where it stands: open ones by deadline, decided ones newest first."""

    id: int
    # Microseconds since 1970.
    due: int
    json: dict[str, Any]


async def list_open(
    conn: Connection, site_id: int, staff_id: int, *, limit: int, after: tuple[int, int] | None
) -> list[Line]:
    """Up to `limit` open appeals, the first to be due first, from after the place (due, id)."""
    due, id_ = after or (0, 0)
    rows = await conn.fetch(
        f"""SELECT id, (extract(epoch FROM due_at) * 1000000)::bigint AS due, json FROM ({_APPEAL} AND x.state = 'open'
                AND x.due_at >= 'epoch'::timestamptz + $4 * interval '1 microsecond'
                AND (x.due_at, x.id) > ('epoch'::timestamptz + $4 * interval '1 microsecond', $5)
            ORDER BY x.due_at, x.id LIMIT $3) page""",
        site_id,
        staff_id,
        limit,
        due,
        id_,
    )
    return [Line(row["id"], row["due"], orjson.loads(row["json"])) for row in rows]


async def list_decided(
    conn: Connection, site_id: int, staff_id: int, *, limit: int, before: int | None
) -> list[Line]:
    """Up to `limit` appeals that are over, newest first, from before the id."""
    rows = await conn.fetch(
        f"{_APPEAL} AND x.state <> 'open' AND ($4::bigint IS NULL OR x.id < $4) ORDER BY x.id DESC LIMIT $3",
        site_id,
        staff_id,
        limit,
        before,
    )
    return [Line(row["id"], 0, orjson.loads(row["json"])) for row in rows]


async def read(conn: Connection, site_id: int, staff_id: int, appeal_ids: list[int]) -> list[dict[str, Any]]:
    """These appeals, the first to be due first; reasons as stored."""
    rows = await conn.fetch(
        f"{_APPEAL} AND x.id = ANY ($3) ORDER BY x.due_at, x.id", site_id, staff_id, appeal_ids
    )
    return [orjson.loads(row["json"]) for row in rows]


@dataclass(frozen=True, slots=True)
class Case:
    """An appeal, as far as judging it goes."""

    id: int
    state: AppealState
    reader_id: int
    comment_id: int | None
    # Whether the comment was up after the decision that is appealed.
    against_publishing: bool
    sanction_id: int | None
    judge_id: int | None
    outcome_id: int | None
    note: str | None
    by_reader: bool


async def find(conn: Connection, site_id: int, appeal_id: int) -> Case | None:
    """An appeal by its id."""
    row = await conn.fetchrow(
        f"""SELECT a.id, a.state, a.reader_id, a.comment_id, a.sanction_id, a.judge_id, a.outcome_id, {outcome_note()} AS note,
                   a.body IS NOT NULL AS by_reader, coalesce(d.to_status = 'published', false) AS against_publishing
            FROM appeals a LEFT JOIN decisions d ON d.site_id = $1 AND d.id = a.decision_id
            WHERE a.site_id = $1 AND a.id = $2""",
        site_id,
        appeal_id,
    )
    if row is None:
        return None
    return Case(**{**row, "state": AppealState(row["state"])})


async def open_on(conn: Connection, site_id: int, *, comment_id: int | None, reader_id: int) -> int | None:
    """The reader's open appeal on a comment of theirs, or (None) on their sanction; it stays open until the transaction ends."""
    id_: int | None = await conn.fetchval(
        """SELECT id FROM appeals WHERE site_id = $1 AND reader_id = $2 AND comment_id IS NOT DISTINCT FROM $3
           AND state = 'open' AND body IS NOT NULL FOR UPDATE""",
        site_id,
        reader_id,
        comment_id,
    )
    return id_


async def waiting_on(conn: Connection, site_id: int, comment_id: int) -> str | None:
    """The open appeal on a comment."""
    id_: str | None = await conn.fetchval(
        "SELECT id::text FROM appeals WHERE site_id = $1 AND comment_id = $2 AND state = 'open'",
        site_id,
        comment_id,
    )
    return id_


async def about(conn: Connection, site_id: int, comment_id: int) -> int | None:
    """The newest appeal on a comment."""
    id_: int | None = await conn.fetchval(
        "SELECT max(id) FROM appeals WHERE site_id = $1 AND comment_id = $2", site_id, comment_id
    )
    return id_


async def read_for_reader(conn: Connection, site_id: int, reader_id: int, appeal_id: int) -> dict[str, Any]:
    """An appeal as its reader sees it."""
    text = await conn.fetchval(
        f"SELECT {FOR_READER}::text FROM appeals a WHERE a.site_id = $1 AND a.reader_id = $2 AND a.id = $3",
        site_id,
        reader_id,
        appeal_id,
    )
    appeal: dict[str, Any] = orjson.loads(text)
    return appeal


@dataclass(frozen=True, slots=True)
class Laid:
    """A sanction as the log has it."""

    sanction: Sanction
    until: Any


async def find_sanction(conn: Connection, site_id: int, sanction_id: int) -> Laid:
    """A row of the log of sanctions."""
    row = await conn.fetchrow(
        "SELECT to_sanction, until FROM sanctions WHERE site_id = $1 AND id = $2", site_id, sanction_id
    )
    assert row is not None
    return Laid(Sanction(row["to_sanction"]), row["until"])


async def read_sanction(conn: Connection, site_id: int, reader_id: int) -> dict[str, Any]:
    """What a reader is under, to themselves: `sanction`, `until`, `reason` (a code) and `note` of the last change, `appeal`."""
    text = await conn.fetchval(
        f"""SELECT json_build_object(
                'sanction', CASE WHEN w.sanctioned_until <= now() THEN 'none' ELSE w.sanction END,
                'until', CASE WHEN w.sanctioned_until > now() THEN w.sanctioned_until END,
                'reason', n.reason, 'note', n.note,
                'appeal', (SELECT {FOR_READER} FROM appeals a WHERE a.site_id = $1 AND a.reader_id = $2
                           AND (a.sanction_id = n.id OR a.outcome_id = n.id) AND a.sanction_id IS NOT NULL))::text
            FROM readers w LEFT JOIN LATERAL (SELECT * FROM sanctions WHERE site_id = $1 AND reader_id = $2
                                              ORDER BY id DESC LIMIT 1) n ON true
            WHERE w.site_id = $1 AND w.id = $2""",
        site_id,
        reader_id,
    )
    sanction: dict[str, Any] = orjson.loads(text) if text else {}
    return sanction
