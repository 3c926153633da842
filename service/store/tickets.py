"""Tickets: what readers who have trouble commenting wrote, and what was answered."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import asyncpg
import orjson

from moderation.database import Connection


class State(StrEnum):
    """Where a ticket stands."""

    RECEIVED = "received"
    OPEN = "open"
    WAITING_READER = "waiting_reader"
    IN_PROGRESS = "in_progress"
    RESOLVED = "resolved"
    CLOSED = "closed"
    SPAM = "spam"


ACTIVE = (State.RECEIVED, State.OPEN, State.WAITING_READER, State.IN_PROGRESS)
# Those that wait for staff.
WAITING = (State.RECEIVED, State.OPEN, State.IN_PROGRESS)


class ReferenceTakenError(Exception):
    """Another ticket of the site has this reference."""


@dataclass(frozen=True, slots=True)
class NewTicket:
    """What a reader wrote, with what it will be known by."""

    site_id: int
    reference: str
    secret_hash: bytes
    category: str
    message: str
    email: str | None
    article_key: str | None
    comment_id: int | None
    reader_id: int | None
    diagnostics: dict[str, Any]
    overflow: bool
    state: State
    idempotency_key: str


@dataclass(frozen=True, slots=True)
class Stored:
    """A ticket that is safe; `same` is False if the key belongs to one that says something else."""

    reference: str
    secret_hash: bytes
    same: bool
    # It was stored by this very call.
    new: bool


async def add(conn: Connection, ticket: NewTicket) -> Stored:
    """Store a ticket; the same idempotency key finds the one that it made. Raises ReferenceTakenError."""
    try:
        row = await conn.fetchrow(
            """INSERT INTO tickets (site_id, reference, secret_hash, category, message, email, article_key, comment_id,
                                    reader_id, diagnostics, overflow, state, idempotency_key)
               VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)
               ON CONFLICT ON CONSTRAINT tickets_idempotency_unique DO NOTHING RETURNING id""",
            ticket.site_id,
            ticket.reference,
            ticket.secret_hash,
            ticket.category,
            ticket.message,
            ticket.email,
            ticket.article_key,
            ticket.comment_id,
            ticket.reader_id,
            ticket.diagnostics,
            ticket.overflow,
            ticket.state,
            ticket.idempotency_key,
        )
    except asyncpg.UniqueViolationError as error:
        if error.constraint_name != "tickets_reference_unique":
            raise
        stored = await _stored_before(conn, ticket)
        if stored is None:
            raise ReferenceTakenError from None
        return stored
    if row is not None:
        return Stored(ticket.reference, ticket.secret_hash, same=True, new=True)
    stored = await _stored_before(conn, ticket)
    assert stored is not None
    return stored


async def _stored_before(conn: Connection, ticket: NewTicket) -> Stored | None:
    row = await conn.fetchrow(
        "SELECT reference, secret_hash, category, message FROM tickets WHERE site_id = $1 AND idempotency_key = $2",
        ticket.site_id,
        ticket.idempotency_key,
    )
    if row is None:
        return None
    same = (row["category"], row["message"]) == (ticket.category, ticket.message)
    return Stored(row["reference"], row["secret_hash"], same=same, new=False)


async def count_waiting(conn: Connection, site_id: int) -> int:
    """How many tickets wait for staff."""
    count: int = await conn.fetchval(
        "SELECT count(*) FROM tickets WHERE site_id = $1 AND state = ANY($2)", site_id, list(WAITING)
    )
    return count


_TICKET = """json_build_object(
    'reference', t.reference, 'category', t.category, 'state', t.state, 'message', t.message, 'email', t.email,
    'article', CASE WHEN t.article_key IS NOT NULL
                    THEN json_build_object('key', t.article_key, 'title', a.title, 'url', a.url) END,
    'comment_id', t.comment_id::text,
    'reader', CASE WHEN w.id IS NOT NULL THEN json_build_object('id', w.id::text, 'name', w.name) END,
    'diagnostics', t.diagnostics, 'overflow', t.overflow, 'created_at', t.created_at, 'updated_at', t.updated_at)"""
_TICKET_TABLES = """FROM tickets t
    LEFT JOIN articles a ON a.site_id = t.site_id AND a.key = t.article_key
    LEFT JOIN readers w ON w.site_id = t.site_id AND w.id = t.reader_id"""


@dataclass(frozen=True, slots=True)
class Line:
    """A ticket's JSON, and where it stands in the inbox: those that overflowed last, then by `id`, falling."""

    id: int
    overflow: bool
    json: dict[str, Any]


