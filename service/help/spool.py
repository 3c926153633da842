"""Tickets that came while the database was away: files, synced to disk, filed as soon as it is back.

A file is named by the ticket's site and idempotency key, so the same report sent twice is one file; and filing is by the
same key, so a file that is filed twice (two processes, or a crash between the two steps) is one ticket.
"""

import asyncio
import hashlib
import os
import secrets
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import TypeAlias

import asyncpg
import orjson
import structlog

from moderation.database import DATABASE_DOWN, Connection, Pool
from service.store import tickets
from service.store.ticket_states import State
from service.store.tickets import NewTicket, ReferenceTakenError

EVERY_S = 3.0
# Far more than an outage brings, and too few to fill a disk: 16 to 24 kB each.
_MAX_FILES = 5000
# What another try would not change: a broken file, a site that does not exist, a reference that is taken.
_HOPELESS = (LookupError, ValueError, TypeError, asyncpg.PostgresError, ReferenceTakenError)
_log = structlog.get_logger()


Store: TypeAlias = Callable[[Connection, NewTicket], Awaitable[tickets.Stored]]


class SpoolFullError(Exception):
    """No more tickets can be kept while the database is away."""


@dataclass(frozen=True, slots=True)
class Spooled:
    """A ticket in a file. Its site is known by its key; `ticket.site_id` is 0 until it is filed."""

    site: str
    ticket: NewTicket


class Spool:
    """The files of one machine's processes."""

    def __init__(self, directory: Path, store: Store = tickets.add) -> None:
        self._directory = directory
        self._store = store

    async def keep(self, item: Spooled) -> Spooled:
        """Write a ticket, synced; gives back the one that was kept first under its key. Raises SpoolFullError, OSError."""
        return await asyncio.to_thread(self._keep, item)

    def _keep(self, item: Spooled) -> Spooled:
        name = hashlib.sha256(f"{item.site}\n{item.ticket.idempotency_key}".encode()).hexdigest()
        path = self._directory / f"{name}.json"
        if path.exists():
            return _decode(path.read_bytes())
        self._directory.mkdir(mode=0o700, parents=True, exist_ok=True)
        if sum(1 for _ in self._files()) >= _MAX_FILES:
            raise SpoolFullError
        draft = self._directory / f"{name}.{secrets.token_hex(4)}.draft"
        descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        try:
            with os.fdopen(descriptor, "wb") as file:
                file.write(_encode(item))
                file.flush()
                os.fsync(file.fileno())
            draft.replace(path)
        except OSError:
            # A disk that is full is not to be filled with what nobody was promised.
            draft.unlink(missing_ok=True)
            raise
        _sync_directory(self._directory)
        return item

    def _files(self) -> Iterator[Path]:
        return self._directory.glob("*.json")

    async def file_all(self, pool: Pool) -> list[int]:
        """Store what is kept as tickets; returns the ids of the sites that have new ones. Stops at a database that is away."""
        sites = []
        for path in await asyncio.to_thread(lambda: sorted(self._files())):
            try:
                item = _decode(await asyncio.to_thread(path.read_bytes))
                sites.append(await self._file(pool, item))
            except FileNotFoundError:
                continue
            except DATABASE_DOWN:
                raise
            except _HOPELESS as error:
                # Kept for a person: it must not keep those behind it from being filed.
                _log.exception("ticket_cannot_be_filed", file=path.name, error=type(error).__name__)
                await asyncio.to_thread(_set_aside, path)
                continue
            await asyncio.to_thread(path.unlink, missing_ok=True)
        return sites

    async def _file(self, pool: Pool, item: Spooled) -> int:
        async with pool.acquire() as conn, conn.transaction():
            site_id: int | None = await conn.fetchval("SELECT id FROM sites WHERE key = $1", item.site)
            if site_id is None:
                raise LookupError("no such site")
            try:
                await self._store(conn, replace(item.ticket, site_id=site_id))
            except ReferenceTakenError:
                _log.warning("ticket_reference_taken", reference=item.ticket.reference)
                raise
        return site_id

    async def run(self, pool: Pool, tell: Callable[[int], None]) -> None:
        """Until cancelled: file what is kept, and call `tell(site_id)` for each."""
        while True:
            try:
                for site_id in await self.file_all(pool):
                    tell(site_id)
            except DATABASE_DOWN:
                pass
            await asyncio.sleep(EVERY_S)


def _set_aside(path: Path) -> None:
    path.replace(path.with_suffix(".refused"))


def _sync_directory(directory: Path) -> None:
    descriptor = os.open(directory, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _encode(item: Spooled) -> bytes:
    ticket = asdict(item.ticket)
    ticket["secret_hash"] = item.ticket.secret_hash.hex()
    return orjson.dumps({"site": item.site, "ticket": ticket})


def _decode(raw: bytes) -> Spooled:
    data = orjson.loads(raw)
    fields = data["ticket"]
    fields["secret_hash"] = bytes.fromhex(fields["secret_hash"])
    fields["state"] = State(fields["state"])
    return Spooled(data["site"], NewTicket(**fields))
