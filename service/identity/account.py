"""The account's own page, on our own origin: what is held, leaving everywhere, erasing. It needs no script.

The widget opens it by a link that works once; from then on a cookie of fifteen minutes says whose it is.
"""

from aiohttp import web

from service.identity import own_data, window
from service.keys import POOL, SETTINGS, SIGNER, SITES
from service.parsing import read_form
from service.problems import Problem
from service.sites import Site
from service.store import own_data as store
from service.store import readers, sessions
from service.tokens import ACCESS_TOKEN_S


def _cookie(request: web.Request) -> str:
    secure = request.app[SETTINGS].base_url.startswith("https://")
    return "__Host-parley_account" if secure else "parley_account"


async def show_door(request: web.Request) -> web.Response:
    """What the widget's link leads to; only its button uses the link up."""
    site = await request.app[SITES].get(request.match_info["site"])
    return window.show("open.html", site, token=request.match_info["token"])


async def open_account(request: web.Request) -> web.Response:
    """Use the link up, and remember whose account it is."""
    window.check_own(request)
    site = await request.app[SITES].get(request.match_info["site"])
    async with request.app[POOL].acquire() as conn:
        reader_id = await store.use_link(conn, site.id, window.hash_of(request.match_info["token"]))
    if reader_id is None:
        return window.over(site)
    name = _cookie(request)
    response = web.Response(status=303, headers={"Location": f"/account/{site.key}"})
    response.set_cookie(
        name,
        request.app[SIGNER].sign(site.id, reader_id),
        max_age=ACCESS_TOKEN_S,
        path="/",
        httponly=True,
        samesite="Strict",
        secure=name.startswith("__Host-"),
    )
    return response


async def _whose(request: web.Request) -> tuple[Site, int | None]:
    site = await request.app[SITES].get(request.match_info["site"])
    try:
        return site, request.app[SIGNER].verify(request.cookies.get(_cookie(request), ""), site.id).reader_id
    except Problem:
        return site, None


async def show_account(request: web.Request) -> web.Response:
    """The page."""
    site, reader_id = await _whose(request)
    if reader_id is None:
        return window.over(site, status=401)
    async with request.app[POOL].acquire() as conn:
        profile = await readers.get(conn, site.id, reader_id)
    if profile is None:
        return window.over(site)
    return window.show("account.html", site, name=profile.name, sure=True)


async def get_file(request: web.Request) -> web.Response:
    """All that is held, as a file."""
    site, reader_id = await _whose(request)
    if reader_id is None:
        return window.over(site, status=401)
    return await own_data.data_file(request, site, reader_id, request.match_info["format"])


async def leave(request: web.Request) -> web.Response:
    """Sign out everywhere."""
    window.check_own(request)
    site, reader_id = await _whose(request)
    if reader_id is None:
        return window.over(site, status=401)
    async with request.app[POOL].acquire() as conn:
        await sessions.close_all(conn, site.id, reader_id)
    return _gone(request, site, "left.html")


async def erase(request: web.Request) -> web.Response:
    """Erase the account, if the box was ticked."""
    window.check_own(request)
    site, reader_id = await _whose(request)
    if reader_id is None:
        return window.over(site, status=401)
    if (await read_form(request)).get("sure") != "yes":
        return window.show("account.html", site, status=422, name="", sure=False)
    await own_data.erase_reader(request, site, reader_id)
    return _gone(request, site, "erased.html")


def _gone(request: web.Request, site: Site, template: str) -> web.Response:
    response = window.show(template, site)
    response.del_cookie(_cookie(request), path="/")
    return response
