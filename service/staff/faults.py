"""What a publisher's developer has to mend: faults of the site's own pages, counted, each with what to do."""

from datetime import datetime
from typing import Any

from aiohttp import web

from service.endpoint import answer
from service.help.causes import CAUSES
from service.keys import POOL, SETTINGS
from service.parsing import Out
from service.sites import Site
from service.store import faults

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


class FaultsOut(Out):
    """Those of the last 90 days, seen last first."""

    items: list[FaultOut]


async def list_faults(request: web.Request, site: Site) -> web.Response:
    """What is wrong with the site's own pages."""
    async with request.app[POOL].acquire() as conn:
        rows = await faults.list_faults(conn, site.id)
    values = {"host": request.app[SETTINGS].base_url, "site": site.key}
    return answer(
        FaultsOut(
            items=[
                FaultOut(**row, what=CAUSES[row["cause"]].what, fix=_FIXES[row["cause"]].format_map(values))
                for row in rows
            ]
        )
    )
