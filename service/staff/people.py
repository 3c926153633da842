"""What staff know of readers beside what these wrote."""

from aiohttp import web

from service.auth import Staff
from service.endpoint import answer
from service.keys import POOL
from service.parsing import idempotency_key
from service.problems import Problem
from service.sites import Site
from service.staff.context_shapes import NoteIn, NoteOut
from service.store import people


async def write_note(request: web.Request, site: Site, staff: Staff, id: int, body: NoteIn) -> web.Response:
    """Leave a note about a reader among staff."""
    async with request.app[POOL].acquire() as conn:
        note = await people.write_note(
            conn, site.id, id, staff.id, body=body.body, key=idempotency_key(request)
        )
    if note is None:
        raise Problem("not_found", "There is no such reader.")
    return answer(NoteOut.model_validate(note), status=201)
