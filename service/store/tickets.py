"""Tickets: what readers who have trouble commenting wrote, and what was answered."""

from dataclasses import dataclass
from typing import Any

import asyncpg

from moderation.database import Connection
from service.store.ticket_states import REOPEN_DAYS, WAITING, Actor, State, may_move


class IllegalMoveError(Exception):
    """The ticket cannot go there from where it stands."""


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
    cause: str | None = None
    fingerprint: str | None = None
    client_hash: str | None = None


@dataclass(frozen=True, slots=True)
class Stored:
    """A ticket that is safe; `same` is False if the key belongs to one that says something else."""

    reference: str
    secret_hash: bytes
    same: bool
    # The ticket's id if it was stored by this very call.
    new: int | None


async def add(conn: Connection, ticket: NewTicket) -> Stored:
    """Store a ticket; the same idempotency key finds the one that it made. Raises ReferenceTakenError."""
    try:
        # Its own savepoint: a reference that is taken must not undo what the caller does besides.
        async with conn.transaction():
            row = await conn.fetchrow(
                """WITH ticket AS (
                       INSERT INTO tickets (site_id, reference, secret_hash, category, message, email, article_key, comment_id,
                                            reader_id, diagnostics, overflow, state, idempotency_key, cause, fingerprint,
                                            client_hash)
                       VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)
                       ON CONFLICT ON CONSTRAINT tickets_idempotency_unique DO NOTHING RETURNING id
                   ), step AS (
                       INSERT INTO ticket_steps (site_id, ticket_id, from_state, to_state, actor)
                       SELECT $1, id, 'received', $12, 'system' FROM ticket WHERE $12 <> 'received'
                   )
                   SELECT id FROM ticket""",
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
                ticket.cause,
                ticket.fingerprint,
                ticket.client_hash,
            )
    except asyncpg.UniqueViolationError as error:
        if error.constraint_name != "tickets_reference_unique":
            raise
        stored = await _stored_before(conn, ticket)
        if stored is None:
            raise ReferenceTakenError from None
        return stored
    if row is not None:
        return Stored(ticket.reference, ticket.secret_hash, same=True, new=row["id"])
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
    return Stored(row["reference"], row["secret_hash"], same=same, new=None)


async def count_waiting(conn: Connection, site_id: int) -> int:
    """How many tickets wait for staff."""
    count: int = await conn.fetchval(
        "SELECT count(*) FROM tickets WHERE site_id = $1 AND state = ANY($2)", site_id, list(WAITING)
    )
    return count


@dataclass(frozen=True, slots=True)
class Ticket:
    """A ticket, as far as changing it goes."""

    id: int
    reference: str
    state: State
    secret_hash: bytes
    email: str | None
    # It was resolved too long ago to be opened again by its reader.
    lapsed: bool


async def find(conn: Connection, site_id: int, reference: str, *, lock: bool = False) -> Ticket | None:
    """A ticket by its reference, locked until the transaction ends if asked."""
    row = await conn.fetchrow(
        f"""SELECT id, reference, state, secret_hash, email,
                   coalesce(resolved_at < now() - make_interval(days => $3), false) AS lapsed
            FROM tickets WHERE site_id = $1 AND reference = $2 {"FOR UPDATE" if lock else ""}""",
        site_id,
        reference,
        REOPEN_DAYS,
    )
    return _ticket(row) if row else None


def _ticket(row: asyncpg.Record) -> Ticket:
    return Ticket(
        id=row["id"],
        reference=row["reference"],
        state=State(row["state"]),
        secret_hash=row["secret_hash"],
        email=row["email"],
        lapsed=row["lapsed"],
    )


@dataclass(frozen=True, slots=True)
class Subject:
    """What a ticket is about, and whose it is."""

    reader_id: int | None
    # None where it is about the reader's account.
    comment_id: int | None
    message: str


async def read_subject(conn: Connection, site_id: int, ticket_id: int) -> Subject:
    """What a ticket is about. One whose cause is a sanction is about that, whatever comment was on the screen."""
    row = await conn.fetchrow(
        """SELECT reader_id, CASE WHEN cause IS DISTINCT FROM 'sanctioned' THEN comment_id END AS comment_id, message
           FROM tickets WHERE site_id = $1 AND id = $2""",
        site_id,
        ticket_id,
    )
    assert row is not None
    return Subject(**row)


async def link_appeal(conn: Connection, site_id: int, ticket_id: int, appeal_id: int) -> None:
    """Let a ticket show what becomes of an appeal."""
    await conn.execute(
        "UPDATE tickets SET appeal_id = $3 WHERE site_id = $1 AND id = $2", site_id, ticket_id, appeal_id
    )


async def move(
    conn: Connection, site_id: int, ticket: Ticket, state: State, *, actor: Actor, staff_id: int | None = None
) -> bool:
    """Set the state of a ticket that the caller has locked, and note the step; False, and no step, if nothing changes.

    Raises IllegalMoveError for what the table of moves does not allow.
    """
    if state is ticket.state:
        return False
    late = actor is Actor.READER and ticket.lapsed
    if late or not may_move(ticket.state, state, actor):
        raise IllegalMoveError(f"{ticket.state} -> {state}")
    await conn.execute(
        """WITH step AS (
               INSERT INTO ticket_steps (site_id, ticket_id, from_state, to_state, actor, staff_id)
               VALUES ($1, $2, $3, $4, $5, $6))
           UPDATE tickets SET state = $4, updated_at = now(),
               resolved_at = CASE WHEN $4 IN ('resolved', 'self_solved') THEN now()
                                  WHEN $4 = 'closed' THEN resolved_at END
           WHERE site_id = $1 AND id = $2""",
        site_id,
        ticket.id,
        ticket.state,
        state,
        actor,
        staff_id,
    )
    return True


async def merge(conn: Connection, site_id: int, ticket: Ticket, into: Ticket, *, staff_id: int) -> None:
    """Let `into` go on in place of a ticket, with a note of what that one said; the caller has locked both.

    Raises IllegalMoveError for a ticket that cannot be merged any more, or into one that was merged itself.
    """
    if into.id == ticket.id or State.MERGED in (ticket.state, into.state):
        raise IllegalMoveError(f"{ticket.reference} into {into.reference}")
    await move(conn, site_id, ticket, State.MERGED, actor=Actor.STAFF, staff_id=staff_id)
    await conn.execute(
        "UPDATE tickets SET merged_into = $3 WHERE site_id = $1 AND id = $2", site_id, ticket.id, into.id
    )
    said = await conn.fetchval(
        "SELECT message FROM tickets WHERE site_id = $1 AND id = $2", site_id, ticket.id
    )
    note = f"{ticket.reference} was merged into this. It said:\n\n{said}"
    await write(conn, site_id, into, author="note", body=note, staff_id=staff_id)


async def write(
    conn: Connection,
    site_id: int,
    ticket: Ticket,
    *,
    author: str,
    body: str,
    staff_id: int | None = None,
    idempotency_key: str | None = None,
) -> int | None:
    """Add a message by `reader` or `staff`, or a `note`; gives its id, None if the same key added it before."""
    id_: int | None = await conn.fetchval(
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
        return None
    await conn.execute(
        "UPDATE tickets SET updated_at = now() WHERE site_id = $1 AND id = $2", site_id, ticket.id
    )
    return id_
