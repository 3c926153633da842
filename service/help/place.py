"""The site that a help page is for, and what all of these pages have in common."""

import functools
import hashlib
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from aiohttp import web
from aiohttp.typedefs import Handler

from moderation.database import DATABASE_DOWN
from service.keys import SETTINGS, SITES
from service.problems import Problem
from service.templating import page

_FILES = Path(__file__).parents[1] / "templates" / "help"
_TYPES = {"help.css": "text/css", "ticket.js": "text/javascript"}


@dataclass(frozen=True, slots=True)
class Place:
    """The site that a page is for; with the database away and the site never seen, only its key is known."""

    key: str
    name: str
    id: int | None


async def _place(request: web.Request) -> Place:
    key = request.match_info["site"]
    try:
        site = await request.app[SITES].get(key)
    except DATABASE_DOWN:
        return Place(key, "", None)
    return Place(site.key, site.name, site.id)


def render(
    request: web.Request, template: str, place: Place, *, status: int = 200, **values: Any
) -> web.Response:
    return page(
        f"help/{template}",
        status=status,
        site=place,
        css=file_address("help.css"),
        script=file_address("ticket.js"),
        host=request.app[SETTINGS].base_url,
        **values,
    )


def for_site(show: Callable[[web.Request, Place], Awaitable[web.Response]]) -> Handler:
    """Find the page's site first; without one, say so in words."""

    async def handle(request: web.Request) -> web.StreamResponse:
        try:
            place = await _place(request)
        except Problem:
            return render(request, "missing.html", Place("", "", None), status=404)
        return await show(request, place)

    return handle


@functools.cache
def _file(name: str) -> tuple[bytes, str]:
    body = (_FILES / name).read_bytes()
    return body, hashlib.sha256(body).hexdigest()[:12]


def file_address(name: str) -> str:
    """Where a style sheet or script of these pages is."""
    return f"/help/-/{name}?v={_file(name)[1]}"


async def static_file(request: web.Request) -> web.Response:
    """A style sheet or script of these pages; its address changes with its content."""
    name = request.match_info["file"]
    if name not in _TYPES:
        raise web.HTTPNotFound
    return web.Response(
        body=_file(name)[0],
        content_type=_TYPES[name],
        charset="utf-8",
        headers={"Cache-Control": "public, max-age=31536000, immutable", "X-Content-Type-Options": "nosniff"},
    )
