"""Links that work once: made here, and used here. Looking at one (GET, a mail scanner, a preview) uses nothing up."""

import asyncio
import hashlib
import secrets

from aiohttp import web

from moderation.database import Connection
from service.auth import cookie_name, staff_by_token, token_hash
from service.endpoint import answer, empty
from service.keys import LIMITS, POOL, SETTINGS
from service.names import skeleton
from service.onetime import address_of, token_of
from service.problems import Problem, invalid
from service.staff import doors
from service.staff.team_shapes import ForgottenIn, FoundLinkOut, JoinIn, NewPasswordIn, TokenIn
from service.store import links as store
from service.store import record, staff_sessions, team
from service.store import staff as people
from service.store.links import Link
from service.store.record import Deed
from service.store.staff import EmailTakenError

# Whether anybody has an address is not to be told by how long the answer takes.
_ANSWER_S = 0.15


async def invite(
    request: web.Request, conn: Connection, site_id: int, email: str, role: str, created_by: int
) -> str | None:
    """Make an invitation and send it; its address where no mail can be sent."""
    seed = secrets.token_urlsafe(24)
    hashed = token_hash(token_of(request.app, seed))
    id_ = await store.invite(conn, site_id, token_hash=hashed, email=email, role=role, created_by=created_by)
    return await _hand_over(request.app, conn, site_id, id_, "invitation", email, seed)


async def reset(
    request: web.Request, conn: Connection, site_id: int, staff_id: int, email: str, created_by: int | None
) -> str | None:
    """Make a link to a new password and send it; its address where no mail can be sent."""
    seed = secrets.token_urlsafe(24)
    hashed = token_hash(token_of(request.app, seed))
    id_ = await store.reset(
        conn, site_id, token_hash=hashed, staff_id=staff_id, email=email, created_by=created_by
    )
    return await _hand_over(request.app, conn, site_id, id_, "reset", email, seed)


async def _hand_over(
    app: web.Application, conn: Connection, site_id: int, link_id: int, kind: str, email: str, seed: str
) -> str | None:
    if app[SETTINGS].smtp_url is None:
        return address_of(app, kind, token_of(app, seed))
    await store.owe_mail(conn, site_id, link_id, kind=kind, email=email, seed=seed)
    return None


async def look(request: web.Request, body: TokenIn) -> web.Response:
    """What a link is for; looking uses nothing up."""
    async with request.app[POOL].acquire() as conn:
        link = await store.find(conn, token_hash(body.token))
    if link is None:
        raise Problem("link_over")
    return answer(
        FoundLinkOut.model_validate(
            {
                "kind": link.kind,
                "site": link.site_name,
                "email": link.email,
                "role": link.role,
                "known": link.known,
            }
        )
    )


async def join(request: web.Request, body: JoinIn) -> web.Response:
    """Take up an invitation: with a new account, or as whoever is signed in, if it is their address."""
    hashed = await doors.hashed(body.password) if body.password is not None else None
    async with request.app[POOL].acquire() as conn, conn.transaction():
        link = await _use(conn, body.token, "invitation")
        await team.lock(conn, link.site_id)
        staff_id, strong = await _who_joins(request, conn, link, body, hashed)
        assert link.role is not None
        if await team.find(conn, link.site_id, staff_id) is None:
            await people.set_role(conn, link.site_id, staff_id, link.role)
            detail = {"member": str(staff_id), "to": link.role}
            await record.note(conn, link.site_id, staff_id, Deed.JOIN, detail)
        return await doors.enter(request, conn, staff_id, strong=strong, status=201)


async def _who_joins(
    request: web.Request, conn: Connection, link: Link, body: JoinIn, hashed: str | None
) -> tuple[int, bool]:
    """The account's id, and whether it was opened by two factors; nothing is used up where a Problem is raised."""
    if link.known:
        cookie = request.cookies.get(cookie_name(request))
        signed_in = await staff_by_token(request.app[POOL], cookie) if cookie else None
        if signed_in is None or signed_in.email != link.email:
            raise Problem("unauthenticated", f"You have an account. Sign in as {link.email} first.")
        return signed_in.id, signed_in.strong
    missing = [field for field in ("name", "password") if getattr(body, field) is None]
    if missing or hashed is None or body.name is None:
        raise invalid(
            [
                {"pointer": f"/{field}", "message": f"A {field} is needed.", "code": "missing"}
                for field in missing
            ]
        )
    try:
        added = await people.add(
            conn, email=link.email, name=body.name, skeleton=skeleton(body.name), password_hash=hashed
        )
    except EmailTakenError:
        raise Problem("link_over") from None
    return added, False


async def set_password(request: web.Request, body: NewPasswordIn) -> web.Response:
    """Set a new password by a link: every session ends; a second factor is asked for as before."""
    hashed = await doors.hashed(body.password)
    async with request.app[POOL].acquire() as conn, conn.transaction():
        link = await _use(conn, body.token, "reset")
        assert link.staff_id is not None
        await people.set_password(conn, link.staff_id, hashed)
        await staff_sessions.close_sessions(conn, link.staff_id)
        await record.note_everywhere(conn, link.staff_id, Deed.RESET)
    return empty()


async def forgotten(request: web.Request, body: ForgottenIn) -> web.Response:
    """Send a link to a new password, if the address is anybody's; the answer, and its time, do not tell."""
    loop = asyncio.get_running_loop()
    started = loop.time()
    address = hashlib.sha256(body.email.lower().encode()).hexdigest()[:16]
    await request.app[LIMITS].spend("reset", request, f"email:{address}")
    if request.app[SETTINGS].smtp_url is not None:
        async with request.app[POOL].acquire() as conn, conn.transaction():
            account = await people.find_by_email(conn, body.email)
            site_id = await team.some_site(conn, account.id) if account else None
            if account is not None and site_id is not None:
                await reset(request, conn, site_id, account.id, account.email, None)
    await asyncio.sleep(max(0.0, started + _ANSWER_S - loop.time()))
    return empty()


async def _use(conn: Connection, token: str, kind: str) -> Link:
    link = await store.use(conn, token_hash(token))
    if link is None or link.kind != kind:
        raise Problem("link_over")
    return link
