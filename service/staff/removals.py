"""Taking down all that a reader has written, as one act that is undone as one (batching.py)."""

from aiohttp import web

from moderation.reasons import HOUSE_RULES
from service.auth import Staff
from service.endpoint import answer
from service.keys import POOL
from service.parsing import idempotency_key
from service.problems import Problem, invalid
from service.sites import Site
from service.staff.batching import detail, shown, take_step
from service.staff.people_shapes import RemovalIn
from service.store import batches, record


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
                await record.note(conn, site.id, staff.id, record.Deed.REMOVE_COMMENTS, detail(batch))
        batch = await take_step(request, conn, site, staff, batch.id)
    return answer(shown(batch), status=201)
