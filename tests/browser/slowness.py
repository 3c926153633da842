"""A slow machine on a slow line, to shake out what counts on answers that come at once and in the order of asking.

`SLOWNESS=4 pytest -m browser` lets pages have a fourth of the processor and each answer come up to four times 100 ms late.
"""

import asyncio
import random
import struct
import threading
from ipaddress import IPv4Address

from playwright.sync_api import Browser, BrowserContext, Page

from tests.browser.patience import PATIENCE_S, SLOWNESS

_LATE_S = 0.1
_CHUNK = 1 << 18
_BY_IPV4, _BY_NAME = 1, 3


class SlowLine:
    """A SOCKS5 proxy (RFC 1928) on loopback. Whatever comes from afar comes late, on each connection by another time."""

    def __init__(self) -> None:
        self._loop = asyncio.new_event_loop()
        server = self._loop.run_until_complete(asyncio.start_server(_serve, "127.0.0.1", 0))
        port = server.sockets[0].getsockname()[1]
        self.flags = [f"--proxy-server=socks5://127.0.0.1:{port}", "--proxy-bypass-list=<-loopback>"]
        threading.Thread(target=self._loop.run_forever, daemon=True).start()


async def _serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    far: asyncio.StreamWriter | None = None
    try:
        host, port = await _destination(reader, writer)
        answers, far = await asyncio.open_connection(host, port)
        writer.write(b"\5\0\0\1" + bytes(6))
        await asyncio.gather(_pass_on(reader, far, 0), _pass_on(answers, writer, _LATE_S * SLOWNESS))
    except (OSError, asyncio.IncompleteReadError):
        pass
    finally:
        for end in (writer, far):
            if end:
                end.close()


async def _destination(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> tuple[str, int]:
    _, methods = await reader.readexactly(2)
    await reader.readexactly(methods)
    writer.write(b"\5\0")
    _, _, _, kind = await reader.readexactly(4)
    if kind == _BY_NAME:
        [length] = await reader.readexactly(1)
        host = (await reader.readexactly(length)).decode("ascii")
    elif kind == _BY_IPV4:
        host = str(IPv4Address(await reader.readexactly(4)))
    else:
        host = "::1"
        await reader.readexactly(16)
    [port] = struct.unpack("!H", await reader.readexactly(2))
    return host, port


async def _pass_on(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, late_s: float) -> None:
    while chunk := await reader.read(_CHUNK):
        await asyncio.sleep(random.uniform(0, late_s))
        writer.write(chunk)
        await writer.drain()
    writer.write_eof()


def slow_down(browser: Browser) -> None:
    """Slow the scripts of every page that the browser opens from now on."""
    new_context = browser.new_context

    def slow_context(**options: object) -> BrowserContext:
        context = new_context(**options)  # type: ignore[arg-type]
        context.set_default_timeout(1000 * PATIENCE_S)
        context.on("page", _throttle)
        return context

    browser.new_context = slow_context  # type: ignore[method-assign]


def _throttle(page: Page) -> None:
    session = page.context.new_cdp_session(page)
    session.send("Emulation.setCPUThrottlingRate", {"rate": SLOWNESS})
