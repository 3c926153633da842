"""Who is calling, and what they may do: one table of permission -> predicate."""

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from aiohttp import web

from moderation.database import Pool
from service.keys import POOL, SETTINGS, SIGNER
from service.problems import Problem
from service.sites import Site
from service.store import staff_sessions


@dataclass(frozen=True, slots=True)
class Reader:
    """A reader, by a verified access token."""

    site_id: int
    id: int


@dataclass(frozen=True, slots=True)
class Staff:
    """A signed-in member of staff, with the role on each site by the site's id."""

    id: int
    name: str
    email: str
    roles: Mapping[int, str]
    session_id: int = 0
    # The session was opened with a second factor.
    strong: bool = False

    def leads(self, site: Site) -> bool:
        """Whether what was escalated on a site is for them."""
        return self.roles.get(site.id) in _RULERS


@dataclass(frozen=True, slots=True)
class Caller:
    """Whoever calls: nobody known, a reader, or staff; `site` is the one that the path names."""

    site: Site | None = None
    reader: Reader | None = None
    staff: Staff | None = None
    # What the token was refused for, where the call goes on all the same (Permission.HELP): a code of problems.py.
    refused: str | None = None

    @property
    def role(self) -> str | None:
        """The role on the site that the path names."""
        return self.staff.roles.get(self.site.id) if self.staff and self.site else None


class Permission(StrEnum):
    """What a route asks of its caller."""

    ANYONE = "anyone"
    # Anyone, from any page, even with a token that is no good: whoever asks for help may have trouble with just that.
    HELP = "help"
    READER = "reader"
    STAFF = "staff"
    LOOK = "look"
    MODERATE = "moderate"
    # What colleagues did.
    AUDIT = "audit"
    # How the site judges.
    RULE = "rule"
    # Who is on the staff.
    ADMINISTER = "administer"


_MODERATORS = frozenset({"moderator", "lead", "admin"})
_AUDITORS = frozenset({"auditor", "lead", "admin"})
_RULERS = frozenset({"lead", "admin"})
_ALLOWED: Mapping[Permission, Callable[[Caller], bool]] = {
    Permission.ANYONE: lambda _: True,
    Permission.HELP: lambda _: True,
    Permission.READER: lambda caller: caller.reader is not None,
    Permission.STAFF: lambda caller: caller.staff is not None,
    Permission.LOOK: lambda caller: caller.role is not None,
    Permission.MODERATE: lambda caller: caller.role in _MODERATORS,
    Permission.AUDIT: lambda caller: caller.role in _AUDITORS,
    Permission.RULE: lambda caller: caller.role in _RULERS,
    Permission.ADMINISTER: lambda caller: caller.role == "admin",
}
FOR_STAFF = frozenset(
    {
        Permission.STAFF,
        Permission.LOOK,
        Permission.MODERATE,
        Permission.AUDIT,
        Permission.RULE,
        Permission.ADMINISTER,
    }
)


def demand(permission: Permission, caller: Caller) -> None:
    """Raise Problem `unauthenticated` or `forbidden` unless the table allows the call."""
    if _ALLOWED[permission](caller):
        return
    known = caller.staff if permission in FOR_STAFF else caller.reader
    raise Problem("forbidden" if known else "unauthenticated")


async def identify(request: web.Request, permission: Permission, site: Site | None) -> Caller:
    """Find out who calls; a token that is sent must be good, even where none is needed."""
    if permission in FOR_STAFF:
        return Caller(site, staff=await _staff(request))
    header = request.headers.get("Authorization")
    if site is None or header is None:
        return Caller(site)
    try:
        return Caller(site, reader=_reader(request, header, site))
    except Problem as problem:
        if permission is Permission.HELP:
            return Caller(site, refused=problem.code)
        raise


def _reader(request: web.Request, header: str, site: Site) -> Reader:
    scheme, _, token = header.partition(" ")
    if scheme.lower() != "bearer" or not token:
        raise Problem("unauthenticated", "Send Authorization: Bearer {access_token}.")
    access = request.app[SIGNER].verify(token.strip(), site.id)
    return Reader(access.site_id, access.reader_id)


def cookie_name(request: web.Request) -> str:
    """The staff cookie: bound to the host where https makes that possible."""
    secure = request.app[SETTINGS].base_url.startswith("https://")
    return "__Host-parley_staff" if secure else "parley_staff"


def token_hash(token: str) -> bytes:
    """What is kept of a secret token (of full entropy, so a plain hash will do)."""
    return hashlib.sha256(token.encode()).digest()


async def _staff(request: web.Request) -> Staff | None:
    token = request.cookies.get(cookie_name(request))
    return await staff_by_token(request.app[POOL], token) if token else None


async def staff_by_token(pool: Pool, token: str) -> Staff | None:
    """Whose session a cookie opens, if any.

    A role that is disabled, or lacks a second factor that its site asks for, does not count.
    """
    rows = await pool.fetch(
        """SELECT s.id, s.name, s.email, r.site_id, r.role, t.id AS session_id, t.strong,
                  t.seen_at < now() - interval '5 minutes' AS unseen
           FROM staff_sessions t
           JOIN staff s ON s.id = t.staff_id AND s.disabled_at IS NULL
           LEFT JOIN (staff_roles r JOIN sites i ON i.id = r.site_id)
               ON r.staff_id = s.id AND r.disabled_at IS NULL AND (t.strong OR NOT i.second_factor)
           WHERE t.token_hash = $1 AND t.expires_at > now()""",
        token_hash(token),
    )
    if not rows:
        return None
    first = rows[0]
    if first["unseen"]:
        async with pool.acquire() as conn:
            await staff_sessions.touch(conn, first["session_id"])
    roles = {row["site_id"]: row["role"] for row in rows if row["site_id"] is not None}
    return Staff(
        first["id"], first["name"], first["email"], roles, first["session_id"], strong=first["strong"]
    )


def check_origin(request: web.Request, permission: Permission, site: Site | None) -> None:
    """Refuse unsafe calls from pages that may not make them; raises Problem `origin_refused`.

    Staff calls ride on a cookie, so they must say that they come from the console. Readers' calls carry a token that
    no other page has, so a client that is no browser may leave Origin out, but a page must be on the site's list.
    """
    if permission is Permission.HELP:
        return
    origin = request.headers.get("Origin")
    if permission in FOR_STAFF or site is None:
        if origin is None or not is_own_origin(request, origin):
            raise Problem("origin_refused", "Staff calls come from the console only.")
    elif origin is not None and origin not in site.origins and not is_own_origin(request, origin):
        raise Problem(
            "origin_refused", f"{origin} is not on the list of origins of this site.", origin=origin
        )


def is_own_origin(request: web.Request, origin: str) -> bool:
    """True when `origin` is the service itself: its public address, or the very host that was called."""
    base = request.app[SETTINGS].base_url
    if origin == base:
        return True
    return not base.startswith("https://") and origin == f"http://{request.host}"
