"""The review queue: what waits for people, and claims of it."""

import struct
from collections.abc import Iterable
from dataclasses import replace

from aiohttp import web

from moderation import leases, review
from moderation.database import Connection
from moderation.statuses import Lane
from moderation.views import Selection, View
from service import cursors
from service.auth import Staff
from service.endpoint import answer, empty
from service.keys import NOTIFIER, POOL
from service.sites import Site
from service.staff.overview import read_counts
from service.staff.queue_shapes import (
    ClaimIn,
    HeldOut,
    IdsIn,
    ItemOut,
    ItemsOut,
    QueueOut,
    QueueQuery,
    SelectionIn,
)
from service.staff.shapes import worded_item
from service.store import queue as store
from service.store.queue import Item

_ARTICLES = 50
# What was escalated and is shown first, all at once.
_ESCALATED = 50


async def list_queue(request: web.Request, site: Site, staff: Staff, query: QueueQuery) -> web.Response:
    """What waits for people, first to be decided first; leads see what was escalated before all else."""
    after = _place(query.cursor)
    async with request.app[POOL].acquire() as conn:
        selection = await selection_of(conn, site, query)
        items = await store.list_items(conn, site.id, limit=query.limit + 1, after=after, selection=selection)
        escalated = selection.view is View.ALL and after is None and staff.leads(site)
        before = await _escalated(conn, site, selection) if escalated else []
        counts = await read_counts(conn, site.id)
    shown = items[: query.limit]
    cursor = _cursor(shown[-1]) if len(items) > query.limit else None
    link = {"Link": f'<{request.rel_url.update_query(cursor=cursor)}>; rel="next"'} if cursor else {}
    return answer(QueueOut(items=shown_items([*before, *shown]), next=cursor, counts=counts), headers=link)


async def list_articles(request: web.Request, site: Site) -> web.Response:
    """The articles that have most waiting."""
    async with request.app[POOL].acquire() as conn:
        articles = await store.list_articles(conn, site.id, limit=_ARTICLES)
    return answer({"articles": articles})


async def claim(request: web.Request, site: Site, staff: Staff, body: ClaimIn) -> web.Response:
    """Claim the next items, or those named. What somebody else has is left out."""
    async with request.app[POOL].acquire() as conn:
        if body.ids is None:
            selection = await selection_of(conn, site, body)
            claimed = await review.claim_next(
                conn, site.id, staff.id, limit=body.limit, selection=selection, lead=staff.leads(site)
            )
        else:
            claimed = await review.claim_named(
                conn, site.id, staff.id, _numbers(body.ids), lead=staff.leads(site)
            )
        items = await store.find_items(conn, site.id, claimed)
    _tell(request, site, "item.claimed", claimed, staff)
    return answer(ItemsOut(items=shown_items(items)))


async def renew(request: web.Request, site: Site, staff: Staff, body: IdsIn) -> web.Response:
    """Keep one's claims for another five minutes."""
    async with request.app[POOL].acquire() as conn:
        held, until = await leases.renew(conn, Lane.REVIEW, site.id, staff.id, _numbers(body.ids))
    _tell(request, site, "item.claimed", held, staff)
    return answer(HeldOut(ids=[str(id_) for id_ in held], until=until))


async def release(request: web.Request, site: Site, staff: Staff, body: IdsIn) -> web.Response:
    """Give one's claims back."""
    async with request.app[POOL].acquire() as conn:
        released = await leases.release(conn, Lane.REVIEW, site.id, staff.id, _numbers(body.ids))
    _tell(request, site, "item.released", released, staff)
    return empty()


def _tell(request: web.Request, site: Site, event: str, comment_ids: Iterable[int], staff: Staff) -> None:
    for comment_id in comment_ids:
        request.app[NOTIFIER].staff(site.id, event, comment_id, str(staff.id))


def _numbers(ids: Iterable[str]) -> list[int]:
    return sorted({int(id_) for id_ in ids})


def shown_items(items: Iterable[Item]) -> list[ItemOut]:
    """Items with their reasons in words."""
    return [ItemOut.model_validate(worded_item(item.json)) for item in items]


async def _escalated(conn: Connection, site: Site, selection: Selection) -> list[Item]:
    wanted = replace(selection, view=View.ESCALATED)
    return await store.list_items(conn, site.id, limit=_ESCALATED, after=None, selection=wanted)


async def selection_of(conn: Connection, site: Site, asked: SelectionIn) -> Selection:
    """The side of the queue that somebody asked for."""
    article = None if asked.article is None else await store.article_id(conn, site.id, asked.article)
    return Selection(asked.view, asked.order, article)


def _cursor(item: Item) -> str:
    """The urgency's own bits, so that the same number comes back."""
    [bits] = struct.unpack("<q", struct.pack("<d", item.urgency))
    return cursors.encode(bits, item.id)


def _place(cursor: str | None) -> tuple[float, int] | None:
    place = cursors.decode(cursor, 2)
    if place is None:
        return None
    [urgency] = struct.unpack("<d", struct.pack("<q", place[0]))
    return urgency, place[1]
