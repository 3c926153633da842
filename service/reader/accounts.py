"""Readers' sessions: coming as a guest, staying, and leaving."""

from aiohttp import web

from service.auth import Reader
from service.endpoint import empty
from service.identity import tokens
from service.identity.door import name_taken, named
from service.keys import POOL
from service.names import skeleton
from service.parsing import idempotency_key
from service.problems import Problem
from service.reader import marking
from service.reader.shapes import GuestIn, LeaveIn, TokenIn
from service.sites import Site
from service.store import readers, sessions
from service.store.readers import KeyReusedError, NameTakenError
from service.store.sessions import SessionOverError


async def create_guest(request: web.Request, site: Site, body: GuestIn) -> web.Response:
    """Come as a guest, under a name."""
    if not site.guests_allowed:
        raise Problem("guests_refused", "This site asks readers to sign in.")
    name = named(body.name)
    token = tokens.new_token()
    try:
        async with request.app[POOL].acquire() as conn, conn.transaction():
            profile = await readers.add_guest(
                conn, site.id, name=name, skeleton=skeleton(name), idempotency_key=idempotency_key(request)
            )
            await sessions.open_session(conn, site.id, profile.id, token.family, token.hash)
            await marking.remember(request, conn, site, profile.id)
    except NameTakenError:
        raise name_taken() from None
    except KeyReusedError:
        raise Problem("key_reused", "This Idempotency-Key belongs to another guest.") from None
    return tokens.session_answer(request, site, profile, token, status=201)


async def refresh(request: web.Request, site: Site, body: TokenIn) -> web.Response:
    """Trade a refresh token for new tokens: the cookie's, or the one that the page kept."""
    by_cookie = tokens.token_of_cookie(request, site)
    old = by_cookie or tokens.read_token(body.refresh_token)
    if old is None:
        raise Problem("refresh_refused")
    new = tokens.new_token(old.family)
    profile = None
    async with request.app[POOL].acquire() as conn, conn.transaction():
        try:
            profile = await sessions.rotate(conn, site.id, old.family, old.hash, new.hash)
            await marking.remember(request, conn, site, profile.id)
        except SessionOverError:
            pass
    if profile is None:
        raise Problem("refresh_refused")
    return tokens.session_answer(request, site, profile, new, by_cookie=by_cookie is not None)


async def sign_out(request: web.Request, site: Site, body: LeaveIn) -> web.Response:
    """End the session that a refresh token belongs to, if it stands: in either case the browser forgets it."""
    found = (tokens.token_of_cookie(request, site), tokens.read_token(body.refresh_token))
    async with request.app[POOL].acquire() as conn:
        for token in found:
            if token is not None:
                await sessions.close(conn, site.id, token.family)
    response = empty()
    tokens.forget_cookie(request, site, response)
    return response


async def sign_out_everywhere(request: web.Request, site: Site, reader: Reader) -> web.Response:
    """End all of the caller's sessions; access tokens run out within fifteen minutes."""
    async with request.app[POOL].acquire() as conn:
        await sessions.close_all(conn, site.id, reader.id)
    response = empty()
    tokens.forget_cookie(request, site, response)
    return response
