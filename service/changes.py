"""Hearing of changes made by other processes: one listening connection, with a slow poll behind it."""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

import asyncpg
import orjson
import structlog

from moderation.database import DATABASE_DOWN

POLL_S = 5.0
# A listening connection that is silent for so long when asked is given up.
_ANSWER_S = 3.0
_RETRY_S = 1.0
_log = structlog.get_logger()

Heard = Callable[[Any], Awaitable[None]]


class Changes:
    """Listens on channels of NOTIFY, and calls `poll` every few seconds for what a lost notification would have said.

    `heard` callbacks get the decoded payload; `on_hearing(True/False)` tells whether the connection stands.
    """

    def __init__(
        self,
        dsn: str,
        *,
        heard: Mapping[str, Heard],
        poll: Callable[[], Awaitable[None]],
        on_hearing: Callable[[bool], None],
    ) -> None:
        self._dsn = dsn
        self._heard = heard
        self._poll = poll
        self._on_hearing = on_hearing
        self._inbox: asyncio.Queue[tuple[str, str]] = asyncio.Queue()

    async def run(self) -> None:
        """Until cancelled: listen, connecting again whenever the connection is lost."""
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._deliver())
            while True:
                with contextlib.suppress(*DATABASE_DOWN):
                    await self._listen()
                self._on_hearing(False)
                await asyncio.sleep(_RETRY_S)

    async def _listen(self) -> None:
        conn = await asyncpg.connect(
            self._dsn,
            timeout=5,
            command_timeout=_ANSWER_S,
            server_settings={"application_name": "parley-listen"},
        )
        try:
            for channel in self._heard:
                await conn.add_listener(channel, self._put)
            self._on_hearing(True)
            while True:
                await self._poll()
                await asyncio.sleep(POLL_S)
                await conn.execute("SELECT 1")
        finally:
            self._on_hearing(False)
            conn.terminate()

    def _put(self, _conn: object, _pid: int, channel: str, payload: object) -> None:
        self._inbox.put_nowait((channel, str(payload)))

    async def _deliver(self) -> None:
        while True:
            channel, payload = await self._inbox.get()
            try:
                await self._heard[channel](orjson.loads(payload) if payload else [])
            except DATABASE_DOWN as error:
                _log.warning("change_not_delivered", channel=channel, error=type(error).__name__)
            except Exception:  # noqa: BLE001 -- one change that cannot be passed on must not end the listening
                _log.exception("change_not_delivered", channel=channel)
