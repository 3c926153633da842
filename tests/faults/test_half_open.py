"""Fault 7: half-open connections. Whoever is left without an answer notices within ten seconds, and goes on over others."""

import asyncio
import contextlib
import ctypes
import socket
import struct
from collections.abc import Iterator
from typing import Any

import aiohttp

from tests.faults.checker import violations
from tests.faults.conftest import Start
from tests.faults.history import History, Outcome
from tests.faults.proxy import Proxy, proxied, socket_of, through
from tests.faults.writers import Writer, Writers
from tests.processes import until, until_ready

NOTICED_WITHIN_S = 10.0
_ATTACH_FILTER = 26
# One instruction of a classic socket filter: return 0, drop the packet.
_DROP_ALL = struct.pack("HBBI", 0x06, 0, 0, 0)


async def given_up(proxy: Proxy) -> bool:
    return proxy.swallowed == 0


async def test_a_service_whose_connections_to_the_database_fall_silent(
    start: Start, database: str, onlooker: Any, port: int, url: str
) -> None:
    history = History()
    async with proxied(socket_of(database)) as proxy:
        await until_ready(start("serve", database_url=through(proxy, database), port=port), url)
        async with Writers(url, history) as writers:
            await writers.progress()
            proxy.swallow()
            assert proxy.swallowed >= 4, "writers are spread over connections, and one listens"
            await writers.progress(seconds=NOTICED_WITHIN_S)
            # The listening connection and those in reserve too.
            await until(lambda: ready(url), what="ready", seconds=NOTICED_WITHIN_S)
            await until(lambda: given_up(proxy), what="all silent connections given up")
            await writers.progress()

    assert all(write.outcome is Outcome.OK for write in history.writes)
    assert await violations(onlooker, history) == []


async def test_a_worker_whose_connections_to_the_database_fall_silent(
    start: Start, database: str, onlooker: Any, port: int, url: str
) -> None:
    history = History()
    await until_ready(start("serve", database_url=database, port=port), url)
    async with proxied(socket_of(database)) as proxy, Writer(url, history) as writer:
        start("moderate", database_url=through(proxy, database))
        await writer.post("Before")
        await until(lambda: all_judged(onlooker), what="the first judged")
        proxy.swallow()
        silent = proxy.swallowed
        assert silent > 0
        await writer.post("After")

        async def noticed() -> bool:
            return proxy.swallowed < silent

        await until(noticed, what="a silent connection given up", seconds=NOTICED_WITHIN_S)
        await until(lambda: all_judged(onlooker), what="the second judged")

    assert await onlooker.fetchval("SELECT count(*) FROM decisions") == 2
    assert await violations(onlooker, history) == []


async def test_readers_who_vanished_are_let_go_and_the_others_stay(
    start: Start, database: str, onlooker: Any, port: int, url: str
) -> None:
    await until_ready(start("serve", database_url=database, port=port), url)
    start("moderate", database_url=database)
    with contextlib.ExitStack() as stack:
        readers = [stack.enter_context(following(port)) for _ in range(4)]
        await until(lambda: open_streams(url, 4), what="four streams open")
        for reader in readers[1:]:
            vanish(reader)
        await until(lambda: open_streams(url, 1), what="three streams let go", seconds=NOTICED_WITHIN_S)

        async with Writer(url, History()) as writer:
            await writer.post("Still here?")
        readers[0].settimeout(60)
        told = b""
        while b"comment.published" not in told:
            told += await asyncio.to_thread(readers[0].recv, 4096)


@contextlib.contextmanager
def following(port: int) -> Iterator[socket.socket]:
    """A reader's open stream of events."""
    with socket.create_connection(("127.0.0.1", port)) as sock:
        sock.sendall(b"GET /api/v1/sites/demo/articles/story/events HTTP/1.1\r\nHost: x\r\n\r\n")
        yield sock


def vanish(sock: socket.socket) -> None:
    """From now on the kernel drops all that comes for the socket, acknowledges nothing, and sends nothing of its own."""
    instruction = ctypes.create_string_buffer(_DROP_ALL)
    sock.setsockopt(socket.SOL_SOCKET, _ATTACH_FILTER, struct.pack("HL", 1, ctypes.addressof(instruction)))


async def open_streams(url: str, count: int) -> bool:
    async with aiohttp.ClientSession() as http, http.get(f"{url}/metrics") as answer:
        return f"parley_live_clients {float(count)}" in (await answer.text()).splitlines()


async def ready(url: str) -> bool:
    async with aiohttp.ClientSession() as http, http.get(f"{url}/readyz") as answer:
        return answer.status == 200


async def all_judged(conn: Any) -> bool:
    return not await conn.fetchval("SELECT count(*) FROM comments WHERE status = 'pending'")
