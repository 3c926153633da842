"""What staff know of readers, and what they lay on them."""

from typing import Any

from aiohttp import web

from moderation.database import Connection
from service.auth import Staff
from service.endpoint import answer
from service.keys import NOTIFIER, POOL
from service.parsing import idempotency_key
from service.problems import Problem
from service.sites import Site
from service.staff import sanctioning
from service.staff.context_shapes import NoteIn, NoteOut
from service.staff.people_shapes import ReaderOut, SanctionIn
from service.staff.shapes import title_of
from service.store import marks, people, strikes, warnings
from service.store.strikes import Strike


async def get_reader(request: web.Request, site: Site, id: int) -> web.Response:
    """All that is known of a reader."""
    async with request.app[POOL].acquire() as conn:
        return answer(await _document(conn, site, id))


async def sanction(request: web.Request, site: Site, staff: Staff, id: int, body: SanctionIn) -> web.Response:
    """Warn, pre-moderate, suspend or ban a reader, or lift what they are under."""
    async with request.app[POOL].acquire() as conn:
        await sanctioning.lay(conn, site.id, id, staff.id, body, idempotency_key(request))
        document = await _document(conn, site, id)
    request.app[NOTIFIER].staff(site.id, "reader.changed", id, str(staff.id))
    return answer(document, status=201)


async def withdraw_warning(request: web.Request, site: Site, staff: Staff, id: int) -> web.Response:
    """Take a warning back."""
    async with request.app[POOL].acquire() as conn:
        reader_id = await warnings.withdraw(conn, site.id, id, staff.id)
        if reader_id is None:
            raise Problem("not_found", "There is no such warning to take back.")
        return answer(await _document(conn, site, reader_id))


async def write_note(request: web.Request, site: Site, staff: Staff, id: int, body: NoteIn) -> web.Response:
    """Leave a note about a reader among staff."""
    async with request.app[POOL].acquire() as conn:
        note = await people.write_note(
            conn, site.id, id, staff.id, body=body.body, key=idempotency_key(request)
        )
    if note is None:
        raise Problem("not_found", "There is no such reader.")
    return answer(NoteOut.model_validate(note), status=201)


async def _document(conn: Connection, site: Site, reader_id: int) -> ReaderOut:
    person = await people.read_person(conn, site.id, reader_id)
    if person is None:
        raise Problem("not_found", "There is no such reader.")
    for one in (*person["history"], *person["batches"]):
        one["reason_text"] = title_of(one["reason"])
    person["hints"] = await marks.read_hints(conn, site.id, reader_id)
    person["strikes"] = await strikes_of(conn, site, reader_id, person["history"])
    return ReaderOut.model_validate(person)


async def strikes_of(
    conn: Connection, site: Site, reader_id: int, history: list[dict[str, Any]]
) -> dict[str, Any]:
    """A reader's strikes, and what they suggest after what was laid on the reader before."""
    found = await strikes.read(conn, site.id, reader_id)
    line = await strikes.limit(conn, site.id)
    count = strikes.count(found)
    return {
        "count": count,
        "limit": line.strikes,
        "days": line.days,
        "suggests": _next_step(history) if count >= line.strikes else None,
        "items": [_strike(one) for one in found],
    }


def _strike(strike: Strike) -> dict[str, Any]:
    return {
        "comment_id": str(strike.comment_id),
        "batch_id": str(strike.batch_id) if strike.batch_id is not None else None,
        "reason": strike.reason,
        "reason_text": title_of(strike.reason),
        "created_at": strike.created_at,
        "expires_at": strike.expires_at,
    }


def _next_step(history: list[dict[str, Any]]) -> str:
    """The next rung: whoever was warned before, or suspended, has heard that much."""
    known = {past["kind"] for past in history if not past["withdrawn_at"]}
    if known & {"suspended", "banned"}:
        return "ban"
    return "suspend" if known & {"warned", "premoderated"} else "warn"
