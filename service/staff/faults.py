"""What a publisher's developer has to mend: faults of the site's own pages, counted, each with what to do."""

from datetime import datetime
from typing import Annotated, Any

from aiohttp import web
from pydantic import StringConstraints

from moderation.database import Connection
from service.auth import Staff
from service.endpoint import answer
from service.help.causes import CAUSES
from service.keys import POOL, SETTINGS
from service.parsing import In, Out
from service.problems import Problem
from service.sites import Site
from service.staff.shapes import PersonOut
from service.store import faults, record
from service.store.record import Deed

_FIXES = {
    "csp": "Allow the service in the page's Content-Security-Policy: script-src {host}; connect-src {host}",
    "origin": "Put this origin on the site's list (parley site set {site} --origin …), or take the comments off that page.",
    "token_wrong": "The page signs readers in with a token that this service did not make, or made for another site: "
    "check its data-site, and which key signs.",
}


class FaultOut(Out):
    """A fault, where it was met (`detail`), how often, and what mends it."""

    cause: str
    detail: str
    what: str
    fix: str
    seen: int
    example: dict[str, Any]
    first_seen_at: datetime
    last_seen_at: datetime
    mended_at: datetime | None
    mended_by: PersonOut | None


class FaultsOut(Out):
    """Those of the last 90 days: first those that nobody mended, seen last first."""

    items: list[FaultOut]


class MendIn(In):
    """Which fault is over."""

    cause: Annotated[str, StringConstraints(min_length=1, max_length=40)]
    detail: Annotated[str, StringConstraints(max_length=300)]


async def list_faults(request: web.Request, site: Site) -> web.Response:
    """What is wrong with the site's own pages."""
    async with request.app[POOL].acquire() as conn:
        return answer(await _read(request, conn, site))


async def mend(request: web.Request, site: Site, staff: Staff, body: MendIn) -> web.Response:
    """Say that a fault is over; gives what is left. One that is met again comes back by itself."""
    async with request.app[POOL].acquire() as conn:
        async with conn.transaction():
            if not await faults.mend(conn, site.id, body.cause, body.detail, staff_id=staff.id):
                raise Problem("not_found", "There is no such fault.")
            await record.note(conn, site.id, staff.id, Deed.MEND, body.model_dump())
        return answer(await _read(request, conn, site))


async def _read(request: web.Request, conn: Connection, site: Site) -> FaultsOut:
    rows = await faults.list_faults(conn, site.id)
    values = {"host": request.app[SETTINGS].base_url, "site": site.key}
    return FaultsOut(
        items=[
            FaultOut(**row, what=CAUSES[row["cause"]].what, fix=_FIXES[row["cause"]].format_map(values))
            for row in rows
        ]
    )
