"""Taking down all that a reader has written, as one act that is undone as one; both go on in steps that the console asks for."""

from collections.abc import Sequence
from typing import Any

from aiohttp import web

from moderation.database import Connection
from moderation.decisions import Decided, Draft, decide
from moderation.reasons import HOUSE_RULES, Reason, ReasonCode
from moderation.statuses import Actor, Status
from service.auth import Staff
from service.endpoint import answer
from service.keys import NOTIFIER, POOL
from service.parsing import idempotency_key
from service.problems import Problem, invalid
from service.sites import Site
from service.staff import deciding
from service.staff.people_shapes import BatchOut, RemovalIn
from service.staff.shapes import title_of
from service.store import batches, record
from service.store.batches import STEP, UNDO_STEP, Batch


async def remove(request: web.Request, site: Site, staff: Staff, id: int, body: RemovalIn) -> web.Response:
    """Begin to take down a reader's comments, and do the first step."""
    if body.reason not in map(str, HOUSE_RULES):
        raise invalid([{"pointer": "/reason", "message": "There is no such reason.", "code": "unknown"}])
    key = idempotency_key(request)
    async with request.app[POOL].acquire() as conn:
        async with conn.transaction():
            batch = await batches.begin(
                conn, site.id, id, staff.id, reason=body.reason, note=body.note or None, key=key
            )
            if batch is None:
                raise Problem("not_found", "There is no such reader.")
            if batch.reader_id != id:
                raise Problem("key_reused")
            if batch.decided == batch.skipped == 0 and batch.state == "doing":
                await record.note(conn, site.id, staff.id, record.Deed.REMOVE_COMMENTS, _detail(batch))
        batch = await _go_on(request, conn, site, staff, batch.id)
    return answer(_out(batch), status=201)


async def go_on(request: web.Request, site: Site, staff: Staff, id: int) -> web.Response:
    """The next step of taking down or of putting back; nothing is left to do once `state` says so."""
    async with request.app[POOL].acquire() as conn:
        return answer(_out(await _go_on(request, conn, site, staff, id)))


async def undo(request: web.Request, site: Site, staff: Staff, id: int) -> web.Response:
    """Begin to put back what the act took down, and do the first step."""
    async with request.app[POOL].acquire() as conn:
        async with conn.transaction():
            batch = await batches.lock(conn, site.id, id)
            if batch is None:
                raise Problem("not_found", "There is no such act.")
            if batch.state in ("doing", "done"):
                await batches.begin_undoing(conn, site.id, id)
                await record.note(conn, site.id, staff.id, record.Deed.RESTORE_COMMENTS, _detail(batch))
        return answer(_out(await _go_on(request, conn, site, staff, id)))


async def _go_on(request: web.Request, conn: Connection, site: Site, staff: Staff, batch_id: int) -> Batch:
    """One step. Raises Problem `not_found`."""
    async with conn.transaction():
        batch = await batches.lock(conn, site.id, batch_id)
        if batch is None:
            raise Problem("not_found", "There is no such act.")
        made = await _take_down(conn, site.id, staff.id, batch) if batch.state == "doing" else []
    _announce(request, site, staff, made)
    if batch.state == "undoing":
        await _put_back(request, conn, site, staff, batch)
    async with conn.transaction():
        after = await batches.lock(conn, site.id, batch_id)
    assert after is not None
    return after


async def _take_down(conn: Connection, site_id: int, staff_id: int, batch: Batch) -> Sequence[Decided]:
    """Reject the next comments; one that a colleague has before them, or that an appeal is about, is left alone."""
    targets = await batches.targets(conn, site_id, batch, staff_id)
    drafts = [
        Draft(
            site_id=site_id,
            comment_id=target.id,
            revision=target.revision,
            from_status=target.status,
            to_status=Status.REJECTED,
            actor=Actor.STAFF,
            reasons=(Reason(ReasonCode(batch.reason)),),
            staff_id=staff_id,
            note=batch.note,
            batch_id=batch.id,
        )
        for target in targets
        if not target.held_by_other
    ]
    made = [one for one in await decide(conn, drafts) if isinstance(one, Decided)]
    reached = targets[-1].id if len(targets) == STEP else None
    await batches.went_on(
        conn, site_id, batch.id, decided=len(made), skipped=len(targets) - len(made), reached=reached
    )
    return made


async def _put_back(request: web.Request, conn: Connection, site: Site, staff: Staff, batch: Batch) -> None:
    """Undo the next decisions, each as if alone: one that was acted on since is left as it is."""
    ids = await batches.made(conn, site.id, batch)
    taken_back: list[Decided] = []
    for decision_id in ids:
        try:
            settled = await deciding.undo(conn, site.id, decision_id, staff.id, None)
        except Problem as problem:
            if problem.code not in ("stale", "forbidden", "not_found"):
                raise
        else:
            taken_back += [settled.made] if settled.made else []
    reached = ids[-1] if len(ids) == UNDO_STEP else None
    await batches.went_back(conn, site.id, batch.id, taken_back=len(taken_back), reached=reached)
    _announce(request, site, staff, taken_back)


def _announce(request: web.Request, site: Site, staff: Staff, made: Sequence[Decided]) -> None:
    notifier = request.app[NOTIFIER]
    for one in made:
        if one.version is not None:
            notifier.article(site.id, one.article_id, one.version)
        notifier.staff(site.id, "item.decided", one.draft.comment_id, str(staff.id))
        if one.draft.to_status is Status.HELD:
            notifier.staff(site.id, "item.added", one.draft.comment_id, str(staff.id))


def _detail(batch: Batch) -> dict[str, Any]:
    return {
        "id": str(batch.reader_id),
        "batch": str(batch.id),
        "total": batch.total,
        "reasons": [batch.reason],
    }


def _out(batch: Batch) -> BatchOut:
    return BatchOut(
        id=str(batch.id),
        reader_id=str(batch.reader_id),
        reason=batch.reason,
        reason_text=title_of(batch.reason) or "",
        state=batch.state,
        total=batch.total,
        decided=batch.decided,
        skipped=batch.skipped,
        taken_back=batch.taken_back,
        created_at=batch.created_at,
    )
