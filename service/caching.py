"""Answers from the cache of finished pages: validated by ETag, compressed once, kept by CDNs."""

from collections.abc import Awaitable, Callable, Mapping

from aiohttp import web

from service.keys import METRICS, PAGES
from service.pages import Page

# A CDN may keep a page for a few seconds, and longer while it fetches a new one or we are away.
CACHE_CONTROL = "public, max-age=0, s-maxage=2, stale-while-revalidate=10, stale-if-error=300"


async def cached(
    request: web.Request,
    key: tuple[object, ...],
    fill: Callable[[], Awaitable[Page]],
    *,
    content_type: str = "application/json",
    cache_control: str = CACHE_CONTROL,
    headers: Mapping[str, str] | None = None,
) -> web.Response:
    """Answer with the page under `key`, made by `fill` if need be; 304 where the client has it already."""
    page, source = await request.app[PAGES].get(key, fill)
    request.app[METRICS].pages.labels(source).inc()
    sent = {
        "ETag": page.etag,
        "Cache-Control": cache_control,
        "Vary": "Accept-Encoding",
        **(headers or {}),
    }
    if page.link:
        sent["Link"] = page.link
    if request.headers.get("If-None-Match") == page.etag:
        return web.Response(status=304, headers=sent)
    coding, body = page.encoded(request.headers.get("Accept-Encoding", ""))
    if coding:
        sent["Content-Encoding"] = coding
    charset = "utf-8" if content_type.startswith("text/") else None
    return web.Response(body=body, headers=sent, content_type=content_type, charset=charset)
