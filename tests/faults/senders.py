"""Readers' browsers that send tickets through faults, as the widget does: again under the same key until it is acknowledged."""

import asyncio
import contextlib
import itertools
import uuid
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Self

import aiohttp

from moderation.database import Connection
from tests.processes import until

_ATTEMPT_S = 10.0
_BACK_OFF_S = 0.05
# A busy machine and thirty seconds of a database that stands still are no reason to give up.
_GIVE_UP_S = 300.0


@dataclass(slots=True)
class Sent:
    """A ticket that a browser wants taken once. `answers` are the status and reference of each that was acknowledged."""

    message: str
    key: str = field(default_factory=lambda: str(uuid.uuid4()))
    attempts: int = 0
    refusals: list[int] = field(default_factory=list)
    answers: list[tuple[int, str]] = field(default_factory=list)


class Senders:
    """So many browsers that send `total` tickets between them while the block runs; its end waits for the last."""

    def __init__(self, url: str, total: int, *, browsers: int = 8) -> None:
        self.sent: list[Sent] = []
        self._url = f"{url}/api/v1/sites/demo/tickets"
        self._numbers = iter(range(total))
        self._browsers = browsers
        self._stack = contextlib.AsyncExitStack()
        self._tasks: list[asyncio.Task[None]] = []

    async def __aenter__(self) -> Self:
        timeout = aiohttp.ClientTimeout(_ATTEMPT_S)
        for _ in range(self._browsers):
            http = await self._stack.enter_async_context(aiohttp.ClientSession(timeout=timeout))
            self._tasks.append(asyncio.create_task(self._work(http)))
        return self

    async def __aexit__(self, *_: object) -> None:
        try:
            await asyncio.gather(*self._tasks)
        finally:
            await self._stack.aclose()

    async def _work(self, http: aiohttp.ClientSession) -> None:
        for number in self._numbers:
            ticket = Sent(f"Report {number}: nothing works.")
            self.sent.append(ticket)
            async with asyncio.timeout(_GIVE_UP_S):
                while not ticket.answers:
                    try:
                        await self._attempt(http, ticket)
                    except (aiohttp.ClientError, OSError):
                        await asyncio.sleep(_BACK_OFF_S)

    async def _attempt(self, http: aiohttp.ClientSession, ticket: Sent) -> None:
        ticket.attempts += 1
        body = {"category": "cannot_post", "message": ticket.message}
        async with http.post(self._url, json=body, headers={"Idempotency-Key": ticket.key}) as answer:
            told = await answer.json(content_type=None)
        if answer.status in (201, 202):
            ticket.answers.append((answer.status, told["reference"]))
        else:
            ticket.refusals.append(answer.status)
            await asyncio.sleep(_BACK_OFF_S)

    def acknowledged(self, status: int | None = None) -> int:
        """How many were, with this status."""
        given = itertools.chain.from_iterable(ticket.answers for ticket in self.sent)
        return sum(status in (None, one) for one, _ in given)

    async def progress(self, count: int, status: int | None = None) -> None:
        """Wait until `count` more are acknowledged, or all are."""
        mark = self.acknowledged(status) + count

        async def done() -> bool:
            for task in self._tasks:
                if task.done():
                    task.result()
            return self.acknowledged(status) >= mark or all(task.done() for task in self._tasks)

        await until(done, what=f"{count} tickets acknowledged", seconds=_GIVE_UP_S)

    @property
    def refusals(self) -> Counter[int]:
        """What browsers were told when a ticket was not taken."""
        return Counter(status for ticket in self.sent for status in ticket.refusals)


async def ticket_violations(conn: Connection, sent: list[Sent]) -> list[str]:
    """Everything that must hold of tickets and does not: acknowledged is stored, once, as it was told."""
    rows = await conn.fetch("SELECT idempotency_key AS key, reference, message FROM tickets")
    stored = {row["key"]: (row["reference"], row["message"]) for row in rows}
    found = [
        f"twice: {message!r} is {count} tickets"
        for message, count in Counter(row["message"] for row in rows).items()
        if count > 1
    ]
    found += [f"nobody's: key {key}" for key in stored.keys() - {ticket.key for ticket in sent}]
    for ticket in sent:
        for _, reference in ticket.answers:
            if stored.get(ticket.key) != (reference, ticket.message):
                found.append(f"lost: {reference}, {ticket.message!r}")
    return found


def spooled(directory: Path) -> list[str]:
    """What the spool holds: tickets still to be filed, and what was set aside."""
    spool = directory / "spool"
    return sorted(path.name for path in spool.iterdir()) if spool.exists() else []
