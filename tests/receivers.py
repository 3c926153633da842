"""A publisher's receiver of webhooks: a real server that can be away, checks signatures, and remembers ids."""

import asyncio
import base64
import hashlib
import hmac
import threading
from typing import Any, Self

from aiohttp import web

from tests.processes import free_port


def is_signed(headers: Any, body: bytes, secret: str) -> bool:
    """Verify as docs/webhooks.md tells receivers to, by nothing of ours."""
    key = base64.b64decode(secret.split("_", 1)[1])
    signed = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body
    expected = base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()
    given = [one.partition(",")[2] for one in headers["webhook-signature"].split()]
    return any(hmac.compare_digest(expected, one) for one in given)


class Receiver:
    """Keeps what is new to it by id; `answers` are the next statuses, 204 when they are used up."""

    def __init__(self) -> None:
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}/hook"
        # All that came, and of that what was new and has been acted on, in order.
        self.came: list[tuple[str, dict[str, Any]]] = []
        self.acted: dict[str, dict[str, Any]] = {}
        self.calls: list[tuple[dict[str, str], bytes]] = []
        self.answers: list[int] = []
        # It acts, and its answer is lost on the way: so many times.
        self.loses = 0
        # It says nothing before this is set.
        self.hangs: asyncio.Event | None = None
        self._runner: web.AppRunner | None = None

    async def start(self) -> None:
        app = web.Application()
        app.router.add_post("/hook", self._hook)
        app.router.add_get("/elsewhere", self._hook)
        self._runner = web.AppRunner(app, access_log=None)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", self.port).start()

    async def stop(self) -> None:
        if self._runner is not None:
            await self._runner.cleanup()
            self._runner = None

    async def _hook(self, request: web.Request) -> web.Response:
        body = await request.read()
        self.calls.append((dict(request.headers), body))
        if self.hangs is not None:
            await self.hangs.wait()
        status = self.answers.pop(0) if self.answers else 204
        if status >= 300:
            headers = {"Location": "/elsewhere"} if status < 400 else {"Retry-After": "600"}
            return web.Response(status=status, headers=headers)
        message = await request.json()
        name = request.headers["webhook-id"]
        self.came.append((name, message))
        self.acted.setdefault(name, message)
        if self.loses:
            self.loses -= 1
            assert request.transport is not None
            request.transport.abort()
        return web.Response(status=status)


class Serving(Receiver):
    """A receiver in a thread of its own, for tests without a loop."""

    def __enter__(self) -> Self:
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()
        asyncio.run_coroutine_threadsafe(self.start(), self._loop).result(30)
        return self

    def __exit__(self, *_: object) -> None:
        asyncio.run_coroutine_threadsafe(self.stop(), self._loop).result(30)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()
