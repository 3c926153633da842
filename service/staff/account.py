"""One's own account: password, one-time codes, sessions."""

from aiohttp import web

from moderation.database import Connection
from service import factors
from service.auth import Staff, token_hash
from service.endpoint import answer, empty
from service.keys import LIMITS, POOL
from service.problems import Problem
from service.staff import doors
from service.staff.account_shapes import (
    AccountOut,
    CodeIn,
    OwnSessionOut,
    PasskeyOut,
    PasswordIn,
    ProofIn,
    RecoveryCodesOut,
    TotpOut,
)
from service.store import factors as kept
from service.store import record, staff_sessions
from service.store import staff as store


async def get_account(request: web.Request, staff: Staff) -> web.Response:
    """How one's account is kept, and where one is signed in."""
    async with request.app[POOL].acquire() as conn:
        totp = await kept.read_totp(conn, staff.id)
        account = AccountOut(
            name=staff.name,
            email=staff.email,
            codes_since=totp.since if totp else None,
            recovery_codes_left=await kept.recovery_codes_left(conn, staff.id),
            passkeys=[
                PasskeyOut(id=str(key.id), name=key.name, created_at=key.created_at, used_at=key.used_at)
                for key in await kept.list_passkeys(conn, staff.id)
            ],
            sessions=[
                OwnSessionOut(
                    id=str(one.id),
                    browser=one.browser,
                    second_factor=one.strong,
                    created_at=one.created_at,
                    seen_at=one.seen_at,
                    here=one.id == staff.session_id,
                )
                for one in await staff_sessions.list_sessions(conn, staff.id)
            ],
        )
    return answer(account)


async def set_password(request: web.Request, staff: Staff, body: PasswordIn) -> web.Response:
    """Change one's password: every other session ends, this one goes on under a new cookie."""
    async with request.app[POOL].acquire() as conn:
        await doors.prove(request, conn, staff, body.current)
        hashed = await doors.hashed(body.password)
        async with conn.transaction():
            await store.set_password(conn, staff.id, hashed)
            await record.note_everywhere(conn, staff.id, record.Deed.PASSWORD)
            return await _alone(request, conn, staff, strong=staff.strong)


async def propose_totp(request: web.Request, staff: Staff, body: ProofIn) -> web.Response:
    """A secret for an authenticator app; nothing is asked for until its first code was right."""
    secret = factors.new_secret()
    async with request.app[POOL].acquire() as conn:
        await doors.prove(request, conn, staff, body.password)
        if not await kept.propose_totp(conn, staff.id, secret):
            raise Problem("stale", "One-time codes are set up already.")
    uri = factors.address(secret, staff.email)
    drawn = factors.picture(uri)
    return answer(TotpOut(secret=secret, uri=uri, size=drawn.size, path=drawn.path))


async def confirm_totp(request: web.Request, staff: Staff, body: CodeIn) -> web.Response:
    """From now on codes are asked for. Gives recovery codes; every other session ends."""
    await request.app[LIMITS].spend("code", request, f"staff:{staff.id}")
    async with request.app[POOL].acquire() as conn, conn.transaction():
        totp = await kept.read_totp(conn, staff.id)
        if totp is None or totp.since is not None:
            raise Problem("stale", "Begin with a new secret.")
        step = factors.step_of(totp.secret, factors.tidy(body.code), totp.now)
        if step is None or not await kept.spend_step(conn, staff.id, step):
            raise Problem("bad_code")
        await kept.confirm_totp(conn, staff.id)
        await record.note_everywhere(conn, staff.id, record.Deed.TOTP_ON)
        codes = await _new_codes(conn, staff.id)
        entered = await _alone(request, conn, staff, strong=True)
    response = answer(RecoveryCodesOut(codes=codes))
    response.cookies.update(entered.cookies)
    return response


async def drop_totp(request: web.Request, staff: Staff, body: ProofIn) -> web.Response:
    """No codes any more. Every other session ends, and this one counts as opened by one factor."""
    async with request.app[POOL].acquire() as conn:
        await doors.prove(request, conn, staff, body.password)
        async with conn.transaction():
            await kept.drop_totp(conn, staff.id)
            await record.note_everywhere(conn, staff.id, record.Deed.TOTP_OFF)
            return await _alone(request, conn, staff, strong=False)


async def renew_recovery_codes(request: web.Request, staff: Staff, body: ProofIn) -> web.Response:
    """New recovery codes in place of the old ones."""
    async with request.app[POOL].acquire() as conn:
        await doors.prove(request, conn, staff, body.password)
        async with conn.transaction():
            totp = await kept.read_totp(conn, staff.id)
            if totp is None or totp.since is None:
                raise Problem("stale", "Set up one-time codes first.")
            codes = await _new_codes(conn, staff.id)
    return answer(RecoveryCodesOut(codes=codes), status=201)


async def revoke_session(request: web.Request, staff: Staff, id: int) -> web.Response:
    """End one of one's sessions."""
    async with request.app[POOL].acquire() as conn, conn.transaction():
        if not await staff_sessions.revoke(conn, staff.id, id):
            raise Problem("not_found", "There is no such session.")
        await record.note_everywhere(conn, staff.id, record.Deed.REVOKE)
    return empty()


async def revoke_all(request: web.Request, staff: Staff) -> web.Response:
    """Sign out everywhere, here too."""
    async with request.app[POOL].acquire() as conn, conn.transaction():
        await staff_sessions.close_sessions(conn, staff.id)
        await record.note_everywhere(conn, staff.id, record.Deed.REVOKE)
    response = empty()
    doors.set_cookie(request, response, "", 0)
    return response


async def _alone(request: web.Request, conn: Connection, staff: Staff, *, strong: bool) -> web.Response:
    """End all of somebody's sessions and go on in a new one."""
    await staff_sessions.close_sessions(conn, staff.id)
    return await doors.enter(request, conn, staff.id, strong=strong)


async def _new_codes(conn: Connection, staff_id: int) -> list[str]:
    codes = factors.new_recovery_codes()
    await kept.replace_recovery_codes(conn, staff_id, [token_hash(factors.tidy(code)) for code in codes])
    return codes
