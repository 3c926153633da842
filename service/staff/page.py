"""The console's page."""

from aiohttp import web

from service.assets import STATIC
from service.templating import CSP


async def console(_request: web.Request) -> web.Response:
    """The console, at whatever address inside it: its script goes by the path."""
    path = STATIC / "console" / "index.html"
    if not path.is_file():
        raise web.HTTPNotFound
    return web.Response(
        text=path.read_text(encoding="utf-8"),
        content_type="text/html",
        headers={
            "Cache-Control": "no-cache",
            "Content-Security-Policy": CSP,
            "Referrer-Policy": "same-origin",
            "X-Content-Type-Options": "nosniff",
        },
    )
