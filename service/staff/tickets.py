"""The inbox of readers who have trouble commenting."""

from aiohttp import web

from moderation.database import Connection
from service import cursors
from service.auth import Staff
from service.endpoint import answer
from service.help import mail
from service.help.references import parse_reference
from service.keys import NOTIFIER, POOL
from service.parsing import idempotency_key
from service.problems import Problem
from service.sites import Site
from service.staff.shapes import worded
from service.staff.ticket_shapes import InboxOut, InboxQuery, MergeIn, MessageIn, StateIn, TicketOut
from service.store import failures, inbox, tickets
from service.store.inbox import Wanted
from service.store.ticket_states import ACTIVE, Actor, State
from service.store.tickets import IllegalMoveError, Ticket


async def list_tickets(request: web.Request, site: Site, query: InboxQuery) -> web.Response:
    """Tickets, newest first; those over the limit last."""
    place = cursors.decode(query.cursor, 2)
    after = (place[0], place[1]) if place else None
    async with request.app[POOL].acquire() as conn:
        lines = await inbox.find_tickets(conn, site.id, _wanted(query), limit=query.limit + 1, after=after)
    shown = lines[: query.limit]
    cursor = cursors.encode(int(shown[-1].overflow), shown[-1].id) if len(lines) > query.limit else None
    return answer(InboxOut(items=[TicketOut.model_validate(line.json) for line in shown], next=cursor))


def _wanted(query: InboxQuery) -> Wanted:
    """Words that are a reference stand for that ticket, whatever its state."""
    reference = parse_reference(query.words) if query.words else None
    return Wanted(
        states=list(State) if reference else _states(query),
        cause=query.cause,
        article=query.article,
        language=query.language,
        words=None if reference else query.words,
        reference=reference,
    )


def _states(query: InboxQuery) -> list[State]:
    if query.state == "active":
        return list(ACTIVE)
    return list(State) if query.state == "all" else [State(query.state)]


async def get_ticket(request: web.Request, site: Site, reference: str) -> web.Response:
    """One ticket with all that was said."""
    async with request.app[POOL].acquire() as conn:
        return answer(await read_ticket(conn, site, reference))


async def write_message(
    request: web.Request, site: Site, staff: Staff, reference: str, body: MessageIn
) -> web.Response:
    """Answer the reader, or leave a note for colleagues."""
    answers = body.kind == "answer"
    state = State(body.state) if body.state else State.WAITING_READER if answers else None
    async with request.app[POOL].acquire() as conn:
        async with conn.transaction():
            ticket = await find_ticket(conn, site, reference)
            written = await tickets.write(
                conn,
                site.id,
                ticket,
                author="staff" if answers else "note",
                body=body.body,
                staff_id=staff.id,
                idempotency_key=idempotency_key(request),
            )
            if written is not None and state is not None:
                await _move(conn, site, staff, ticket, state)
            if written is not None and answers:
                await mail.owe(request.app, conn, site.id, ticket.id, ticket.email, "answer", written)
        document = await read_ticket(conn, site, reference)
    request.app[NOTIFIER].staff(site.id, "ticket.changed", by=str(staff.id))
    return answer(document, status=201)


async def set_state(
    request: web.Request, site: Site, staff: Staff, reference: str, body: StateIn
) -> web.Response:
    """Move a ticket on."""
    async with request.app[POOL].acquire() as conn:
        async with conn.transaction():
            ticket = await find_ticket(conn, site, reference)
            if await _move(conn, site, staff, ticket, State(body.state)) and body.state == "resolved":
                await mail.owe(request.app, conn, site.id, ticket.id, ticket.email, "resolved")
        document = await read_ticket(conn, site, reference)
    request.app[NOTIFIER].staff(site.id, "ticket.changed", by=str(staff.id))
    return answer(document)


async def merge(
    request: web.Request, site: Site, staff: Staff, reference: str, body: MergeIn
) -> web.Response:
    """Let another ticket go on in this one's place; gives that one."""
    async with request.app[POOL].acquire() as conn:
        async with conn.transaction():
            # In the order of their references, so that two merges at once do not wait for each other.
            found = {name: await find_ticket(conn, site, name) for name in sorted({reference, body.into})}
            try:
                await tickets.merge(conn, site.id, found[reference], found[body.into], staff_id=staff.id)
            except IllegalMoveError:
                raise Problem(
                    "illegal_move", "These two cannot be merged.", state=found[reference].state
                ) from None
        document = await read_ticket(conn, site, body.into)
    request.app[NOTIFIER].staff(site.id, "ticket.changed", by=str(staff.id))
    return answer(document)


async def _move(conn: Connection, site: Site, staff: Staff, ticket: Ticket, state: State) -> bool:
    try:
        return await tickets.move(conn, site.id, ticket, state, actor=Actor.STAFF, staff_id=staff.id)
    except IllegalMoveError:
        raise Problem(
            "illegal_move", f"A ticket that is {ticket.state} cannot become {state}.", state=ticket.state
        ) from None


async def find_ticket(conn: Connection, site: Site, reference: str) -> Ticket:
    """A ticket, locked until the transaction ends; raises Problem `not_found`."""
    ticket = await tickets.find(conn, site.id, parse_reference(reference) or "", lock=True)
    if ticket is None:
        raise Problem("not_found", "There is no such ticket.")
    return ticket


async def read_ticket(conn: Connection, site: Site, reference: str) -> TicketOut:
    document = await inbox.read(conn, site.id, parse_reference(reference) or "")
    if document is None:
        raise Problem("not_found", "There is no such ticket.")
    about = document["comment"]
    if about and about["decision"]:
        about["decision"] = worded(about["decision"])
    request_id = (document["diagnostics"].get("error") or {}).get("request_id")
    document["requests"] = await failures.find(conn, site.id, request_id) if request_id else []
    return TicketOut.model_validate(document)
