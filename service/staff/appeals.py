"""The appeals: what waits, claims of it, and what comes of it."""

from collections.abc import Iterable
from typing import Any

from aiohttp import web

from moderation import appeal_queue, filing, leases
from moderation.database import Connection
from moderation.filing import RefusedError
from moderation.statuses import Lane
from service import cursors
from service.auth import Staff
from service.endpoint import answer, empty
from service.help.handing import hand_over
from service.hindered import refused
from service.keys import NOTIFIER, POOL
from service.parsing import idempotency_key
from service.problems import Problem
from service.reader.appeals import tell
from service.sites import Site
from service.staff import judging
from service.staff.appeal_shapes import (
    AppealClaimIn,
    AppealOut,
    AppealsOut,
    AppealsQuery,
    ClaimedAppealsOut,
    DissentIn,
    VerdictIn,
)
from service.staff.decisions import announce
from service.staff.judging import Judged
from service.staff.queue_shapes import HeldOut, IdsIn
from service.staff.shapes import worded
from service.staff.tickets import find_ticket, read_ticket
from service.statement import REDRESS, statement
from service.store import appeals as store
from service.store import statements
from service.store.appeals import Case
from service.store.ticket_states import Actor
from service.store.tickets import IllegalMoveError


async def list_appeals(request: web.Request, site: Site, staff: Staff, query: AppealsQuery) -> web.Response:
    """Appeals that wait, or those that are over."""
    async with request.app[POOL].acquire() as conn:
        if query.state == "open":
            place = cursors.decode(query.cursor, 2)
            after = (place[0], place[1]) if place else None
            lines = await store.list_open(conn, site.id, staff.id, limit=query.limit + 1, after=after)
        else:
            place = cursors.decode(query.cursor, 1)
            before = place[0] if place else None
            lines = await store.list_decided(conn, site.id, staff.id, limit=query.limit + 1, before=before)
    shown = lines[: query.limit]
    cursor = None
    if len(lines) > query.limit:
        last = shown[-1]
        cursor = cursors.encode(last.due, last.id) if query.state == "open" else cursors.encode(last.id)
    return answer(AppealsOut(items=_out(line.json for line in shown), next=cursor))


async def get_appeal(request: web.Request, site: Site, staff: Staff, id: int) -> web.Response:
    """One appeal, with the statement of reasons for what is appealed."""
    async with request.app[POOL].acquire() as conn:
        return answer(await _read(conn, site, staff, id))


async def claim(request: web.Request, site: Site, staff: Staff, body: AppealClaimIn) -> web.Response:
    """Claim appeals. What somebody else has is left out, and what one had a part in."""
    ids = None if body.ids is None else [int(id_) for id_ in body.ids]
    limit = body.limit if ids is None else len(ids)
    async with request.app[POOL].acquire() as conn:
        claimed = await appeal_queue.claim(conn, site.id, staff.id, limit=limit, appeal_ids=ids)
        found = await store.read(conn, site.id, staff.id, claimed)
    _tell_all(request, site, staff, claimed)
    return answer(ClaimedAppealsOut(items=_out(found)))


async def renew(request: web.Request, site: Site, staff: Staff, body: IdsIn) -> web.Response:
    """Keep one's claims for another five minutes."""
    async with request.app[POOL].acquire() as conn:
        held, until = await leases.renew(conn, Lane.APPEAL, site.id, staff.id, [int(id_) for id_ in body.ids])
    return answer(HeldOut(ids=[str(id_) for id_ in held], until=until))


async def release(request: web.Request, site: Site, staff: Staff, body: IdsIn) -> web.Response:
    """Give one's claims back."""
    async with request.app[POOL].acquire() as conn:
        released = await leases.release(conn, Lane.APPEAL, site.id, staff.id, [int(id_) for id_ in body.ids])
    _tell_all(request, site, staff, released)
    return empty()


