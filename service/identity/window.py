"""The window in which readers sign in, and the account's page: pages of our own, first-party, that work without scripts.

A window belongs to the browser that opened it first, which a cookie tells: whoever is sent somebody else's window signs in
nobody but himself.
"""

import functools
import hashlib
import secrets
from pathlib import Path
from typing import Any

from aiohttp import web

from service.auth import is_own_origin, token_hash
from service.help.place import file_address
from service.keys import SETTINGS
from service.problems import Problem
from service.sites import Site
from service.templating import page

_FILES = Path(__file__).parents[1] / "templates" / "account"
_SCRIPT = "window.js"


def show(template: str, site: Site, *, status: int = 200, **values: Any) -> web.Response:
    """Render a page of templates/account."""
    return page(
        f"account/{template}",
        status=status,
        site=site,
        css=file_address("help.css"),
        script=f"/sign-in/-/{_SCRIPT}?v={_script()[1]}",
        **values,
    )


def over(site: Site, *, status: int = 410) -> web.Response:
    """Say that a window or link is no longer good."""
    return show("over.html", site, status=status)


def _cookie(request: web.Request) -> str:
    secure = request.app[SETTINGS].base_url.startswith("https://")
    return "__Host-parley_window" if secure else "parley_window"


def browser_of(request: web.Request) -> str:
    """What tells this browser from others; a new one's is to be set."""
    return request.cookies.get(_cookie(request)) or secrets.token_urlsafe(24)


def remember_browser(request: web.Request, response: web.Response, browser: str) -> web.Response:
    """Set the cookie that tells the browser; Lax, since it comes back from a provider's page."""
    name = _cookie(request)
    response.set_cookie(
        name,
        browser,
        max_age=3600,
        path="/",
        httponly=True,
        samesite="Lax",
        secure=name.startswith("__Host-"),
    )
    return response


def check_own(request: web.Request) -> None:
    """Refuse forms that come from other pages; raises Problem `origin_refused`."""
    origin = request.headers.get("Origin")
    if origin is None or not is_own_origin(request, origin):
        raise Problem("origin_refused", "This form stands on a page of ours.")


def hash_of(text: str) -> bytes:
    """What is kept of a secret."""
    return token_hash(text)


@functools.cache
def _script() -> tuple[bytes, str]:
    body = (_FILES / _SCRIPT).read_bytes()
    return body, hashlib.sha256(body).hexdigest()[:12]


async def script(_: web.Request) -> web.Response:
    """The one script of these pages."""
    return web.Response(
        body=_script()[0],
        content_type="text/javascript",
        charset="utf-8",
        headers={"Cache-Control": "public, max-age=31536000, immutable", "X-Content-Type-Options": "nosniff"},
    )
