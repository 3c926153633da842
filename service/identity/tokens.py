"""Readers' refresh tokens: a family and a secret, carried by a cookie of ours where browsers give it back, else by the page.

The cookie is `__Host-`, HttpOnly, SameSite=None and Partitioned: each publisher's pages have their own, and no script sees it.
It counts only with an Origin that is on the site's list, so that no other page can ride on it.
"""

import secrets
from dataclasses import dataclass
from uuid import UUID, uuid4

from aiohttp import web

from moderation.database import Connection
from service.auth import is_own_origin, token_hash
from service.endpoint import answer
from service.keys import SETTINGS, SIGNER
from service.reader.shapes import ReaderOut, SessionOut
from service.sites import Site
from service.store import sessions
from service.store.readers import Profile
from service.tokens import ACCESS_TOKEN_S

_FAMILY_LENGTH = 32


@dataclass(frozen=True, slots=True)
class Refresh:
    """A refresh token, taken apart."""

    family: UUID
    text: str

    @property
    def hash(self) -> bytes:
        """What is kept of it."""
        return token_hash(self.text)


def new_token(family: UUID | None = None) -> Refresh:
    """A token of a family, or of a new one."""
    family = family or uuid4()
    return Refresh(family, family.hex + secrets.token_urlsafe(32))


def read_token(text: str | None) -> Refresh | None:
    """Take a token apart; None for one that cannot be ours."""
    try:
        return Refresh(UUID(hex=text[:_FAMILY_LENGTH]), text) if text else None
    except ValueError:
        return None


def page_origin(request: web.Request, site: Site) -> str | None:
    """The page's origin, where it is exactly one that the site lists, or our own."""
    origin = request.headers.get("Origin")
    if origin and (origin in site.origins or is_own_origin(request, origin)):
        return origin
    return None


def cookie_name(request: web.Request, site: Site) -> str | None:
    """The cookie of a site's readers; None without https, where browsers would not give it back."""
    secure = request.app[SETTINGS].base_url.startswith("https://")
    return f"__Host-parley_reader_{site.id}" if secure else None


def token_of_cookie(request: web.Request, site: Site) -> Refresh | None:
    """The refresh token that the cookie carries, if the page may use it."""
    name = cookie_name(request, site)
    if name is None or page_origin(request, site) is None:
        return None
    return read_token(request.cookies.get(name))


async def give_session(request: web.Request, conn: Connection, site: Site, profile: Profile) -> web.Response:
    """Open a session; the answer carries its tokens."""
    token = new_token()
    await sessions.open_session(conn, site.id, profile.id, token.family, token.hash)
    return session_answer(request, site, profile, token)


def session_answer(
    request: web.Request,
    site: Site,
    profile: Profile,
    token: Refresh,
    *,
    by_cookie: bool = False,
    status: int = 200,
) -> web.Response:
    """A reader's tokens. Once the cookie has come back (`by_cookie`), the page is given no refresh token to keep."""
    session = SessionOut(
        access_token=request.app[SIGNER].sign(site.id, profile.id),
        expires_in=ACCESS_TOKEN_S,
        refresh_token=None if by_cookie else token.text,
        reader=ReaderOut(id=str(profile.id), name=profile.name),
    )
    response = answer(session, status=status)
    name = cookie_name(request, site)
    if name is not None and page_origin(request, site) is not None:
        _set_cookie(response, name, token.text, sessions.SESSION_DAYS * 86400)
    return response


def forget_cookie(request: web.Request, site: Site, response: web.Response) -> None:
    """Take the cookie away."""
    name = cookie_name(request, site)
    if name is not None:
        _set_cookie(response, name, "", 0)


def _set_cookie(response: web.Response, name: str, value: str, max_age: int) -> None:
    # aiohttp's cookies do not know Partitioned on every Python that we run on.
    attributes = f"Path=/; Max-Age={max_age}; Secure; HttpOnly; SameSite=None; Partitioned"
    response.headers.add("Set-Cookie", f"{name}={value}; {attributes}")