async def decide(request: web.Request, site: Site, staff: Staff, id: int, body: VerdictIn) -> web.Response:
    """Overturn what is appealed, or let it stand."""
    key = idempotency_key(request)
    async with request.app[POOL].acquire() as conn:
        case = await _case(conn, site, id)
        judged = await judging.judge(request.app, conn, site.id, case, staff.id, body, key)
        document = await _read(conn, site, staff, id)
    _announce(request, site, staff, judged)
    return answer(document, status=201)


async def undo(request: web.Request, site: Site, staff: Staff, id: int) -> web.Response:
    """Take back what was decided on an appeal."""
    key = idempotency_key(request)
    async with request.app[POOL].acquire() as conn:
        case = await _case(conn, site, id)
        judged = await judging.take_back(conn, site.id, case, staff.id, key)
        document = await _read(conn, site, staff, id)
    _announce(request, site, staff, judged)
    return answer(document, status=201)


async def dissent(request: web.Request, site: Site, staff: Staff, id: int, body: DissentIn) -> web.Response:
    """Appeal a colleague's decision on a comment: a third person judges it."""
    async with request.app[POOL].acquire() as conn:
        try:
            async with conn.transaction():
                decision = int(body.decision)
                appeal_id = await filing.against_colleague(conn, site.id, id, decision, staff.id, body.body)
        except RefusedError as error:
            raise refused(error.refusal) from None
        document = await _read(conn, site, staff, appeal_id)
    tell(request, site, appeal_id, id)
    return answer(document, status=201)


async def hand_ticket_over(request: web.Request, site: Site, staff: Staff, reference: str) -> web.Response:
    """Make a ticket about the reader's own rejected comment, or about their sanction, an appeal."""
    async with request.app[POOL].acquire() as conn:
        try:
            async with conn.transaction():
                ticket = await find_ticket(conn, site, reference)
                appeal_id = await hand_over(conn, site.id, ticket, actor=Actor.STAFF, staff_id=staff.id)
        except RefusedError as error:
            raise refused(error.refusal) from None
        except IllegalMoveError:
            raise Problem("illegal_move", "A ticket that is over cannot be handed over.") from None
        document = await read_ticket(conn, site, reference)
    tell(request, site, appeal_id, None)
    request.app[NOTIFIER].staff(site.id, "ticket.changed", by=str(staff.id))
    return answer(document)


async def _case(conn: Connection, site: Site, appeal_id: int) -> Case:
    case = await store.find(conn, site.id, appeal_id)
    if case is None:
        raise Problem("not_found", "There is no such appeal.")
    return case


async def _read(conn: Connection, site: Site, staff: Staff, appeal_id: int) -> AppealOut:
    found = await store.read(conn, site.id, staff.id, [appeal_id])
    if not found:
        raise Problem("not_found", "There is no such appeal.")
    [shown] = _out(found)
    if shown.decision is None:
        return shown
    restriction = await statements.read_restriction(conn, site.id, int(shown.decision.id))
    if restriction is None:
        return shown
    return shown.model_copy(update={"statement": statement(restriction), "redress": REDRESS})


def _out(appeals: Iterable[dict[str, Any]]) -> list[AppealOut]:
    return [
        AppealOut.model_validate(
            {**appeal, "decision": worded(appeal["decision"]) if appeal["decision"] else None}
        )
        for appeal in appeals
    ]


def _tell_all(request: web.Request, site: Site, staff: Staff, appeal_ids: Iterable[int]) -> None:
    for appeal_id in appeal_ids:
        request.app[NOTIFIER].staff(site.id, "appeal.changed", appeal_id, str(staff.id))


def _announce(request: web.Request, site: Site, staff: Staff, judged: Judged) -> None:
    if judged.settled is not None:
        announce(request, site, staff, judged.settled)
    _tell_all(request, site, staff, [judged.case.id])
    request.app[NOTIFIER].staff(site.id, "ticket.changed", by=str(staff.id))
