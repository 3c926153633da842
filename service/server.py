"""Serving: sockets, signals, and stopping so that no request in flight is dropped."""

import asyncio
import contextlib
import os
import signal
import socket
from collections.abc import AsyncIterator, Callable

import structlog
from aiohttp import web

# Bounds the wait for a request's headers and for the next request on an idle connection; a proxy in front should keep
# its idle connections for less.
KEEP_ALIVE_S = 15.0
# What a request in flight gets to finish when the service stops.
DRAIN_S = 10.0
_BACKLOG = 1024
_log = structlog.get_logger()


class PortTakenError(Exception):
    """Somebody else listens on the port."""


def listen(host: str, port: int) -> socket.socket:
    """Bind and listen; raises PortTakenError, whose text is one line for the operator."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    sock = socket.socket(family, socket.SOCK_STREAM)
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        sock.bind((host, port))
        sock.listen(_BACKLOG)
    except OSError as error:
        sock.close()
        raise PortTakenError(
            f"Cannot listen on {host}:{port} ({error.strerror or error}). Set PARLEY_PORT to use another port."
        ) from None
    sock.set_inheritable(True)
    return sock


@contextlib.asynccontextmanager
async def serving(app: web.Application, sock: socket.socket) -> AsyncIterator[None]:
    """Serve `app` on a listening socket; at the end refuse new connections and let requests in flight finish."""
    runner = web.AppRunner(
        app,
        access_log=None,
        keepalive_timeout=KEEP_ALIVE_S,
        lingering_time=5,
        shutdown_timeout=DRAIN_S,
        handler_cancellation=False,
    )
    await runner.setup()
    try:
        await web.SockSite(runner, sock, backlog=_BACKLOG).start()
        yield
    finally:
        await runner.cleanup()


def until_signalled() -> asyncio.Event:
    """An event that SIGINT or SIGTERM sets; a second signal ends the process at once."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()

    def asked() -> None:
        if stop.is_set():
            os._exit(130)
        stop.set()

    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, asked)
    return stop


def run_processes(count: int, work: Callable[[], None]) -> None:
    """Run `work` in `count` child processes until signalled; one that dies is replaced, after a second."""
    children: dict[int, None] = {}
    stopping = False

    def stop(_number: int, _frame: object) -> None:
        nonlocal stopping
        stopping = True
        for pid in children:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGTERM)

    signal.signal(signal.SIGINT, stop)
    signal.signal(signal.SIGTERM, stop)
    while True:
        while not stopping and len(children) < count:
            children[_fork(work)] = None
        if not children:
            return
        pid, status = os.wait()
        children.pop(pid, None)
        if not stopping:
            _log.error("process_died", pid=pid, status=os.waitstatus_to_exitcode(status))
            signal.sigtimedwait([], 1)


def _fork(work: Callable[[], None]) -> int:
    pid = os.fork()
    if pid:
        return pid
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    code = 1
    try:
        work()
        code = 0
    finally:
        os._exit(code)
