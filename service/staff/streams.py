"""The console's live stream: who took what, what was decided, and how much waits."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

import orjson
from aiohttp import web

from moderation.database import DATABASE_DOWN
from service.auth import cookie_name, staff_by_token
from service.keys import LIVE, POOL
from service.live import RESYNC, Client, Group, frame
from service.sites import Site
from service.staff.overview import read_counts
from service.store import staff as store

# How soon counts follow what changed, and how often they are looked at when nothing is heard (a notification may be lost).
_SOON_S = 0.25
_SLOW_S = 5.0
_HEARTBEAT_S = 20.0


async def console_events(request: web.Request, site: Site) -> web.StreamResponse:
    """Server-sent events of one site's queue."""
    live = request.app[LIVE]
    async with live.stream(request) as client:
        group = live.staff.setdefault(site.id, Group())
        group.clients.add(client)
        try:
            await _follow(request, site.id, group, client)
        finally:
            group.clients.discard(client)
            if not group.clients and live.staff.get(site.id) is group:
                del live.staff[site.id]
    return client.response


async def _follow(request: web.Request, site_id: int, group: Group, client: Client) -> None:
    """Send counts at first, soon after each change, and whenever they have changed unheard; until the session ends."""
    counts, heard, looked, wrote = b"", group.told, 0.0, time.monotonic()
    while not client.over.is_set():
        now = time.monotonic()
        told = group.told
        if told != heard or now - looked > _SLOW_S:
            fresh = await _look(request, site_id)
            looked = now
            if fresh is None:
                return
            if fresh and fresh != counts:
                unheard = counts and told == heard
                counts, wrote = fresh, now
                await client.write((RESYNC if unheard else b"") + frame("counts", counts))
            heard = told
        if now - wrote > _HEARTBEAT_S:
            wrote = now
            await client.write(b": heartbeat\n\n")
        try:
            await asyncio.wait_for(client.over.wait(), _SOON_S)
        except TimeoutError:
            continue


async def _look(request: web.Request, site_id: int) -> bytes | None:
    """The counts as JSON; None once the session is over, nothing while the database is away."""
    try:
        pool = request.app[POOL]
        staff = await staff_by_token(pool, request.cookies.get(cookie_name(request), ""))
        if staff is None or site_id not in staff.roles:
            return None
        async with pool.acquire() as conn:
            return (await read_counts(conn, site_id)).model_dump_json().encode()
    except DATABASE_DOWN:
        return b""


def hear(app: web.Application) -> Callable[[Sequence[Sequence[Any]]], Awaitable[None]]:
    """Make the listener that passes on what other processes tell: [[site id, event, comment id, staff id], ...]."""

    async def heard(items: Sequence[Sequence[Any]]) -> None:
        groups = app[LIVE].staff
        wanted = [item for item in items if item[0] in groups]
        people = sorted({int(item[3]) for item in wanted if item[3]})
        names = await store.names(app[POOL], people) if people else {}
        for site_id, event, comment_id, by in wanted:
            group = groups.get(site_id)
            if group is None:
                continue
            who = {"id": by, "name": names[int(by)]} if by and int(by) in names else None
            data = {"id": str(comment_id) if comment_id else None, "by": who}
            group.told += 1
            await group.broadcast(frame(event, orjson.dumps(data)))

    return heard
