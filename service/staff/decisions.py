"""Deciding, undoing, and all the context that a decision needs."""

from aiohttp import web

from moderation.database import Connection
from moderation.statuses import Status
from service.auth import Staff
from service.endpoint import answer
from service.keys import NOTIFIER, POOL
from service.parsing import idempotency_key
from service.problems import Problem
from service.sites import Site
from service.staff import deciding
from service.staff.context_shapes import ContextOut, DecidedOut
from service.staff.deciding import Proposed, Settled
from service.staff.shapes import DecisionIn, worded, worded_item
from service.store import appeals, handovers, history, marks, strikes
from service.store import queue as store


async def decide(request: web.Request, site: Site, staff: Staff, id: int, body: DecisionIn) -> web.Response:
    """Publish, reject or hold a comment."""
    key = idempotency_key(request)
    async with request.app[POOL].acquire() as conn:
        settled = await deciding.settle(conn, site.id, id, staff.id, body, key)
        document = await document_of(conn, site, settled)
    announce(request, site, staff, settled)
    return answer(document, status=201)


async def undo(request: web.Request, site: Site, staff: Staff, id: int) -> web.Response:
    """Take the last decision on a comment back."""
    key = idempotency_key(request)
    async with request.app[POOL].acquire() as conn:
        settled = await deciding.undo(conn, site.id, id, staff.id, key)
        document = await document_of(conn, site, settled)
    announce(request, site, staff, settled)
    return answer(document, status=201)


async def get_context(request: web.Request, site: Site, id: int) -> web.Response:
    """All the context of one comment."""
    async with request.app[POOL].acquire() as conn:
        found = await store.read_comment(conn, site.id, id)
        if found is None:
            raise Problem("not_found", "There is no such comment.")
        context = await history.read_context(conn, site.id, id)
        items = await store.find_items(conn, site.id, [id])
        context["appeal"] = await appeals.waiting_on(conn, site.id, id)
        context["author"] |= await _suspicions(conn, site, int(context["author"]["id"]))
    item = worded_item(items[0].json) if items else None
    logs = {log: [worded(one) for one in context[log]] for log in ("decisions", "handovers")}
    return answer(ContextOut.model_validate({**context, **found, **logs, "item": item}))


async def _suspicions(conn: Connection, site: Site, reader_id: int) -> dict[str, int]:
    line = await strikes.limit(conn, site.id)
    return {
        "strikes": strikes.count(await strikes.read(conn, site.id, reader_id)),
        "strike_limit": line.strikes,
        "hints": len(await marks.read_hints(conn, site.id, reader_id)),
    }


async def document_of(conn: Connection, site: Site, settled: Settled | Proposed) -> DecidedOut:
    """What was decided, or proposed, and the comment after it."""
    decision = proposal = None
    if isinstance(settled, Proposed):
        proposal = worded(await handovers.read(conn, site.id, settled.handover_id))
    else:
        decision = worded(await history.read_decision(conn, site.id, settled.decision_id))
    found = await store.read_comment(conn, site.id, settled.comment_id)
    assert found is not None
    return DecidedOut.model_validate(
        {"decision": decision, "proposal": proposal, "comment": found["comment"]}
    )


def announce(request: web.Request, site: Site, staff: Staff, settled: Settled | Proposed) -> None:
    """Tell readers and consoles what was decided, or proposed."""
    if isinstance(settled, Proposed):
        request.app[NOTIFIER].staff(site.id, "item.handed_over", settled.comment_id, str(staff.id))
        return
    made = settled.made
    if made is None:
        return
    notifier = request.app[NOTIFIER]
    if made.version is not None:
        notifier.article(site.id, made.article_id, made.version)
    notifier.staff(site.id, "item.decided", settled.comment_id, str(staff.id))
    if made.draft.appeal_id is not None:
        notifier.staff(site.id, "appeal.changed", made.draft.appeal_id, str(staff.id))
    elif made.draft.to_status is Status.HELD or made.draft.undoes is not None:
        notifier.staff(site.id, "item.added", settled.comment_id, str(staff.id))
