"""Signing in by mail or at an OpenID provider: in a window of ours, which at the end gives the widget a code.

The widget keeps a secret that no window sees; the window's code goes to the page's own origin alone. Only both together open a
session, so that neither somebody else's window nor somebody else's page gets one.
"""

import asyncio
import re
import secrets
import time
from typing import Annotated

from aiohttp import web
from pydantic import StringConstraints

from service import onetime
from service.auth import is_own_origin
from service.endpoint import answer
from service.help.intake import EMAIL, MAX_EMAIL
from service.identity import door, window
from service.identity.door import Newcomer
from service.identity.tokens import give_session
from service.identity.ways import by_mail
from service.keys import LIMITS, POOL, SETTINGS, SITES
from service.parsing import In, Out, read_form
from service.problems import Problem, invalid
from service.reader.marking import mailbox
from service.sites import Site
from service.store import oidc as clients
from service.store import readers, sign_ins
from service.store.readers import Profile
from service.store.sign_ins import Attempt

_EMAIL = re.compile(EMAIL)
# Whether an address was sent anything is not to be told by how long the answer takes.
_ANSWER_S = 0.15
_Secret = Annotated[str, StringConstraints(min_length=20, max_length=100)]


class BeginIn(In):
    """Where to go back to: the page that the widget stands on."""

    return_to: Annotated[str, StringConstraints(max_length=2000)]


class BegunOut(Out):
    """The window's address, and the secret that the widget keeps."""

    url: str
    secret: str


class CollectIn(In):
    """The widget's secret, and the code that the window gave."""

    secret: _Secret
    code: _Secret


async def begin(request: web.Request, site: Site, body: BeginIn) -> web.Response:
    """Begin to sign in: the widget opens the window that this names."""
    origin = "/".join(body.return_to.split("/", 3)[:3])
    if origin not in site.origins and not is_own_origin(request, origin):
        message = f"{origin} is not on the list of origins of this site."
        raise invalid([{"pointer": "/return_to", "message": message, "code": "origin"}])
    ticket, secret = secrets.token_urlsafe(24), secrets.token_urlsafe(24)
    async with request.app[POOL].acquire() as conn:
        await sign_ins.begin(
            conn,
            site.id,
            ticket_hash=window.hash_of(ticket),
            secret_hash=window.hash_of(secret),
            return_to=body.return_to.split("#", 1)[0],
            guest_id=door.guest_of(request, site),
        )
    url = f"{request.app[SETTINGS].base_url}/sign-in/{site.key}/{ticket}"
    return answer(BegunOut(url=url, secret=secret), status=201)


async def collect(request: web.Request, site: Site, body: CollectIn) -> web.Response:
    """Open the session of whoever signed in, once."""
    async with request.app[POOL].acquire() as conn, conn.transaction():
        attempt = await sign_ins.collect(
            conn, site.id, window.hash_of(body.secret), window.hash_of(body.code)
        )
        if attempt is None or attempt.reader_id is None:
            raise Problem("link_over", "Begin again: this was used before, or took too long.")
        profile = await readers.get(conn, site.id, attempt.reader_id)
        if profile is None:
            raise Problem("link_over")
        if attempt.guest_id is not None:
            await readers.take_along(conn, site.id, attempt.guest_id, profile.id)
        return await give_session(request, conn, site, profile)


async def show_window(request: web.Request) -> web.Response:
    """The window, wherever the attempt stands."""
    site = await request.app[SITES].get(request.match_info["site"])
    browser = window.browser_of(request)
    attempt = await _enter(request, site, browser)
    if attempt is None:
        return window.over(site)
    return window.remember_browser(request, await _step(request, site, attempt), browser)


async def _enter(request: web.Request, site: Site, browser: str) -> Attempt | None:
    ticket = window.hash_of(request.match_info["ticket"])
    async with request.app[POOL].acquire() as conn:
        return await sign_ins.enter(conn, site.id, ticket, window.hash_of(browser))


async def _step(
    request: web.Request, site: Site, attempt: Attempt, *, error: str = "", typed: str = "", status: int = 200
) -> web.Response:
    """Show what is next: the ways in, the number to compare while a mail is under way, the name, or the end."""
    ticket = request.match_info["ticket"]
    if attempt.reader_id is not None:
        return await _end(request, site, attempt, attempt.reader_id)
    if attempt.external_id is not None:
        async with request.app[POOL].acquire() as conn:
            known = await readers.find(conn, site.id, attempt.external_id)
        if known is not None and not error:
            return await _end(request, site, attempt, known.id)
        name = typed or attempt.name or ""
        return window.show("name.html", site, status=status, ticket=ticket, error=error, name=name)
    if attempt.email is not None and not error and "again" not in request.query:
        return window.show("waiting.html", site, ticket=ticket, email=attempt.email, number=attempt.number)
    async with request.app[POOL].acquire() as conn:
        client = await clients.read(conn, site.id)
    return window.show(
        "ways.html",
        site,
        status=status,
        ticket=ticket,
        mail=by_mail(request.app, site),
        provider=client.label if client else "",
        error=error,
        typed=typed,
    )


