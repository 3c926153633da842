"""What others chose as an address never leads to what only the service can reach."""

import asyncio
import socket
from collections.abc import AsyncIterator
from ipaddress import ip_network

import aiohttp
import pytest
from aiohttp import web
from aiohttp.abc import AbstractResolver, ResolveResult
from aiohttp.test_utils import TestServer

from service.fetching import MAX_BYTES, Fetcher, FetchFailed, check_url, is_allowed

LOOPBACK = (ip_network("127.0.0.0/8"),)


class Canary:
    """A server that is not to be reached; it counts who did."""

    def __init__(self) -> None:
        self.hits = 0
        app = web.Application()
        app.router.add_get("/", self._hit)
        app.router.add_get("/away", self._away)
        app.router.add_get("/much", self._much)
        self.server = TestServer(app)

    @property
    def port(self) -> int:
        assert self.server.port
        return self.server.port

    async def _hit(self, _: web.Request) -> web.Response:
        self.hits += 1
        return web.Response(text="secret")

    async def _away(self, _: web.Request) -> web.Response:
        raise web.HTTPFound("/")

    async def _much(self, _: web.Request) -> web.Response:
        return web.Response(body=b"x" * (MAX_BYTES + 1))


@pytest.fixture
async def canary() -> AsyncIterator[Canary]:
    one = Canary()
    await one.server.start_server()
    yield one
    await one.server.close()


@pytest.fixture
async def fetcher() -> AsyncIterator[Fetcher]:
    async with Fetcher() as one:
        yield one


@pytest.mark.parametrize(
    "host",
    [
        "127.0.0.1",
        "localhost",
        "2130706433",
        "0x7f.1",
        "0177.0.0.1",
        "127.1",
        "0",
        "0.0.0.0",
        "[::1]",
        "[::]",
        "[::ffff:127.0.0.1]",
        "[::ffff:7f00:1]",
        "[64:ff9b::7f00:1]",
        "[2002:7f00:1::]",
    ],
)
async def test_no_writing_of_loopback_is_asked(canary: Canary, fetcher: Fetcher, host: str) -> None:
    with pytest.raises(FetchFailed):
        await fetcher.request("GET", f"http://{host}:{canary.port}/")
    assert canary.hits == 0


async def test_the_canary_can_be_hit(canary: Canary) -> None:
    async with Fetcher(LOOPBACK) as fetcher:
        assert (await fetcher.request("GET", f"http://localhost:{canary.port}/")).body == b"secret"
    assert canary.hits == 1


class Rebinding(AbstractResolver):
    """A name that is public at the first look and loopback ever after."""

    def __init__(self) -> None:
        self.asked = 0

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        self.asked += 1
        address = "203.0.113.1" if self.asked == 1 else "127.0.0.1"
        return [
            ResolveResult(
                hostname=host, host=address, port=port, family=family, proto=0, flags=socket.AI_NUMERICHOST
            )
        ]

    async def close(self) -> None:
        pass


async def test_a_name_that_is_bound_anew_is_looked_at_anew(canary: Canary, fetcher: Fetcher) -> None:
    session = fetcher._open()
    connector = session.connector
    assert isinstance(connector, aiohttp.TCPConnector)
    resolver = Rebinding()
    connector._resolver, connector._use_dns_cache = resolver, False
    for _ in range(2):
        with pytest.raises(FetchFailed, match="not on the public internet"):
            await fetcher.request("GET", f"http://rebind.example:{canary.port}/")
    assert (resolver.asked, canary.hits) == (2, 0)


async def test_a_redirect_is_not_followed(canary: Canary) -> None:
    async with Fetcher(LOOPBACK) as fetcher:
        answer = await fetcher.request("GET", f"http://127.0.0.1:{canary.port}/away")
    assert (answer.status, canary.hits) == (302, 0)


async def test_an_endless_answer_is_cut(canary: Canary) -> None:
    async with Fetcher(LOOPBACK) as fetcher:
        with pytest.raises(FetchFailed, match="more than 1024 kB"):
            await fetcher.request("GET", f"http://127.0.0.1:{canary.port}/much")


async def test_nobody_there_is_said_in_words(fetcher: Fetcher) -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        port = unused.getsockname()[1]
    async with Fetcher(LOOPBACK) as other:
        with pytest.raises(FetchFailed, match=r"127\.0\.0\.1 could not be reached"):
            await other.request("GET", f"http://127.0.0.1:{port}/")
    with pytest.raises(FetchFailed, match="no such host"):
        await asyncio.wait_for(fetcher.request("GET", "http://nowhere.invalid/"), 30)


@pytest.mark.parametrize(
    "text",
    [
        "ftp://example.org",
        "file:///etc/passwd",
        "//example.org",
        "https://",
        "http://a:b@c.org",
        "http://[::1",
    ],
)
def test_what_is_no_address_for_us_is_refused(text: str) -> None:
    with pytest.raises(FetchFailed):
        check_url(text)


@pytest.mark.parametrize(
    ("host", "public"),
    [
        ("93.184.215.14", True),
        ("2606:2800:21f:cb07::1", True),
        ("::ffff:93.184.215.14", True),
        ("10.0.0.1", False),
        ("172.16.0.1", False),
        ("192.168.1.1", False),
        ("100.64.0.1", False),
        ("169.254.169.254", False),
        ("224.0.0.1", False),
        ("255.255.255.255", False),
        ("fe80::1%eth0", False),
        ("fc00::1", False),
        ("ff02::1", False),
        ("2002:a9fe:a9fe::", False),
        ("64:ff9b::a9fe:a9fe", False),
    ],
)
def test_what_is_public(host: str, *, public: bool) -> None:
    assert is_allowed(host) is public


def test_an_operator_opens_a_network() -> None:
    assert is_allowed("10.1.2.3", [ip_network("10.1.0.0/16")])
    assert not is_allowed("10.2.2.3", [ip_network("10.1.0.0/16")])
