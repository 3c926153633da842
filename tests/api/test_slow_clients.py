"""Clients that stall: nobody holds a connection for long by sending nothing, or too slowly."""

import asyncio
import contextlib
import resource
from collections.abc import AsyncIterator

import pytest

from service import edge, server
from service.app import make_app
from service.settings import Settings

_GUESTS = b"POST /api/v1/sites/demo/guests HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
_STALLED = 1000
_FORM = b"POST /help/demo HTTP/1.1\r\nHost: x\r\nContent-Type: application/x-www-form-urlencoded\r\n"


@pytest.fixture
async def port(
    database: str, site: int, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[int]:
    """Where the service listens, with times that a test can wait for."""
    # Both ends of a thousand connections are files of this process.
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(hard, 8192), hard))
    monkeypatch.setattr(server, "KEEP_ALIVE_S", 0.3)
    monkeypatch.setattr(edge, "_BODY_S", 0.3)
    sock = server.listen("127.0.0.1", 0)
    async with server.serving(make_app(settings, database), sock):
        yield sock.getsockname()[1]


async def talk(port: int, start: bytes, drip: bytes = b"") -> bytes:
    """Send `start`, then `drip` again and again; all that came until the service closed the connection."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(start)

    async def go_on() -> None:
        while drip:
            writer.write(drip)
            await asyncio.sleep(0.02)

    dripping = asyncio.create_task(go_on())
    came = b""
    try:
        # Closed with a byte of the drip unread, a connection ends in a reset.
        async with asyncio.timeout(30):
            with contextlib.suppress(ConnectionResetError):
                while piece := await reader.read(65536):
                    came += piece
        return came
    finally:
        dripping.cancel()
        await asyncio.gather(dripping, return_exceptions=True)
        writer.close()


@pytest.mark.parametrize(
    ("start", "drip"),
    [(b"", b""), (b"GET /livez HTTP/1.1\r\nHost:", b""), (b"GET /livez HTTP/1.1\r\nX: ", b"a")],
    ids=["nothing", "half a header", "a dripping header"],
)
async def test_a_request_that_does_not_come_is_not_waited_for(port: int, start: bytes, drip: bytes) -> None:
    assert await talk(port, start, drip) == b""


async def test_a_thousand_stalled_sockets_are_let_go_and_the_others_answered(port: int) -> None:
    """A third of them send nothing, a third half a header, a third half a body."""
    starts = (b"", b"GET /livez HTTP/1.1\r\nHost:", _GUESTS + b'Content-Length: 60000\r\n\r\n{"na')
    stalled = [asyncio.create_task(talk(port, starts[number % 3])) for number in range(_STALLED)]
    answered = 0
    while not all(one.done() for one in stalled):
        answer = await talk(port, b"GET /livez HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
        assert answer.startswith(b"HTTP/1.1 200 ")
        answered += 1
    ends = [one.result() for one in stalled]

    assert answered > 0
    assert [end for end in ends[0::3] + ends[1::3] if end] == []
    assert [end for end in ends[2::3] if not end.startswith(b"HTTP/1.1 408 ")] == []


async def test_an_idle_connection_is_closed_after_its_answer(port: int) -> None:
    assert (await talk(port, b"GET /livez HTTP/1.1\r\nHost: x\r\n\r\n")).startswith(b"HTTP/1.1 200 ")


@pytest.mark.parametrize("head", [_GUESTS, _FORM], ids=["api", "form"])
@pytest.mark.parametrize("drip", [b"", b" "], ids=["stalled", "dripping"])
async def test_a_body_that_does_not_arrive_is_answered_and_let_go(
    port: int, head: bytes, drip: bytes
) -> None:
    answer = await talk(port, head + b'Content-Length: 60000\r\n\r\n{"na', drip)
    assert answer.startswith(b"HTTP/1.1 408 ")
    assert b'"code":"request_timeout"' in answer
