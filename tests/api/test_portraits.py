"""Readers' portraits: fetched from a real server of the publisher's, looked at, kept, and given out by ourselves."""

import asyncio
import base64
from collections.abc import AsyncIterator

import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer
from joserfc.jwk import OctKey

from moderation.database import Pool
from service.app import make_app
from service.identity.portraits import FETCHING, MAX_BYTES
from service.settings import Settings
from service.store import sso
from service.store.sso import StoredKey
from tests.conftest import Api
from tests.processes import free_port
from tests.tokens import ISSUER, SECRET, claims, token

PNG = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)
SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
PICTURES = {
    "png": PNG,
    "jpeg": b"\xff\xd8\xff\xe0 rest",
    "gif": b"GIF89a rest",
    "webp": b"RIFF\0\0\0\0WEBPVP8 ",
}
# What must not be taken, by its path: the status, the media type that it says it is, and the body.
REFUSED = {
    "svg": (200, "image/svg+xml", SVG),
    "svg-as-png": (200, "image/png", SVG),
    "page": (200, "image/png", b"<!doctype html><script>alert(1)</script>"),
    "large": (200, "image/png", PNG + b"\0" * MAX_BYTES),
    "missing": (404, "image/png", PNG),
    "empty": (200, "image/png", b""),
}


class Publisher:
    """The publisher's pictures, and what was asked of them."""

    def __init__(self) -> None:
        self.url = f"http://127.0.0.1:{free_port()}"
        self.asked: list[str] = []

    async def answer(self, request: web.Request) -> web.Response:
        name = request.match_info["name"]
        self.asked.append(name)
        if name == "elsewhere":
            raise web.HTTPFound(f"{self.url}/png")
        if name in PICTURES:
            return web.Response(body=PICTURES[name], content_type="text/plain")
        status, kind, body = REFUSED[name]
        return web.Response(status=status, body=body, content_type=kind)


@pytest.fixture
async def publisher() -> AsyncIterator[Publisher]:
    publisher = Publisher()
    app = web.Application()
    app.router.add_get("/{name}", publisher.answer)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", int(publisher.url.rsplit(":", 1)[1])).start()
    yield publisher
    await runner.cleanup()


@pytest.fixture
async def issuer(pool: Pool, site: int) -> None:
    async with pool.acquire() as conn:
        await sso.set_issuer(conn, site, issuer=ISSUER, audience="parley")
        await sso.add_key(conn, site, StoredKey("1", "HS256", OctKey.import_key(SECRET).as_dict()))


@pytest.fixture
async def open_api(database: str, settings: Settings, issuer: None) -> AsyncIterator[Api]:
    """The service, allowed to ask loopback."""
    app = make_app(settings.model_copy(update={"outgoing_networks": "127.0.0.0/8"}), database)
    async with TestClient(TestServer(app)) as client:
        yield Api(client)


async def come(api: Api, avatar: str | None) -> dict[str, str]:
    """Sign in with a portrait, and wait until it was fetched or refused; the reader's headers."""
    answer = await api.call("POST", "/sso", json={"token": token(claims(avatar=avatar))})
    assert answer.status == 200, answer.body
    assert api.client.server is not None
    await asyncio.gather(*api.client.server.app[FETCHING])  # type: ignore[attr-defined]
    return {"Authorization": f"Bearer {answer.body['access_token']}"}


async def shown(api: Api, headers: dict[str, str], text: str) -> str | None:
    """Where the author's portrait is, as the widget is told."""
    answer = await api.call("POST", "/articles/story/comments", json={"body": text}, headers=headers)
    assert answer.status == 201, answer.body
    path: str | None = answer.body["author"]["avatar_url"]
    return path


@pytest.mark.parametrize("kind", PICTURES)
async def test_a_picture_is_kept_and_given_out_by_us(open_api: Api, publisher: Publisher, kind: str) -> None:
    path = await shown(open_api, await come(open_api, f"{publisher.url}/{kind}"), "With a face")
    assert path is not None
    assert path.startswith("/portraits/")
    async with open_api.client.get(path) as picture:
        assert (picture.status, await picture.read()) == (200, PICTURES[kind])
        # By its content, whatever the publisher's server called it.
        assert picture.headers["Content-Type"] == f"image/{kind}"
        assert picture.headers["Cache-Control"] == "public, max-age=31536000, immutable"
        assert picture.headers["Content-Security-Policy"] == "default-src 'none'; sandbox"
        assert picture.headers["X-Content-Type-Options"] == "nosniff"
        assert picture.headers["Cross-Origin-Resource-Policy"] == "cross-origin"
    assert (await open_api.raw("GET", path[:-1] + "_")).status == 404


@pytest.mark.parametrize("name", [*REFUSED, "elsewhere"])
async def test_what_is_no_picture_of_theirs_is_not_taken(
    open_api: Api, publisher: Publisher, pool: Pool, name: str
) -> None:
    headers = await come(open_api, f"{publisher.url}/{name}")
    assert publisher.asked == [name], "asked, and no redirect followed"
    assert await shown(open_api, headers, "Without a face") is None
    assert await pool.fetchval("SELECT count(*) FROM portraits") == 0


async def test_it_is_asked_for_once_a_day_and_goes_with_its_address(
    open_api: Api, publisher: Publisher, pool: Pool
) -> None:
    url = f"{publisher.url}/png"
    for _ in range(2):
        headers = await come(open_api, url)
    assert publisher.asked == ["png"]
    old = await shown(open_api, headers, "With a face")
    await pool.execute("UPDATE portraits SET fetched_at = now() - interval '25 hours'")
    await come(open_api, url)
    assert publisher.asked == ["png", "png"]
    new = await shown(open_api, await come(open_api, f"{publisher.url}/gif"), "With another face")
    assert new not in (None, old)
    assert await shown(open_api, await come(open_api, None), "Without one") is None
    for path in (old, new):
        assert (await open_api.raw("GET", path or "")).status == 404


async def test_where_only_we_can_reach_is_not_asked(
    api: Api, issuer: None, publisher: Publisher, pool: Pool
) -> None:
    headers = await come(api, f"{publisher.url}/png")
    assert publisher.asked == []
    assert await shown(api, headers, "Without a face") is None
