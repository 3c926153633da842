"""Handing an item over: to a lead and back, from a first person to a second, and taking that back."""

import asyncpg
from aiohttp import web

from moderation import stages
from moderation.database import Connection
from moderation.stages import Move, NotWaitingError
from service.auth import Staff
from service.endpoint import answer
from service.keys import NOTIFIER, POOL
from service.parsing import idempotency_key
from service.problems import Problem
from service.sites import Site
from service.staff import deciding, proposing
from service.staff.decisions import announce, document_of
from service.staff.handover_shapes import ConfirmIn, HandoverIn, HandoverOut
from service.staff.shapes import worded
from service.store import handovers as store
from service.store import history


async def escalate(request: web.Request, site: Site, staff: Staff, id: int, body: HandoverIn) -> web.Response:
    """Leave an item to the leads."""
    return await _hand_over(request, site, staff, id, Move.ESCALATE, body)


async def hand_back(
    request: web.Request, site: Site, staff: Staff, id: int, body: HandoverIn
) -> web.Response:
    """Give what was escalated back to everybody."""
    return await _hand_over(request, site, staff, id, Move.HAND_BACK, body)


async def disagree(request: web.Request, site: Site, staff: Staff, id: int, body: HandoverIn) -> web.Response:
    """Do not confirm what somebody proposed: a lead decides."""
    return await _hand_over(request, site, staff, id, Move.DISAGREE, body)


async def _hand_over(
    request: web.Request, site: Site, staff: Staff, comment_id: int, move: Move, body: HandoverIn
) -> web.Response:
    key = idempotency_key(request)
    async with request.app[POOL].acquire() as conn:
        await deciding.refuse_claimed(conn, site.id, comment_id, staff.id)
        handover_id = await _made_before(conn, site, staff, comment_id, move, key)
        if handover_id is None:
            handover_id = await _make(conn, site, staff, comment_id, move, body, key)
        document = await _document(conn, site, handover_id)
    tell(request, site, staff, comment_id)
    return answer(document, status=201)


async def _make(
    conn: Connection, site: Site, staff: Staff, comment_id: int, move: Move, body: HandoverIn, key: str | None
) -> int:
    try:
        async with conn.transaction():
            if move is Move.DISAGREE:
                await proposing.refuse_own(conn, site.id, comment_id, staff.id)
            return await stages.hand_over(
                conn, site.id, comment_id, staff.id, move, words=body.words or None, key=key
            )
    except NotWaitingError:
        if await history.read_status(conn, site.id, comment_id) is None:
            raise Problem("not_found", "There is no such comment.") from None
        raise Problem("not_waiting", "It does not wait where that could be done.") from None
    except asyncpg.UniqueViolationError as error:
        if error.constraint_name != "handovers_idempotency_unique":
            raise
        made = await _made_before(conn, site, staff, comment_id, move, key)
        if made is None:
            raise Problem("key_reused") from None
        return made


async def _made_before(
    conn: Connection, site: Site, staff: Staff, comment_id: int, move: Move, key: str | None
) -> int | None:
    made = await store.find_by_key(conn, site.id, staff.id, key) if key else None
    if made is None:
        return None
    if (made["comment_id"], made["action"]) != (comment_id, move):
        raise Problem("key_reused")
    id_: int = made["id"]
    return id_


async def confirm(request: web.Request, site: Site, staff: Staff, id: int, body: ConfirmIn) -> web.Response:
    """Decide as somebody else proposed."""
    key = idempotency_key(request)
    async with request.app[POOL].acquire() as conn:
        await deciding.refuse_claimed(conn, site.id, id, staff.id)
        draft = await proposing.confirmation(conn, site.id, id, staff.id, int(body.handover), key)
        settled = await deciding.make(conn, draft)
        document = await document_of(conn, site, settled)
    announce(request, site, staff, settled)
    return answer(document, status=201)


async def withdraw(request: web.Request, site: Site, staff: Staff, id: int) -> web.Response:
    """Take back that one handed an item over, as long as nobody has done anything with it."""
    async with request.app[POOL].acquire() as conn:
        try:
            async with conn.transaction():
                comment_id = await stages.withdraw(conn, site.id, staff.id, id)
        except NotWaitingError:
            if not await store.exists(conn, site.id, id):
                raise Problem("not_found", "There is no such handover.") from None
            raise Problem("not_waiting", "Something has been done with it since.") from None
        document = await _document(conn, site, id)
    tell(request, site, staff, comment_id)
    return answer(document)


async def _document(conn: Connection, site: Site, handover_id: int) -> HandoverOut:
    return HandoverOut.model_validate(worded(await store.read(conn, site.id, handover_id)))


def tell(request: web.Request, site: Site, staff: Staff, comment_id: int) -> None:
    """Tell consoles that an item waits for somebody else now."""
    request.app[NOTIFIER].staff(site.id, "item.handed_over", comment_id, str(staff.id))
