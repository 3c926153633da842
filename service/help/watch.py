"""Looking for incidents: soon after tickets came, but seldom enough that a flood of them costs no more than a few."""

import asyncio

import structlog
from aiohttp import web

from moderation.database import DATABASE_DOWN
from service.help.fingerprints import SHARED
from service.keys import NOTIFIER, RESERVE
from service.store import incidents

EVERY_S = 5.0
_log = structlog.get_logger()


class Watch:
    """The sites that have new tickets."""

    def __init__(self) -> None:
        self._sites: set[int] = set()

    def new_ticket(self, site_id: int) -> None:
        """A ticket of the site was stored."""
        self._sites.add(site_id)

    async def run(self, app: web.Application) -> None:
        """Until cancelled. Begins with what another process may have left unseen; after a failure the same sites are due."""
        recent = "SELECT DISTINCT site_id FROM tickets WHERE created_at > now() - make_interval(mins => $1)"
        begun = False
        while True:
            sites = frozenset(self._sites)
            try:
                if not begun:
                    rows = await app[RESERVE].fetch(recent, incidents.MINUTES)
                    sites |= {row["site_id"] for row in rows}
                for site_id in sites:
                    await look(app, site_id)
                self._sites -= sites
                begun = True
            except DATABASE_DOWN as error:
                _log.warning("incidents_not_watched", error=type(error).__name__)
            await asyncio.sleep(EVERY_S)


WATCH = web.AppKey("watch", Watch)


async def look(app: web.Application, site_id: int) -> None:
    """Open incidents where tickets are a crowd, and link those that belong to one."""
    async with app[RESERVE].acquire() as conn, conn.transaction():
        opened = await incidents.watch(conn, site_id, SHARED, await conn.fetchval("SELECT now()"))
    for incident_id in opened:
        _log.warning("incident_opened", incident=incident_id, site=site_id)
        app[NOTIFIER].staff(site_id, "incident.changed")
