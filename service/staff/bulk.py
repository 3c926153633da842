"""Deciding on many comments at once: what somebody marked in the queue, or a band of scores after a look at a sample."""

from aiohttp import web

from moderation.database import Connection
from service.auth import Staff
from service.endpoint import answer
from service.keys import POOL
from service.parsing import idempotency_key
from service.sites import Site
from service.staff import deciding
from service.staff.batching import shown, take_step
from service.staff.bulk_shapes import BandIn, BulkIn, SampleQuery, SpreadOut, SpreadQuery
from service.staff.queue import selection_of, shown_items
from service.staff.queue_shapes import ItemsOut
from service.store import picking
from service.store import queue as store
from service.store.picking import Band, Pick


async def get_spread(request: web.Request, site: Site, query: SpreadQuery) -> web.Response:
    """How a label's scores are spread over what waits."""
    async with request.app[POOL].acquire() as conn:
        found = await picking.spread(conn, site.id, query.label, await selection_of(conn, site, query))
    return answer(SpreadOut(bins=found.bins, labels=found.labels, unscored=found.unscored))


async def get_sample(request: web.Request, site: Site, query: SampleQuery) -> web.Response:
    """Some items of a band, by chance."""
    async with request.app[POOL].acquire() as conn:
        selection = await selection_of(conn, site, query)
        ids = await picking.sample(conn, site.id, _band(query), selection, size=query.size)
        items = await store.find_items(conn, site.id, ids)
    return answer(ItemsOut(items=shown_items(items)))


async def decide(request: web.Request, site: Site, staff: Staff, body: BulkIn) -> web.Response:
    """Begin to decide on many, and do the first step; the rest goes on step by step."""
    if body.action == "reject":
        deciding.to_reject(body.reason)
    key = idempotency_key(request)
    async with request.app[POOL].acquire() as conn:
        batch_id = await picking.begin(
            conn,
            site.id,
            staff.id,
            await _picks(conn, site, body),
            action=body.action,
            reason=body.reason if body.action == "reject" else None,
            note=body.note or None,
            band=body.band.model_dump(mode="json", exclude_none=True) if body.band else None,
            key=key,
        )
        batch = await take_step(request, conn, site, staff, batch_id)
    return answer(shown(batch), status=201)


async def _picks(conn: Connection, site: Site, body: BulkIn) -> list[Pick]:
    if body.band is None:
        picked = {int(item.id): item for item in body.items or ()}
        return [Pick(id_, item.revision, item.status) for id_, item in picked.items()]
    return await picking.in_band(conn, site.id, _band(body.band), await selection_of(conn, site, body.band))


def _band(asked: SampleQuery | BandIn) -> Band:
    return Band(asked.label, asked.low, asked.high)
