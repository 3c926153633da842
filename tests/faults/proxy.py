"""A network that misbehaves: a TCP proxy on loopback that is slow, resets connections, or falls silent."""

import asyncio
import contextlib
import random
import socket
import struct
from collections.abc import AsyncIterator
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

_CHUNK = 65536
# Closing then sends a reset, as a broken network does, and not an orderly end.
_NO_LINGER = struct.pack("ii", 1, 0)


class Proxy:
    """Passes bytes to `target`, a port of loopback or a unix socket.

    What the server sends arrives `delay_s` later. Each piece that either side sends is, with a chance of `resets`, the
    last of its connection: half of these are lost with it, half arrive.
    """

    def __init__(self, target: int | Path, *, delay_s: float = 0.0, resets: float = 0.0) -> None:
        self._target = target
        self.delay_s = delay_s
        self.resets = resets
        self.chance = random.Random(20261125)
        self._passages: dict[asyncio.Task[None], _Passage | None] = {}
        self._listening: asyncio.Server | None = None
        self.port = 0
        # Connections that were accepted, and those that were reset.
        self.accepted = 0
        self.cut = 0

    def swallow(self) -> None:
        """From now on nothing passes over the connections that are open, and neither end is told. New ones work."""
        for passage in self._standing():
            passage.silent = True

    @property
    def swallowed(self) -> int:
        """How many silent connections the clients still believe in."""
        return sum(passage.silent for passage in self._standing())

    def _standing(self) -> "list[_Passage]":
        return [
            passage for passage in self._passages.values() if passage is not None and passage.client_stays
        ]

    async def start(self) -> None:
        """Listen, on a port that the kernel chooses."""
        self._listening = await asyncio.start_server(self._accept, "127.0.0.1", 0)
        self.port = self._listening.sockets[0].getsockname()[1]

    async def stop(self) -> None:
        """Drop every connection, and refuse new ones."""
        if self._listening is not None:
            self._listening.close()
        tasks = list(self._passages)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.accepted += 1
        task = asyncio.current_task()
        assert task is not None
        self._passages[task] = None
        try:
            # Cancelled only by `stop`; asyncio would complain of a callback that was.
            with contextlib.suppress(OSError, asyncio.CancelledError):
                passage = _Passage(self, (reader, writer), await self._reach())
                self._passages[task] = passage
                await passage.run()
        finally:
            writer.transport.abort()
            del self._passages[task]

    async def _reach(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        if isinstance(self._target, Path):
            return await asyncio.open_unix_connection(self._target)
        return await asyncio.open_connection("127.0.0.1", self._target)


_End = tuple[asyncio.StreamReader, asyncio.StreamWriter]


class _Passage:
    """One connection, through the proxy."""

    def __init__(self, proxy: Proxy, client: _End, server: _End) -> None:
        self._proxy = proxy
        self._client = client
        self._server = server
        self.silent = False
        self.client_stays = True

    async def run(self) -> None:
        """Until both ends are done, or it is reset."""
        try:
            await asyncio.gather(
                self._pass(self._client[0], self._server[1], 0.0),
                self._pass(self._server[0], self._client[1], self._proxy.delay_s),
            )
        finally:
            self._server[1].transport.abort()

    async def _pass(self, source: asyncio.StreamReader, sink: asyncio.StreamWriter, delay_s: float) -> None:
        """Pass on what comes, each piece late by itself, as in a long cable."""
        under_way: asyncio.Queue[tuple[float, bytes]] = asyncio.Queue()
        delivering = asyncio.create_task(self._deliver(under_way, sink))
        clock = asyncio.get_running_loop().time
        try:
            data = b"."
            while data:
                data = b""
                with contextlib.suppress(ConnectionError):
                    data = await source.read(_CHUNK)
                under_way.put_nowait((clock() + delay_s, data))
            if source is self._client[0]:
                self.client_stays = False
            await delivering
        finally:
            delivering.cancel()

    async def _deliver(
        self, under_way: asyncio.Queue[tuple[float, bytes]], sink: asyncio.StreamWriter
    ) -> None:
        clock = asyncio.get_running_loop().time
        while True:
            due, data = await under_way.get()
            await asyncio.sleep(max(0.0, due - clock()))
            if not self.silent:
                luck = self._proxy.chance.random() / (self._proxy.resets or 1e-9)
                if luck >= 0.5:
                    sink.write(data)
                    with contextlib.suppress(ConnectionError):
                        await sink.drain()
                if luck < 1:
                    self._reset()
                    return
                if not data:
                    sink.close()
            if not data:
                return

    def _reset(self) -> None:
        self._proxy.cut += 1
        for _, writer in (self._client, self._server):
            sock = writer.get_extra_info("socket")
            if sock.family != socket.AF_UNIX:
                sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _NO_LINGER)
            writer.transport.abort()


@contextlib.asynccontextmanager
async def proxied(target: int | Path, *, delay_s: float = 0.0, resets: float = 0.0) -> AsyncIterator[Proxy]:
    """A proxy that runs while the block does."""
    proxy = Proxy(target, delay_s=delay_s, resets=resets)
    await proxy.start()
    try:
        yield proxy
    finally:
        await proxy.stop()


def socket_of(dsn: str) -> Path:
    """The unix socket that a DSN of the tests names."""
    query = parse_qs(urlsplit(dsn).query)
    return Path(query["host"][0]) / f".s.PGSQL.{query.get('port', ['5432'])[0]}"


def through(proxy: Proxy, dsn: str) -> str:
    """The DSN that reaches the same database by the proxy."""
    parts = urlsplit(dsn)
    user = f"{parts.username}@" if parts.username else ""
    return parts._replace(netloc=f"{user}127.0.0.1:{proxy.port}", query="sslmode=disable").geturl()
