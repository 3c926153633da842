"""Remembering by what a reader may be told from others: as keyed hashes that say nothing to whoever lacks the key."""

from aiohttp import web

from moderation.database import Connection
from service.keys import LIMITS, SIGNER
from service.sites import Site
from service.store import marks

# One mailbox under two names.
_SAME_HOST = {"googlemail.com": "gmail.com"}


async def remember(
    request: web.Request, conn: Connection, site: Site, reader_id: int, email: str | None = None
) -> None:
    """Note the network that a reader comes from (for thirty days), and their mail address where there is one."""
    await marks.remember(conn, site.id, reader_id, "network", request.app[LIMITS].network_hash(request))
    if email is not None:
        mark = request.app[SIGNER].macs("mail", mailbox(email))[0].hex()
        await marks.remember(conn, site.id, reader_id, "mail", mark)


def mailbox(email: str) -> str:
    """The mailbox that an address leads to, as far as can be told: without case, dots and what follows a plus sign."""
    local, _, host = email.strip().casefold().rpartition("@")
    name = local.partition("+")[0].replace(".", "")
    return f"{name or local}@{_SAME_HOST.get(host, host)}"
