"""How a console is opened: a new session each time, in a cookie that scripts cannot read."""

import re
import secrets

from aiohttp import web

from moderation.database import Connection
from service.auth import Staff, cookie_name, token_hash
from service.endpoint import answer
from service.keys import LIMITS, SETTINGS
from service.passwords import PasswordRefused, check_password, hash_password
from service.problems import Problem, invalid
from service.staff.shapes import SessionOut, SiteRoleOut, StaffOut
from service.store import staff as store
from service.store import staff_sessions

_FAMILIES = (
    ("Edg", "Edge"),
    ("OPR", "Opera"),
    ("SamsungBrowser", "Samsung Internet"),
    ("Firefox", "Firefox"),
    ("Chrom", "Chrome"),
    ("Version", "Safari"),
)
_SYSTEMS = (
    ("iPhone", "iOS"),
    ("iPad", "iPadOS"),
    ("Android", "Android"),
    ("Windows", "Windows"),
    ("CrOS", "ChromeOS"),
    ("Mac OS", "macOS"),
    ("Linux", "Linux"),
)


def browser_of(user_agent: str) -> str:
    """The family and the system, as a person would say it; a version would tell more than its owner needs."""
    family = next((name for sign, name in _FAMILIES if re.search(rf"\b{sign}\w*/", user_agent)), "")
    system = next((name for sign, name in _SYSTEMS if sign in user_agent), "")
    return " on ".join(part for part in (family, system) if part)


async def enter(
    request: web.Request, conn: Connection, staff_id: int, *, strong: bool, status: int = 200
) -> web.Response:
    """Open a session in place of the one that the browser showed, in the caller's transaction; `strong`: by two factors."""
    token = secrets.token_urlsafe(32)
    await staff_sessions.open_session(
        conn,
        staff_id,
        token_hash(token),
        replaces=shown(request),
        browser=browser_of(request.headers.get("User-Agent", "")),
        strong=strong,
    )
    response = answer(await describe(conn, staff_id, strong=strong), status=status)
    set_cookie(request, response, token, staff_sessions.SESSION_HOURS * 3600)
    return response


async def describe(conn: Connection, staff_id: int, *, strong: bool) -> SessionOut:
    """Who is signed in, and on which sites."""
    account = await store.find(conn, staff_id)
    assert account is not None
    sites = await store.sites_of(conn, staff_id)
    return SessionOut(
        staff=StaffOut(id=str(staff_id), name=account.name, email=account.email),
        sites=[
            SiteRoleOut.model_validate({"key": site.key, "name": site.name, "role": site.role})
            for site in sites
            if strong or not site.second_factor
        ],
        withheld=[site.name for site in sites if site.second_factor and not strong],
    )


def shown(request: web.Request) -> bytes | None:
    """The hash of the session that the browser shows, good or not."""
    token = request.cookies.get(cookie_name(request))
    return token_hash(token) if token else None


def set_cookie(request: web.Request, response: web.Response, token: str, max_age: int) -> None:
    """Give the browser its session, or take it away (an empty token, no age)."""
    response.set_cookie(
        cookie_name(request),
        token,
        max_age=max_age,
        path="/",
        httponly=True,
        samesite="Strict",
        secure=request.app[SETTINGS].base_url.startswith("https://"),
    )


async def prove(request: web.Request, conn: Connection, staff: Staff, password: str) -> None:
    """Ask once more for the password before something grave; raises Problem `bad_credentials` or `rate_limited`."""
    await request.app[LIMITS].spend("sign_in", request, f"staff:{staff.id}")
    account = await store.find(conn, staff.id)
    if not await check_password(account.password_hash if account else None, password):
        raise Problem("bad_credentials", "The password is wrong.")


async def hashed(password: str) -> str:
    """A new password's hash; raises Problem `invalid` for one that will not do."""
    try:
        return await hash_password(password)
    except PasswordRefused as error:
        raise invalid([{"pointer": "/password", "message": str(error), "code": "length"}]) from None
