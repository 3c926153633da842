"""The inbox: tickets as staff see them, found by what is asked for, and one with all that is known of it."""

from dataclasses import dataclass
from typing import Any

import orjson

from moderation.database import Connection
from service.store.appeals import outcome_note
from service.store.mail import state_of
from service.store.ticket_states import State

_APPEAL = f"""(SELECT json_build_object('id', p.id::text, 'state', p.state, 'due_at', p.due_at, 'decided_at', p.decided_at,
                               'note', {outcome_note("p")})
     FROM appeals p WHERE p.site_id = t.site_id AND p.id = t.appeal_id)"""
_TICKET = f"""json_build_object(
    'reference', t.reference, 'category', t.category, 'state', t.state, 'message', t.message, 'email', t.email,
    'article', CASE WHEN t.article_key IS NOT NULL
                    THEN json_build_object('key', t.article_key, 'title', a.title, 'url', a.url) END,
    'comment_id', t.comment_id::text,
    'reader', CASE WHEN w.id IS NOT NULL THEN json_build_object('id', w.id::text, 'name', w.name) END,
    'diagnostics', t.diagnostics, 'overflow', t.overflow, 'cause', t.cause, 'incident_id', t.incident_id::text,
    'merged_into', (SELECT m.reference FROM tickets m WHERE m.site_id = t.site_id AND m.id = t.merged_into), 'mail', {state_of("t")},
    'appeal', {_APPEAL}, 'created_at', t.created_at, 'updated_at', t.updated_at)"""
_TICKET_TABLES = """FROM tickets t
    LEFT JOIN articles a ON a.site_id = t.site_id AND a.key = t.article_key
    LEFT JOIN readers w ON w.site_id = t.site_id AND w.id = t.reader_id"""
# Of the comment that a ticket is about; its own page has all of it.
_EXCERPT = 500


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which tickets: in one of `states`, and everything else that is not None must hold.

    `cause` is "none" for those without one; `language` the browser's, "de" for "de-AT" too; `words` as in a web
    search, in what the reader wrote; `reference` stands in place of words that are one.
    """

    states: list[State]
    cause: str | None = None
    article: str | None = None
    language: str | None = None
    words: str | None = None
    reference: str | None = None


@dataclass(frozen=True, slots=True)
class Line:
    """A ticket's JSON, and where it stands in the inbox: those that overflowed last, then by `id`, falling."""

    id: int
    overflow: bool
    json: dict[str, Any]


async def find_tickets(
    conn: Connection, site_id: int, wanted: Wanted, *, limit: int, after: tuple[int, int] | None
) -> list[Line]:
    """Up to `limit` of the tickets that are wanted, after the place (overflow, id)."""
    overflow, id_ = after or (0, None)
    rows = await conn.fetch(
        f"""SELECT t.id, t.overflow, {_TICKET}::text AS json {_TICKET_TABLES}
            WHERE t.site_id = $1 AND t.state = ANY($2)
                  AND ($4::bigint IS NULL OR t.overflow > $3 OR (t.overflow = $3 AND t.id < $4))
                  AND ($6::text IS NULL OR coalesce(t.cause, 'none') = $6)
                  AND ($7::text IS NULL OR t.article_key = $7)
                  AND ($8::text IS NULL OR split_part(lower(t.diagnostics ->> 'language'), '-', 1) = lower($8))
                  AND ($9::text IS NULL OR to_tsvector('simple', t.message) @@ websearch_to_tsquery('simple', $9))
                  AND ($10::text IS NULL OR t.reference = $10)
            ORDER BY t.overflow, t.id DESC LIMIT $5""",
        site_id,
        wanted.states,
        bool(overflow),
        id_,
        limit,
        wanted.cause,
        wanted.article,
        wanted.language,
        wanted.words,
        wanted.reference,
    )
    return [Line(row["id"], row["overflow"], orjson.loads(row["json"])) for row in rows]


_PERSON = "CASE WHEN s.id IS NOT NULL THEN json_build_object('id', s.id::text, 'name', s.name) END"
_MESSAGES = f"""
    SELECT coalesce(json_agg(json_build_object(
        'id', m.id::text, 'kind', CASE m.author WHEN 'staff' THEN 'answer' ELSE m.author END,
        'staff', {_PERSON}, 'body', m.body, 'created_at', m.created_at) ORDER BY m.id), '[]')
    FROM ticket_messages m LEFT JOIN staff s ON s.id = m.staff_id WHERE m.site_id = t.site_id AND m.ticket_id = t.id"""
_STEPS = f"""
    SELECT coalesce(json_agg(json_build_object(
        'from_state', p.from_state, 'to_state', p.to_state, 'actor', p.actor, 'staff', {_PERSON},
        'created_at', p.created_at) ORDER BY p.id), '[]')
    FROM ticket_steps p LEFT JOIN staff s ON s.id = p.staff_id WHERE p.site_id = t.site_id AND p.ticket_id = t.id"""
# The decision is the last that was made on it.
_COMMENT = f"""
    SELECT json_build_object('id', c.id::text, 'status', c.status, 'body', left(r.body, {_EXCERPT}),
        'created_at', c.created_at, 'decision', (
            SELECT json_build_object('to_status', d.to_status, 'actor', d.actor, 'staff', {_PERSON}, 'note', d.note,
                'reasons', d.reasons, 'created_at', d.created_at)
            FROM decisions d LEFT JOIN staff s ON s.id = d.staff_id
            WHERE d.site_id = c.site_id AND d.comment_id = c.id ORDER BY d.id DESC LIMIT 1))
    FROM comments c
    LEFT JOIN revisions r ON r.site_id = c.site_id AND r.comment_id = c.id AND r.revision = c.revision
    WHERE c.site_id = t.site_id AND c.id = t.comment_id"""


async def read(conn: Connection, site_id: int, reference: str) -> dict[str, Any] | None:
    """A ticket's JSON with its `messages` and `steps`, oldest first, and the `comment` that it is about."""
    row = await conn.fetchrow(
        f"""SELECT {_TICKET}::text AS ticket, ({_MESSAGES})::text AS messages, ({_STEPS})::text AS steps,
                   ({_COMMENT})::text AS comment
            {_TICKET_TABLES} WHERE t.site_id = $1 AND t.reference = $2""",
        site_id,
        reference,
    )
    if row is None:
        return None
    ticket: dict[str, Any] = orjson.loads(row["ticket"])
    more = {name: orjson.loads(row[name] or "null") for name in ("messages", "steps", "comment")}
    return {**ticket, **more}
