"""The live stream of an article's events: joining without gaps or doubles, and passing on what changes."""

from collections.abc import Sequence
from dataclasses import dataclass

import asyncpg
from aiohttp import web

from moderation.database import Pool
from service.keys import LIVE, METRICS, POOL
from service.live import RESYNC, Client, Group, Live, frame, keep_open
from service.pages import Pages
from service.parsing import In
from service.problems import Problem
from service.sites import Site
from service.store import events

# A client that missed more than this is told to ask for the page anew.
MAX_CATCH_UP = 200


class StreamQuery(In):
    """Where to go on, for clients that cannot send a Last-Event-ID header of their own."""

    last_event_id: str | None = None


async def article_events(
    request: web.Request, site: Site, article: str, query: StreamQuery
) -> web.StreamResponse:
    """Server-sent events of one article."""
    live = request.app[LIVE]
    last = request.headers.get("Last-Event-ID") or query.last_event_id
    if last is not None and not (last.isascii() and last.isdigit() and len(last) < 19):
        raise Problem("malformed", "Last-Event-ID is not one of ours.")
    key = (site.id, article)
    async with live.stream(request) as client:
        request.app[METRICS].live_clients.set(len(live))
        try:
            await _enter(request, client, key, int(last) if last is not None else None)
            return await keep_open(client)
        finally:
            _leave(live, client, key)
            request.app[METRICS].live_clients.set(len(live) - 1)


async def _enter(request: web.Request, client: Client, key: tuple[int, str], last: int | None) -> None:
    """Let a newcomer into the article's group, which may have been given up and made anew while it waited."""
    articles = request.app[LIVE].articles
    while True:
        group = articles.setdefault(key, Group())
        async with group.lock:
            if articles.get(key) is group:
                await _join(request.app[POOL], group, client, key, last)
                return


def _leave(live: Live, client: Client, key: tuple[int, str]) -> None:
    """Take a client out; a group that is empty then goes too, unless somebody holds it: they are just coming in."""
    group = live.articles.get(key)
    if group is not None:
        group.clients.discard(client)
        if not group.clients and not group.lock.locked():
            del live.articles[key]


async def _join(pool: Pool, group: Group, client: Client, key: tuple[int, str], last: int | None) -> None:
    """Bring a newcomer up to date and let it into the group, whose lock the caller holds."""
    found = await events.version(pool, *key)
    article_id, version = found or (0, 0)
    client.seen = version
    await client.write(b": connected\n\n")
    if last is not None and last != version:
        missed = (
            await events.since(pool, key[0], article_id, last, limit=MAX_CATCH_UP) if last < version else []
        )
        if missed and missed[0].seq == last + 1 and missed[-1].seq >= version:
            client.seen = missed[-1].seq
            await client.write(b"".join(frame(e.type, e.data.encode(), e.seq) for e in missed))
        else:
            await client.write(b"id: %d\n" % version + RESYNC)
    if not group.clients:
        group.told = client.seen
    group.clients.add(client)


_ARTICLES = "SELECT a.site_id, a.key, a.id, a.version FROM articles a"


@dataclass(frozen=True, slots=True)
class Streams:
    """Keeps the pages and the streams of this process up to date with what other processes decide."""

    pool: Pool
    live: Live
    pages: Pages

    async def changed(self, items: list[list[int]]) -> None:
        """Articles changed: `items` are [site id, article id, version]."""
        for site_id, article_id, version in items:
            self.pages.saw((site_id, article_id), version)
        if self.live.articles:
            rows = await self.pool.fetch(
                f"{_ARTICLES} JOIN unnest($1::bigint[], $2::bigint[]) AS d(site_id, id) USING (site_id, id)",
                [item[0] for item in items],
                [item[1] for item in items],
            )
            await self._tell_all(rows)

    async def poll(self) -> None:
        """Look for what a lost notification would have said."""
        keys = list(self.live.articles)
        rows = await self.pool.fetch(
            f"{_ARTICLES} JOIN unnest($1::bigint[], $2::text[]) AS d(site_id, key) USING (site_id, key)",
            [key[0] for key in keys],
            [key[1] for key in keys],
        )
        await self._tell_all(rows)

    async def _tell_all(self, rows: Sequence[asyncpg.Record]) -> None:
        for row in rows:
            self.pages.saw((row["site_id"], row["id"]), row["version"])
            await self._tell((row["site_id"], row["key"]), row["id"], row["version"])

    async def _tell(self, key: tuple[int, str], article_id: int, version: int) -> None:
        group = self.live.articles.get(key)
        if group is None:
            return
        async with group.lock:
            while group.told < version:
                fresh = await events.since(self.pool, key[0], article_id, group.told, limit=MAX_CATCH_UP)
                if not fresh:
                    return
                group.told = fresh[-1].seq
                await group.tell([(e.seq, frame(e.type, e.data.encode(), e.seq)) for e in fresh])
            if not group.clients and self.live.articles.get(key) is group:
                # The last one left while this was told.
                del self.live.articles[key]
