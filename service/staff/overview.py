"""How much waits, and how the classifier does."""

from aiohttp import web

from moderation import appeal_queue, review, workers
from moderation.database import Connection
from moderation.reasons import HOUSE_RULES
from moderation.workers import WorkerState
from service.endpoint import answer
from service.keys import POOL
from service.sites import Site
from service.staff.queue_shapes import ClassifierOut, CountsOut
from service.staff.shapes import HouseRuleOut, ReasonsOut
from service.store import incidents, tickets


async def read_counts(conn: Connection, site_id: int) -> CountsOut:
    """Everything that the console counts on one site."""
    waiting = await review.counts(conn, site_id)
    return CountsOut(
        waiting=waiting.waiting,
        held=waiting.held,
        reported=waiting.reported,
        unscored=waiting.unscored,
        new_readers=waiting.new_readers,
        second=waiting.second,
        escalated=waiting.escalated,
        pending=waiting.pending,
        appeals=await appeal_queue.count(conn, site_id),
        tickets_open=await tickets.count_waiting(conn, site_id),
        incidents_open=await incidents.count_open(conn, site_id),
        oldest_held_at=waiting.oldest_held_at,
        classifier=await _classifier(conn),
    )


async def _classifier(conn: Connection) -> ClassifierOut:
    seen = await workers.states(conn)
    if not seen:
        return ClassifierOut(id=None, state="absent")
    best = seen[0]
    return ClassifierOut(
        id=best.classifier,
        state="ready" if best.state is WorkerState.READY else "unavailable",
        detail=best.detail,
    )


async def get_counts(request: web.Request, site: Site) -> web.Response:
    """How much waits."""
    async with request.app[POOL].acquire() as conn:
        return answer(await read_counts(conn, site.id))


async def list_reasons(request: web.Request, site: Site) -> web.Response:  # noqa: ARG001
    """The reasons that a rejection may name."""
    rules = [HouseRuleOut(code=code, title=code.for_staff, text=code.for_author) for code in HOUSE_RULES]
    return answer(ReasonsOut(reasons=rules))
