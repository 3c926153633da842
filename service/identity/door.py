"""Where all ways in meet: whoever was found to be somebody becomes a reader with a session."""

from dataclasses import dataclass

from aiohttp import web

from moderation.database import Connection
from service.identity import portraits, returning
from service.identity.tokens import give_session
from service.keys import POOL, SIGNER
from service.names import NameRefused, clean_name, skeleton
from service.problems import Problem, invalid
from service.reader import marking
from service.sites import Site
from service.store import readers
from service.store.readers import NameTakenError, Person, Profile


@dataclass(frozen=True, slots=True)
class Newcomer:
    """Whom somebody vouches for; `email` is an address that was proved to be theirs."""

    external_id: str
    name: str
    email: str | None = None
    avatar_url: str | None = None


def named(raw: str) -> str:
    """A name as it is stored; raises Problem `invalid`."""
    try:
        return clean_name(raw)
    except NameRefused as error:
        raise invalid([{"pointer": "/name", "message": str(error), "code": error.code}]) from None


def name_taken() -> Problem:
    """The answer to a name that is too much like that of somebody on the staff."""
    message = "This name is too much like that of somebody on the staff. Choose another one."
    return invalid([{"pointer": "/name", "message": message, "code": "name_taken"}])


async def become(request: web.Request, conn: Connection, site: Site, newcomer: Newcomer) -> Profile:
    """The reader whom a newcomer is, made or brought up to date. Raises Problem `invalid`."""
    name = named(newcomer.name)
    person = Person(newcomer.external_id, name, skeleton(name), newcomer.email, newcomer.avatar_url)
    try:
        profile, is_new = await readers.put(conn, site.id, person)
    except NameTakenError:
        raise name_taken() from None
    await marking.remember(request, conn, site, profile.id, newcomer.email)
    if is_new:
        await returning.recognise(request, conn, site, profile.id, newcomer.external_id, newcomer.email)
    return profile


def guest_of(request: web.Request, site: Site) -> int | None:
    """Who the caller was until now, by an access token that is still good."""
    _, _, token = request.headers.get("Authorization", "").partition(" ")
    if not token:
        return None
    try:
        return request.app[SIGNER].verify(token.strip(), site.id).reader_id
    except Problem:
        return None


async def let_in(request: web.Request, site: Site, newcomer: Newcomer) -> web.Response:
    """Open a session for a newcomer, to whom the comments go that they wrote as a guest."""
    guest = guest_of(request, site)
    async with request.app[POOL].acquire() as conn, conn.transaction():
        profile = await become(request, conn, site, newcomer)
        if guest is not None:
            await readers.take_along(conn, site.id, guest, profile.id)
        response = await give_session(request, conn, site, profile)
    portraits.fetch_soon(request.app, site.id, profile.id, newcomer.avatar_url)
    return response