async def _end(request: web.Request, site: Site, attempt: Attempt, reader_id: int) -> web.Response:
    code = secrets.token_urlsafe(24)
    async with request.app[POOL].acquire() as conn:
        await sign_ins.finish(conn, site.id, attempt.id, reader_id, window.hash_of(code))
    origin = "/".join(attempt.return_to.split("/", 3)[:3])
    back = f"{attempt.return_to}#parley-sign-in={code}"
    return window.show("done.html", site, code=code, origin=origin, back=back)


async def send_mail(request: web.Request) -> web.Response:
    """Send the link; the answer and its time are the same whatever the address is."""
    started = time.monotonic()
    window.check_own(request)
    site = await request.app[SITES].get(request.match_info["site"])
    attempt = await _enter(request, site, window.browser_of(request))
    if attempt is None or not by_mail(request.app, site):
        return window.over(site)
    email = (await read_form(request)).get("email", "").strip()
    if len(email) > MAX_EMAIL or not _EMAIL.match(email):
        error = "This does not look like an e-mail address."
        return await _step(request, site, attempt, error=error, typed=email, status=422)
    try:
        await request.app[LIMITS].spend("link", request, f"{site.id}:{mailbox(email)}")
    except Problem as problem:
        return await _step(request, site, attempt, error=problem.detail, typed=email, status=429)
    seed = secrets.token_urlsafe(24)
    token = onetime.sign_in_token(request.app, seed)
    async with request.app[POOL].acquire() as conn, conn.transaction():
        number = 10 + secrets.randbelow(90)
        hashed = window.hash_of(token)
        sent = await sign_ins.ask_by_mail(
            conn, site.id, attempt.id, email=email, link_hash=hashed, number=number
        )
        if sent:
            await sign_ins.owe_mail(conn, site.id, attempt.id, email=email, seed=seed)
    await asyncio.sleep(max(0.0, started + _ANSWER_S - time.monotonic()))
    raise web.HTTPSeeOther(f"/sign-in/{site.key}/{request.match_info['ticket']}")


async def state(request: web.Request) -> web.Response:
    """Whether the window has to be shown again: asked by its script while a mail is under way."""
    site = await request.app[SITES].get(request.match_info["site"])
    attempt = await _enter(request, site, window.browser_of(request))
    waits = attempt is not None and not attempt.confirmed
    return web.Response(status=204 if waits else 205, headers={"Cache-Control": "no-store"})


async def take_name(request: web.Request) -> web.Response:
    """Take the name of somebody new, once; then it is the end."""
    window.check_own(request)
    site = await request.app[SITES].get(request.match_info["site"])
    attempt = await _enter(request, site, window.browser_of(request))
    if attempt is None or attempt.external_id is None:
        return window.over(site)
    name = (await read_form(request)).get("name", "")
    try:
        profile = await make_reader(request, site, attempt, name)
    except Problem as problem:
        return await _step(request, site, attempt, error=problem.detail, typed=name, status=422)
    return await _end(request, site, attempt, profile.id)


async def make_reader(request: web.Request, site: Site, attempt: Attempt, name: str) -> Profile:
    """Make the account of whoever an attempt was found to be. Raises Problem `invalid` for the name."""
    assert attempt.external_id is not None
    async with request.app[POOL].acquire() as conn, conn.transaction():
        return await door.become(request, conn, site, Newcomer(attempt.external_id, name, attempt.email))


async def show_link(request: web.Request) -> web.Response:
    """What the mail's link leads to: it asks for the number. Opening it uses nothing up."""
    site = await request.app[SITES].get(request.match_info["site"])
    token = request.match_info["token"]
    async with request.app[POOL].acquire() as conn:
        attempt = await sign_ins.by_link(conn, site.id, window.hash_of(token))
    if attempt is None or attempt.number is None:
        return window.over(site)
    numbers = {attempt.number}
    while len(numbers) < 3:
        numbers.add(10 + secrets.randbelow(90))
    return window.show("link.html", site, token=token, email=attempt.email, numbers=sorted(numbers))


async def use_link(request: web.Request) -> web.Response:
    """Confirm, by the number that stands where signing in began; a wrong one ends the attempt."""
    window.check_own(request)
    site = await request.app[SITES].get(request.match_info["site"])
    await request.app[LIMITS].spend("sign_in", request, None)
    typed = (await read_form(request)).get("number", "")
    number = int(typed) if typed.isascii() and typed.isdigit() and len(typed) == 2 else 0
    async with request.app[POOL].acquire() as conn:
        right = await sign_ins.confirm(conn, site.id, window.hash_of(request.match_info["token"]), number)
    return window.show("confirmed.html", site) if right else window.over(site)
