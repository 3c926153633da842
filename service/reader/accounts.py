"""Readers' sessions: coming as a guest, and staying."""

import secrets

from aiohttp import web

from service.auth import token_hash
from service.endpoint import answer
from service.keys import POOL, SIGNER
from service.names import NameRefused, clean_name, skeleton
from service.parsing import idempotency_key
from service.problems import Problem, invalid
from service.reader import marking
from service.reader.shapes import GuestIn, ReaderOut, SessionOut, TokenIn
from service.sites import Site
from service.store import readers
from service.store.readers import KeyReusedError, NameTakenError, Profile, SessionOverError
from service.tokens import ACCESS_TOKEN_S


async def create_guest(request: web.Request, site: Site, body: GuestIn) -> web.Response:
    """Come as a guest, under a name."""
    if not site.guests_allowed:
        raise Problem("forbidden", "This site asks readers to sign in.")
    token = secrets.token_urlsafe(32)
    try:
        name = clean_name(body.name)
        async with request.app[POOL].acquire() as conn, conn.transaction():
            profile = await readers.add_guest(
                conn, site.id, name=name, skeleton=skeleton(name), idempotency_key=idempotency_key(request)
            )
            await readers.open_session(conn, site.id, profile.id, token_hash(token))
            await marking.remember(request, conn, site, profile.id)
    except NameRefused as error:
        raise invalid([{"pointer": "/name", "message": str(error), "code": error.code}]) from None
    except NameTakenError:
        message = "This name is too much like that of somebody on the staff. Choose another one."
        raise invalid([{"pointer": "/name", "message": message, "code": "name_taken"}]) from None
    except KeyReusedError:
        raise Problem("key_reused", "This Idempotency-Key belongs to another guest.") from None
    return answer(_session(request, site, profile, token), status=201)


async def refresh(request: web.Request, site: Site, body: TokenIn) -> web.Response:
    """Trade a refresh token for new tokens."""
    token = secrets.token_urlsafe(32)
    over = False
    async with request.app[POOL].acquire() as conn, conn.transaction():
        try:
            profile = await readers.rotate_session(
                conn, site.id, token_hash(body.refresh_token), token_hash(token)
            )
            await marking.remember(request, conn, site, profile.id)
        except SessionOverError:
            over = True
    if over:
        raise Problem("refresh_refused")
    return answer(_session(request, site, profile, token))


def _session(request: web.Request, site: Site, profile: Profile, token: str) -> SessionOut:
    return SessionOut(
        access_token=request.app[SIGNER].sign(site.id, profile.id),
        expires_in=ACCESS_TOKEN_S,
        refresh_token=token,
        reader=ReaderOut(id=str(profile.id), name=profile.name),
    )
