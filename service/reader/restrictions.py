"""What keeps a reader from commenting, told to them in the words that staff chose."""

from datetime import datetime
from typing import Any

from aiohttp import web

from moderation.database import Connection
from moderation.reasons import Reason
from service.auth import Reader
from service.endpoint import answer, empty
from service.keys import POOL
from service.problems import Problem
from service.reader.shapes import WarningsOut
from service.sites import Site
from service.store import sanctions, warnings
from service.store.warnings import Warning_


async def sanctioned(
    conn: Connection, site_id: int, reader_id: int, sanction: str, until: datetime | None
) -> Problem:
    """Which restriction the reader is under, why, until when, and what an appeal would name."""
    told = await sanctions.last(conn, site_id, reader_id)
    return Problem(
        "sanctioned",
        sanction=sanction,
        sanction_id=str(told.id) if told else None,
        reason=_sentence(told.reason, told.words) if told else None,
        until=until.isoformat() if until else None,
    )


async def warned(conn: Connection, site_id: int, reader_id: int) -> Problem:
    """The oldest warning that the reader has not read."""
    first = (await warnings.unread(conn, site_id, reader_id))[0]
    return Problem("warned", _sentence(first.reason, first.words) or "", warning=_shown(first))


async def list_warnings(request: web.Request, site: Site, reader: Reader) -> web.Response:
    """Warnings that the caller has not acknowledged."""
    async with request.app[POOL].acquire() as conn:
        found = await warnings.unread(conn, site.id, reader.id)
    return answer(WarningsOut.model_validate({"items": [_shown(one) for one in found]}))


async def acknowledge(request: web.Request, site: Site, reader: Reader, id: int) -> web.Response:
    """Say that one has read a warning."""
    async with request.app[POOL].acquire() as conn:
        if not await warnings.acknowledge(conn, site.id, reader.id, id):
            raise Problem("not_found", "There is no such warning to you.")
    return empty()


def _shown(warning: Warning_) -> dict[str, Any]:
    title = _title(warning.reason)
    return {"id": str(warning.id), "reason": warning.reason, "text": title, "words": warning.words}


def _title(reason: str) -> str:
    return Reason.from_json({"code": reason}).code.for_staff


def _sentence(reason: str | None, words: str | None) -> str | None:
    """The rule's title and what was written beside it; None for neither."""
    return " ".join(part for part in (f"{_title(reason)}." if reason else "", words or "") if part) or None
