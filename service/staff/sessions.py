"""Signing in and out of the console."""

import hashlib

from aiohttp import web

from moderation.database import Connection
from service import factors
from service.auth import Staff, token_hash
from service.endpoint import answer, empty
from service.keys import LIMITS, POOL
from service.passwords import check_password, hash_password, is_outdated
from service.problems import Problem
from service.staff import doors
from service.staff.shapes import SignInIn
from service.store import factors as kept
from service.store import record, staff_sessions
from service.store import staff as store
from service.store.staff import Account


async def sign_in(request: web.Request, body: SignInIn) -> web.Response:
    """Sign in by password, and by a one-time or recovery code where the account has them: a new session each time.

    A password alone opens no account that has a second factor, whichever it is.
    """
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
    async with pool.acquire() as conn, conn.transaction():
        strong = await _second_factor(request, conn, account, body.code)
        response = await doors.enter(request, conn, account.id, strong=strong)
        await record.note_everywhere(conn, account.id, record.Deed.SIGN_IN)
    response.headers.update(headers)
    return response


async def _second_factor(request: web.Request, conn: Connection, account: Account, code: str | None) -> bool:
    """True if a code was asked for and is right; raises Problem `code_needed`, `passkey_needed`, `bad_code` or `rate_limited`."""
    if not account.asks_code:
        if account.has_passkey:
            raise Problem("passkey_needed", "Your account has a passkey: sign in with that.")
        return False
    if code is None:
        raise Problem("code_needed")
    await request.app[LIMITS].spend("code", request, f"staff:{account.id}")
    if not await accepts(conn, account.id, code):
        raise Problem("bad_code")
    return True


async def accepts(conn: Connection, staff_id: int, code: str) -> bool:
    """True if a one-time code, or a recovery code, is right and was not used before; it is used up now."""
    tidy = factors.tidy(code)
    totp = await kept.read_totp(conn, staff_id)
    if totp is not None and tidy.isdigit():
        step = factors.step_of(totp.secret, tidy, totp.now)
        return step is not None and await kept.spend_step(conn, staff_id, step)
    if await kept.spend_recovery_code(conn, staff_id, token_hash(tidy)):
        await record.note_everywhere(conn, staff_id, record.Deed.RECOVERY)
        return True
    return False


async def get_session(request: web.Request, staff: Staff) -> web.Response:
    """Who is signed in, and on which sites."""
    async with request.app[POOL].acquire() as conn:
        return answer(await doors.describe(conn, staff.id, strong=staff.strong))


async def sign_out(request: web.Request) -> web.Response:
    """Sign out; a session that is over already is no error."""
    shown = doors.shown(request)
    if shown is not None:
        async with request.app[POOL].acquire() as conn, conn.transaction():
            staff_id = await staff_sessions.close_session(conn, shown)
            if staff_id is not None:
                await record.note_everywhere(conn, staff_id, record.Deed.SIGN_OUT)
    response = empty()
    doors.set_cookie(request, response, "", 0)
    return response
