"""Signing in and out of the console."""

import hashlib
import secrets

from aiohttp import web

from moderation.database import Connection
from service.auth import Staff, cookie_name, token_hash
from service.endpoint import answer, empty
from service.keys import LIMITS, POOL, SETTINGS
from service.passwords import check_password, hash_password, is_outdated
from service.problems import Problem
from service.staff.shapes import SessionOut, SignInIn, SiteRoleOut, StaffOut
from service.store import record
from service.store import staff as store


async def sign_in(request: web.Request, body: SignInIn) -> web.Response:
    """Sign in: a new session each time, in a cookie that scripts cannot read."""
    pool = request.app[POOL]
    # One bucket per address beside the network's, since guesses may come from many networks.
    address = hashlib.sha256(body.email.lower().encode()).hexdigest()[:16]
    headers = await request.app[LIMITS].spend("sign_in", request, f"email:{address}")
    account = await store.find_by_email(pool, body.email)
    fits = await check_password(account.password_hash if account else None, body.password)
    if account is None or not fits:
        raise Problem("bad_credentials")
    if is_outdated(account.password_hash):
        await store.set_password(pool, account.id, await hash_password(body.password))
    token = secrets.token_urlsafe(32)
    async with pool.acquire() as conn, conn.transaction():
        await store.open_session(conn, account.id, token_hash(token), replaces=_shown(request))
        await record.note_everywhere(conn, account.id, record.Deed.SIGN_IN)
        session = await _session(conn, account.id, account.name, account.email)
    response = answer(session, headers=headers)
    _set_cookie(request, response, token, store.SESSION_HOURS * 3600)
    return response


async def get_session(request: web.Request, staff: Staff) -> web.Response:
    """Who is signed in, and on which sites."""
    async with request.app[POOL].acquire() as conn:
        return answer(await _session(conn, staff.id, staff.name, staff.email))


async def sign_out(request: web.Request) -> web.Response:
    """Sign out; a session that is over already is no error."""
    shown = _shown(request)
    if shown is not None:
        async with request.app[POOL].acquire() as conn, conn.transaction():
            staff_id = await store.close_session(conn, shown)
            if staff_id is not None:
                await record.note_everywhere(conn, staff_id, record.Deed.SIGN_OUT)
    response = empty()
    _set_cookie(request, response, "", 0)
    return response


async def _session(conn: Connection, staff_id: int, name: str, email: str) -> SessionOut:
    sites = await store.sites_of(conn, staff_id)
    return SessionOut(
        staff=StaffOut(id=str(staff_id), name=name, email=email),
        sites=[SiteRoleOut.model_validate({"key": s.key, "name": s.name, "role": s.role}) for s in sites],
    )


def _shown(request: web.Request) -> bytes | None:
    token = request.cookies.get(cookie_name(request))
    return token_hash(token) if token else None


def _set_cookie(request: web.Request, response: web.Response, token: str, max_age: int) -> None:
    response.set_cookie(
        cookie_name(request),
        token,
        max_age=max_age,
        path="/",
        httponly=True,
        samesite="Strict",
        secure=request.app[SETTINGS].base_url.startswith("https://"),
    )
