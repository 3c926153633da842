"""Readers' portraits: fetched once from where the publisher says they are, kept, and given out by ourselves."""

import asyncio
import hashlib

import structlog
from aiohttp import web

from moderation.database import DATABASE_DOWN
from service.fetching import FetchFailed
from service.keys import FETCHER, POOL
from service.parsing import parse_id
from service.store import portraits as store

MAX_BYTES = 256 * 1024
# By what a file begins with; SVG is none of them, as it can carry scripts.
_KINDS = ((b"\x89PNG\r\n\x1a\n", "image/png"), (b"\xff\xd8\xff", "image/jpeg"), (b"GIF8", "image/gif"))
FETCHING = web.AppKey("fetching_portraits", set[asyncio.Task[None]])
_log = structlog.get_logger()


def kind_of(body: bytes) -> str | None:
    """The media type of a picture, by its content; None for anything else."""
    if body[:4] == b"RIFF" and body[8:12] == b"WEBP":
        return "image/webp"
    return next((kind for start, kind in _KINDS if body.startswith(start)), None)


def fetch_soon(app: web.Application, site_id: int, reader_id: int, url: str | None) -> None:
    """Fetch a reader's portrait, or drop it if there is none any more; nobody waits for that."""
    task = asyncio.create_task(_fetch(app, site_id, reader_id, url))
    app[FETCHING].add(task)
    task.add_done_callback(app[FETCHING].discard)


async def _fetch(app: web.Application, site_id: int, reader_id: int, url: str | None) -> None:
    try:
        async with app[POOL].acquire() as conn:
            if not await store.is_due(conn, site_id, reader_id, url):
                return
        fetched = await app[FETCHER].request("GET", url or "", max_bytes=MAX_BYTES)
        kind = kind_of(fetched.body)
        if fetched.status != 200 or kind is None:
            raise FetchFailed(f"status {fetched.status}, {'a picture' if kind else 'no picture'}")  # noqa: TRY301
        digest = hashlib.sha256(fetched.body).hexdigest()[:20]
        async with app[POOL].acquire() as conn, conn.transaction():
            await store.put(conn, site_id, reader_id, media_type=kind, body=fetched.body, digest=digest)
    except (FetchFailed, *DATABASE_DOWN) as error:
        _log.warning("portrait_not_fetched", site=site_id, reader=reader_id, error=str(error))


async def show(request: web.Request) -> web.Response:
    """A portrait; its address changes with its content."""
    path = request.match_info
    async with request.app[POOL].acquire() as conn:
        found = await store.read(conn, parse_id(path["site_id"], "portrait"), path["digest"])
    if found is None:
        raise web.HTTPNotFound
    return web.Response(
        body=found.body,
        content_type=found.media_type,
        headers={
            "Cache-Control": "public, max-age=31536000, immutable",
            "Content-Security-Policy": "default-src 'none'; sandbox",
            "Cross-Origin-Resource-Policy": "cross-origin",
            "X-Content-Type-Options": "nosniff",
        },
    )


async def settle(app: web.Application) -> None:
    """Leave no fetching behind when the application ends."""
    for task in app[FETCHING]:
        task.cancel()
    await asyncio.gather(*app[FETCHING], return_exceptions=True)
