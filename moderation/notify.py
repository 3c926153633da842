"""Telling other processes that something changed: NOTIFY, coalesced, never inside a writing transaction.

A notify in each writing transaction takes a lock that all commits share: 64 writers fall from about 10,000 to about
1,000 commits/s. So each process collects what changed and sends it over one connection, at most every 20 ms. It is a
hint only: whoever listens also polls slowly, so a lost one costs time and nothing else.
"""

import asyncio
import contextlib
from collections.abc import Callable, Iterable

import asyncpg
import orjson

from moderation.database import Pool

ARTICLES = "parley_articles"
QUEUE = "parley_queue"
STAFF = "parley_staff"
INTERVAL_S = 0.02
# A payload must stay under 8,000 bytes.
_BATCH = 60


class Notifier:
    """Collects changes and sends them; `run()` is the task that does.

    `wake` wakes a worker in this very process, without the way through the database.
    """

    def __init__(self, pool: Pool, wake: Callable[[], None] | None = None) -> None:
        self._pool = pool
        self._wake = wake
        self._articles: dict[tuple[int, int], int] = {}
        self._staff: dict[str, None] = {}
        self._queue = False
        self._dirty = asyncio.Event()

    def article(self, site_id: int, article_id: int, version: int) -> None:
        """Readers of an article have something new to see."""
        key = (site_id, article_id)
        self._articles[key] = max(version, self._articles.get(key, 0))
        self._dirty.set()

    def queue(self) -> None:
        """There is something to score."""
        if self._wake is not None:
            self._wake()
        self._queue = True
        self._dirty.set()

    def staff(self, site_id: int, event: str, comment_id: int = 0, by: str = "") -> None:
        """The console has something new to see."""
        self._staff[orjson.dumps([site_id, event, comment_id, by]).decode()] = None
        self._dirty.set()

    async def run(self) -> None:
        """Send until cancelled. With the database away what was to be said is dropped: the slow polls find it."""
        while True:
            await self._dirty.wait()
            self._dirty.clear()
            with contextlib.suppress(asyncpg.PostgresError, asyncpg.InterfaceError, OSError, TimeoutError):
                await self._send()
            await asyncio.sleep(INTERVAL_S)

    async def _send(self) -> None:
        articles, self._articles = self._articles, {}
        staff, self._staff = self._staff, {}
        queue, self._queue = self._queue, False
        messages = [(ARTICLES, payload) for payload in _chunks([*k, v] for k, v in articles.items())]
        messages += [(STAFF, payload) for payload in _chunks(orjson.loads(item) for item in staff)]
        if queue:
            messages.append((QUEUE, ""))
        async with self._pool.acquire() as conn:
            await conn.execute(
                "SELECT pg_notify(channel, payload) FROM unnest($1::text[], $2::text[]) AS m(channel, payload)",
                [channel for channel, _ in messages],
                [payload for _, payload in messages],
            )


def _chunks(items: Iterable[list[object]]) -> list[str]:
    rows = list(items)
    return [orjson.dumps(rows[i : i + _BATCH]).decode() for i in range(0, len(rows), _BATCH)]
