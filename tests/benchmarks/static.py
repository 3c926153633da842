"""The reference for a cached page: the same bytes from the leanest server at hand, which answers without looking."""

import asyncio
import contextlib
import multiprocessing
import socket
from collections.abc import Iterator
from typing import Any

import uvloop


class _Constant(asyncio.Protocol):
    """Answers whatever comes with the same bytes."""

    def __init__(self, answer: bytes) -> None:
        self._answer = answer

    def connection_made(self, transport: Any) -> None:
        self._transport = transport

    def data_received(self, _data: bytes) -> None:
        self._transport.write(self._answer)


async def _serve(sock: socket.socket, answer: bytes) -> None:
    server = await asyncio.get_running_loop().create_server(lambda: _Constant(answer), sock=sock)
    await server.serve_forever()


def _main(sock: socket.socket, answer: bytes) -> None:
    uvloop.run(_serve(sock, answer))


@contextlib.contextmanager
def static_server(answer: bytes) -> Iterator[int]:
    """Serves `answer`, head and body, from a process of its own; gives the port."""
    with socket.create_server(("127.0.0.1", 0), backlog=256) as sock:
        process = multiprocessing.get_context("spawn").Process(target=_main, args=(sock, answer), daemon=True)
        process.start()
        try:
            yield sock.getsockname()[1]
        finally:
            process.terminate()
            process.join()
