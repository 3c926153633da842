"""Erasing an account sheds no ban: whoever was shut out is found again when they come back by the same account or address.

Kept for that are keyed hashes alone, and only while the suspension or ban lasts (docs/sso.md).
"""

from aiohttp import web

from moderation import sanctions
from moderation.database import Connection
from moderation.reasons import ReasonCode
from moderation.sanctions import Change
from moderation.statuses import Actor
from service.keys import SIGNER
from service.sites import Site
from service.store import marks
from service.store import sanctions as told


def _hashes(request: web.Request, external_id: str) -> list[str]:
    return [mac.hex() for mac in request.app[SIGNER].macs("account", external_id)]


async def remember(request: web.Request, conn: Connection, site_id: int, reader_id: int) -> None:
    """Before an account is erased: keep by what its reader is found again, if they are shut out."""
    for external_id in await marks.ways_back(conn, site_id, reader_id):
        await marks.remember(conn, site_id, reader_id, "account", _hashes(request, external_id)[0])


async def recognise(
    request: web.Request, conn: Connection, site: Site, reader_id: int, external_id: str, email: str | None
) -> None:
    """Lay on a new reader what their erased account was under, with the same words and the same end."""
    ways = [external_id] if email is None else [external_id, f"mail:{email.lower()}"]
    before = await marks.shut_out_as(conn, site.id, [mark for way in ways for mark in _hashes(request, way)])
    if before is None:
        return
    await sanctions.lock(conn, site.id, before)
    under = await sanctions.in_force(conn, site.id, before)
    if under is None:
        return
    said = await told.last(conn, site.id, before)
    change = Change(
        site.id,
        reader_id,
        under.sanction,
        under.until,
        Actor.SYSTEM,
        reason=ReasonCode(said.reason) if said and said.reason else None,
        note=said.words if said else None,
    )
    await sanctions.change(conn, change)
    await marks.hand_on(conn, site.id, before, reader_id)
