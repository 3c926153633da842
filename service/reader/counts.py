"""How many comments articles have: for lists of articles, many in one call."""

import hashlib

import orjson
from aiohttp import web

from service.caching import cached
from service.keys import POOL
from service.pages import Page
from service.reader.shapes import CountsQuery
from service.sites import Site
from service.store import threads

_CACHE_CONTROL = "public, max-age=30, s-maxage=30, stale-while-revalidate=60, stale-if-error=600"


async def list_counts(request: web.Request, site: Site, query: CountsQuery) -> web.Response:
    """Published comments by the article's key; an article that nobody has commented on has none."""
    keys = sorted(set(query.article))
    digest = hashlib.sha256(orjson.dumps(keys)).digest()

    async def fill() -> Page:
        async with request.app[POOL].acquire() as conn:
            counts = await threads.counts(conn, site.id, keys)
        return Page(None, 0, orjson.dumps({"counts": {key: counts.get(key, 0) for key in keys}}), None)

    return await cached(request, ("counts", site.id, digest), fill, cache_control=_CACHE_CONTROL)