async def inbox(
    conn: Connection, site_id: int, *, states: list[State], limit: int, after: tuple[int, int] | None
) -> list[Line]:
    """Up to `limit` tickets in these states, after the place (overflow, id)."""
    overflow, id_ = after or (0, None)
    rows = await conn.fetch(
        f"""SELECT t.id, t.overflow, {_TICKET}::text AS json {_TICKET_TABLES}
            WHERE t.site_id = $1 AND t.state = ANY($2)
                  AND ($4::bigint IS NULL OR t.overflow > $3 OR (t.overflow = $3 AND t.id < $4))
            ORDER BY t.overflow, t.id DESC LIMIT $5""",
        site_id,
        states,
        bool(overflow),
        id_,
        limit,
    )
    return [Line(row["id"], row["overflow"], orjson.loads(row["json"])) for row in rows]


@dataclass(frozen=True, slots=True)
class Ticket:
    """A ticket, as far as changing it goes."""

    id: int
    reference: str
    state: State
    secret_hash: bytes


async def find(conn: Connection, site_id: int, reference: str, *, lock: bool = False) -> Ticket | None:
    """A ticket by its reference, locked until the transaction ends if asked."""
    row = await conn.fetchrow(
        f"""SELECT id, reference, state, secret_hash FROM tickets WHERE site_id = $1 AND reference = $2
            {"FOR UPDATE" if lock else ""}""",
        site_id,
        reference,
    )
    return Ticket(row["id"], row["reference"], State(row["state"]), row["secret_hash"]) if row else None


async def read(conn: Connection, site_id: int, reference: str) -> dict[str, Any] | None:
    """A ticket's JSON with its `messages` and `steps`, oldest first."""
    person = "CASE WHEN s.id IS NOT NULL THEN json_build_object('id', s.id::text, 'name', s.name) END"
    row = await conn.fetchrow(
        f"""SELECT {_TICKET}::text AS ticket,
                (SELECT coalesce(json_agg(json_build_object(
                     'id', m.id::text, 'kind', CASE m.author WHEN 'staff' THEN 'answer' ELSE m.author END,
                     'staff', {person}, 'body', m.body, 'created_at', m.created_at) ORDER BY m.id), '[]')::text
                 FROM ticket_messages m LEFT JOIN staff s ON s.id = m.staff_id
                 WHERE m.site_id = t.site_id AND m.ticket_id = t.id) AS messages,
                (SELECT coalesce(json_agg(json_build_object(
                     'from_state', p.from_state, 'to_state', p.to_state, 'actor', p.actor, 'staff', {person},
                     'created_at', p.created_at) ORDER BY p.id), '[]')::text
                 FROM ticket_steps p LEFT JOIN staff s ON s.id = p.staff_id
                 WHERE p.site_id = t.site_id AND p.ticket_id = t.id) AS steps
            {_TICKET_TABLES} WHERE t.site_id = $1 AND t.reference = $2""",
        site_id,
        reference,
    )
    if row is None:
        return None
    ticket: dict[str, Any] = orjson.loads(row["ticket"])
    return {**ticket, "messages": orjson.loads(row["messages"]), "steps": orjson.loads(row["steps"])}


async def move(
    conn: Connection, site_id: int, ticket: Ticket, state: State, *, actor: str, staff_id: int | None = None
) -> None:
    """Set the state of a ticket that the caller has locked, and note the step; no step if nothing changes."""
    if state is ticket.state:
        return
    await conn.execute(
        """WITH step AS (
               INSERT INTO ticket_steps (site_id, ticket_id, from_state, to_state, actor, staff_id)
               VALUES ($1, $2, $3, $4, $5, $6))
           UPDATE tickets SET state = $4, updated_at = now() WHERE site_id = $1 AND id = $2""",
        site_id,
        ticket.id,
        ticket.state,
        state,
        actor,
        staff_id,
    )


async def write(
    conn: Connection,
    site_id: int,
    ticket: Ticket,
    *,
    author: str,
    body: str,
    staff_id: int | None = None,
    idempotency_key: str | None = None,
) -> bool:
    """Add a message by `reader` or `staff`, or a `note`; False if the same key added it before."""
    id_ = await conn.fetchval(
        """INSERT INTO ticket_messages (site_id, ticket_id, author, staff_id, body, idempotency_key)
           VALUES ($1, $2, $3, $4, $5, $6)
           ON CONFLICT ON CONSTRAINT ticket_messages_idempotency_unique DO NOTHING RETURNING id""",
        site_id,
        ticket.id,
        author,
        staff_id,
        body,
        idempotency_key,
    )
    if id_ is None:
        return False
    await conn.execute(
        "UPDATE tickets SET updated_at = now() WHERE site_id = $1 AND id = $2", site_id, ticket.id
    )
    return True
