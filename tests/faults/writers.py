"""Writers as good clients are: they post one comment after another, and try again under the same key until answered."""

import asyncio
import contextlib
import itertools
import time
import uuid
from typing import Any, Self

import aiohttp

from tests.faults.history import History, Outcome, Write
from tests.processes import until

_ATTEMPT_S = 10.0
# After this long without an answer a writer gives up: the outcome stays unknown.
_GIVE_UP_S = 60.0
_BACK_OFF_S = 0.05


class Writer:
    """A guest with a connection of its own."""

    def __init__(self, url: str, history: History, *, name: str = "Ann", article: str = "story") -> None:
        self._name = name
        self._key = str(uuid.uuid4())
        self._site = f"{url}/api/v1/sites/demo"
        self._comments = f"{self._site}/articles/{article}/comments"
        self._history = history
        tracing = aiohttp.TraceConfig()
        tracing.on_request_chunk_sent.append(self._sent)
        self._http = aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(_ATTEMPT_S), trace_configs=[tracing])
        self._token = ""
        self._reader_id = 0
        # The write that is being tried, and the last one that was acknowledged.
        self.trying: Write | None = None
        self.acknowledged: Write | None = None

    async def __aenter__(self) -> Self:
        """Come as a guest."""
        try:
            body = await until(self._come, what="a guest's session")
        except BaseException:
            await self._http.close()
            raise
        self._token, self._reader_id = body["access_token"], int(body["reader"]["id"])
        return self

    async def _come(self) -> dict[str, Any] | None:
        try:
            async with self._http.post(
                f"{self._site}/guests", json={"name": self._name}, headers={"Idempotency-Key": self._key}
            ) as answer:
                body: dict[str, Any] = await answer.json(content_type=None)
        except (aiohttp.ClientError, OSError, TimeoutError):
            return None
        assert answer.status == 201 or answer.status >= 500, body
        return body if answer.status == 201 else None

    async def __aexit__(self, *_: object) -> None:
        await self._http.close()

    async def post(self, body: str, **more: Any) -> Write:
        """Post until there is an answer, or no hope."""
        write = self.trying = self._history.invoke(self._reader_id, body)
        deadline = time.monotonic() + _GIVE_UP_S
        while write.outcome is Outcome.UNKNOWN and time.monotonic() < deadline:
            try:
                await self._attempt(write, more)
            except (aiohttp.ClientError, OSError, TimeoutError):
                await asyncio.sleep(_BACK_OFF_S)
        self.trying = None
        return write

    async def _attempt(self, write: Write, more: dict[str, Any]) -> None:
        write.attempts += 1
        headers = {"Authorization": f"Bearer {self._token}", "Idempotency-Key": write.key}
        async with self._http.post(
            self._comments, json={"body": write.body, **more}, headers=headers
        ) as answer:
            body = await answer.json(content_type=None)
        if answer.status == 201:
            write.ids.append(int(body["id"]))
            write.outcome = Outcome.OK
            self.acknowledged = write
        elif answer.status < 500:
            write.outcome = Outcome.FAIL
        else:
            await asyncio.sleep(_BACK_OFF_S)

    async def _sent(self, *_: object) -> None:
        if self.trying is not None:
            self.trying.sent = self.trying.attempts


class Writers:
    """Writers at work while the block runs; at its end each finishes what it is trying."""

    def __init__(self, url: str, history: History, *, count: int = 8) -> None:
        self._history = history
        self._writers = [Writer(url, history, name=f"Writer {number}") for number in range(count)]
        self._leaving = False
        self._tasks: list[asyncio.Task[None]] = []
        self._stack = contextlib.AsyncExitStack()

    async def __aenter__(self) -> Self:
        await asyncio.gather(*(self._stack.enter_async_context(writer) for writer in self._writers))
        self._tasks = [asyncio.create_task(self._work(writer)) for writer in self._writers]
        return self

    async def __aexit__(self, *_: object) -> None:
        self._leaving = True
        try:
            await asyncio.gather(*self._tasks)
        finally:
            await self._stack.aclose()

    async def _work(self, writer: Writer) -> None:
        for number in itertools.count():
            if self._leaving:
                return
            await writer.post(f"Remark {number}")

    @property
    def in_flight(self) -> list[Write]:
        """Writes whose request has been sent and not been answered."""
        trying = [writer.trying for writer in self._writers if writer.trying is not None]
        return [write for write in trying if write.sent == write.attempts > 0]

    async def until_in_flight(self, count: int) -> list[Write]:
        """Wait until `count` writes are in flight, and return them; they still are, as nothing ran since."""

        async def enough() -> list[Write]:
            return self.in_flight if len(self.in_flight) >= count else []

        return await until(enough, what=f"{count} writes in flight")

    async def progress(self, *, seconds: float = 60.0) -> None:
        """Wait until every writer has been acknowledged a write that it began after this call."""
        mark = len(self._history.writes)

        async def all_did() -> bool:
            for task in self._tasks:
                if task.done():
                    task.result()
            return all(
                writer.acknowledged is not None and writer.acknowledged.number >= mark
                for writer in self._writers
            )

        await until(all_did, what="every writer acknowledged", seconds=seconds)
