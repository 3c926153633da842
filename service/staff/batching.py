"""Acts on many comments, decided as one and undone as one; both go on in steps that the console asks for."""

from collections.abc import Sequence
from typing import Any

from aiohttp import web

from moderation.database import Connection
from moderation.decisions import Decided, Draft, Stale, decide
from moderation.reasons import Reason, ReasonCode
from moderation.statuses import Actor, Status
from service.auth import Staff
from service.endpoint import answer
from service.keys import NOTIFIER, POOL
from service.problems import Problem
from service.sites import Site
from service.staff import deciding, proposing
from service.staff.people_shapes import BatchOut
from service.staff.shapes import title_of
from service.store import batches, record
from service.store.batches import STEP, UNDO_STEP, Batch, Target

# Why a decision of an act is not taken back with it: something came after it, or it is somebody else's turn.
_LEFT_ALONE = (
    "stale",
    "forbidden",
    "not_found",
    "under_appeal",
    "not_impartial",
    "escalated",
    "needs_second",
)


async def go_on(request: web.Request, site: Site, staff: Staff, id: int) -> web.Response:
    """The next step of an act or of its undoing; nothing is left to do once `state` says so."""
    async with request.app[POOL].acquire() as conn:
        return answer(shown(await take_step(request, conn, site, staff, id)))


async def undo(request: web.Request, site: Site, staff: Staff, id: int) -> web.Response:
    """Begin to take back what the act decided, and do the first step."""
    async with request.app[POOL].acquire() as conn:
        async with conn.transaction():
            batch = await batches.lock(conn, site.id, id)
            if batch is None:
                raise Problem("not_found", "There is no such act.")
            if batch.state in ("doing", "done"):
                await batches.begin_undoing(conn, site.id, id, staff.id)
                if batch.reader_id is not None:
                    await record.note(conn, site.id, staff.id, record.Deed.RESTORE_COMMENTS, detail(batch))
        return answer(shown(await take_step(request, conn, site, staff, id)))


async def take_step(request: web.Request, conn: Connection, site: Site, staff: Staff, batch_id: int) -> Batch:
    """One step of doing or of undoing. Raises Problem `not_found`."""
    async with conn.transaction():
        batch = await batches.lock(conn, site.id, batch_id)
        if batch is None:
            raise Problem("not_found", "There is no such act.")
        made = await _step(conn, site.id, staff.id, batch) if batch.state == "doing" else []
    _announce(request, site, staff, made)
    if batch.state == "undoing":
        await _put_back(request, conn, site, staff, batch)
    async with conn.transaction():
        after = await batches.lock(conn, site.id, batch_id)
    assert after is not None
    return after


async def _step(conn: Connection, site_id: int, staff_id: int, batch: Batch) -> Sequence[Decided]:
    """Decide on the next comments, and leave alone what a colleague has before them or has decided.

    What waits for a lead or a second person is left as well, and what an appeal is about.
    """
    targets = await batches.targets(conn, site_id, batch, staff_id)
    free = [target for target in targets if not (target.held_by_other or target.overtaken)]
    drafts = [_draft(site_id, staff_id, batch, target) for target in free]
    alone = [draft for draft in drafts if not await proposing.needs_second(conn, draft)]
    outcome = await decide(conn, alone)
    made = [one for one in outcome if isinstance(one, Decided)]
    stale = sum(isinstance(one, Stale) and one.hindrance is None for one in outcome)
    await batches.went_on(
        conn,
        site_id,
        batch.id,
        decided=len(made),
        skipped=len(targets) - len(made),
        overtaken=sum(target.overtaken for target in targets) + stale,
        claimed=sum(target.held_by_other and not target.overtaken for target in targets),
        reached=targets[-1].id if len(targets) == STEP else None,
    )
    return made


def _draft(site_id: int, staff_id: int, batch: Batch, target: Target) -> Draft:
    reason = ReasonCode.WITHIN_RULES if batch.reason is None else ReasonCode(batch.reason)
    return Draft(
        site_id=site_id,
        comment_id=target.id,
        revision=target.revision,
        from_status=target.status,
        to_status=Status.PUBLISHED if batch.action == "publish" else Status.REJECTED,
        actor=Actor.STAFF,
        reasons=(Reason(reason),),
        staff_id=staff_id,
        note=batch.note,
        batch_id=batch.id,
    )


async def _put_back(request: web.Request, conn: Connection, site: Site, staff: Staff, batch: Batch) -> None:
    """Undo the next decisions, each as if alone: one that was acted on since, or is not theirs to undo, is left as it is."""
    ids = await batches.made(conn, site.id, batch)
    taken_back: list[Decided] = []
    for decision_id in ids:
        try:
            settled = await deciding.undo(conn, site.id, decision_id, staff.id, None)
        except Problem as problem:
            if problem.code not in _LEFT_ALONE:
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


def detail(batch: Batch) -> dict[str, Any]:
    """What the record has of an act on a reader's comments."""
    return {
        "id": str(batch.reader_id),
        "batch": str(batch.id),
        "total": batch.total,
        "reasons": [batch.reason],
    }


def shown(batch: Batch) -> BatchOut:
    """The act as the console gets it."""
    return BatchOut(
        id=str(batch.id),
        reader_id=None if batch.reader_id is None else str(batch.reader_id),
        action=batch.action,
        reason=batch.reason,
        reason_text=title_of(batch.reason) or "",
        state=batch.state,
        total=batch.total,
        decided=batch.decided,
        skipped=batch.skipped,
        overtaken=batch.overtaken,
        claimed=batch.claimed,
        taken_back=batch.taken_back,
        created_at=batch.created_at,
    )
