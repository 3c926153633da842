"""What the log says of calls that did not succeed, passed on to the database in batches, never in a request's way."""

import asyncio
from collections import deque
from datetime import UTC, datetime

import structlog
from aiohttp import web

from moderation.database import DATABASE_DOWN, Pool
from service.store import failures
from service.store.failures import Failure

EVERY_S = 1.0
# While the database is away, and in a flood: the newest are worth most.
_MOST = 500
_TOLD: web.RequestKey[tuple[str, str | None]] = web.RequestKey("failure")
_log = structlog.get_logger()


class Failures:
    """The lines that are still to be kept."""

    def __init__(self) -> None:
        self._waiting: deque[Failure] = deque(maxlen=_MOST)

    def note(
        self, request: web.Request, request_id: str, route: str, status: int, milliseconds: float
    ) -> None:
        """Keep a line of a call to a site; what `told` said of it comes with it."""
        site = request.match_info.get("site")
        if site is None:
            return
        code, error = request.get(_TOLD, (None, None))
        self._waiting.append(
            Failure(site, request_id, route, status, code, error, milliseconds, datetime.now(UTC)),
        )

    async def flush(self, pool: Pool) -> None:
        """Keep all that waits. Raises what DATABASE_DOWN lists; then it waits on."""
        taken, self._waiting = self._waiting, deque(maxlen=_MOST)
        if not taken:
            return
        try:
            async with pool.acquire() as conn:
                await failures.add(conn, taken)
        except DATABASE_DOWN:
            self._waiting = deque([*taken, *self._waiting], maxlen=_MOST)
            raise

    async def run(self, pool: Pool) -> None:
        """Until cancelled."""
        while True:
            await asyncio.sleep(EVERY_S)
            try:
                await self.flush(pool)
            except DATABASE_DOWN as error:
                _log.warning("failures_wait", error=type(error).__name__)


def tell(request: web.Request, code: str, error: BaseException | None = None) -> None:
    """Say why a call fails: the problem's code, and what went wrong on our side, of which only the kind is kept."""
    request[_TOLD] = (code, type(error).__name__ if error else None)
