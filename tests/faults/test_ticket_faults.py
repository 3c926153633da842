"""Tickets sent through faults 1, 2, 5, 8 and 10: none that was acknowledged is lost, none is there twice.

TICKETS=10000 sends so many between the five; fewer are sent otherwise.
"""

import asyncio
import contextlib
import ctypes
import os
import signal
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import aiohttp
import asyncpg
import psutil
import pytest

from tests.faults.conftest import Start, looking
from tests.faults.locks import locked
from tests.faults.senders import Senders, spooled, ticket_violations
from tests.faults.test_postgres_kills import kill_postgres
from tests.processes import Part, until, until_ready

FULL = "TICKETS" in os.environ
# Of each of the five.
SHARE = int(os.environ.get("TICKETS", "2000")) // 5
KILLS = 20 if FULL else 5
STOPPED_S = 30.0 if FULL else 4.0
_TMPFS_MB = 320


async def everything(start: Start, port: int, url: str, **settings: Any) -> Part:
    """`parley up` with its demo site; rate limits are on, so that most tickets are too many."""
    part = start("up --demo", port=port, rate_limits="on", **settings)
    await until_ready(part, url)
    return part


def postgres_of(part: Part) -> list[psutil.Process]:
    """All its Postgres processes, the postmaster first."""
    [postmaster] = [one for one in psutil.Process(part.pid).children() if one.name() == "postgres"]
    return [postmaster, *postmaster.children(recursive=True)]


async def answers(directory: Path) -> bool:
    try:
        async with looking(directory) as conn:
            return bool(await conn.fetchval("SELECT true"))
    except (AssertionError, OSError, asyncpg.PostgresError):
        return False


async def until_filed(directory: Path) -> None:
    async def nothing_waits() -> bool:
        return not spooled(directory)

    await until(nothing_waits, what="the spool filed")


async def check(senders: Senders, directory: Path, conn: Any) -> None:
    """Nothing waits in files, and the books balance; no browser was ever told that it sent too much."""
    await until_filed(directory)
    assert len(senders.sent) == SHARE
    assert await ticket_violations(conn, senders.sent) == []
    assert await conn.fetchval("SELECT count(*) FROM tickets") == SHARE
    assert set(senders.refusals) <= {500, 503}, senders.refusals
    retried = sum(ticket.attempts > 1 for ticket in senders.sent)
    print(  # noqa: T201 -- the figures, for whoever asks for them with -s
        f"{SHARE} tickets: {senders.acknowledged(201)} stored, {senders.acknowledged(202)} by the spool, "
        f"{retried} sent more than once, refusals {dict(senders.refusals)}"
    )


async def test_fault_1_every_postgres_process_is_killed(
    start: Start, port: int, url: str, tmp_path: Path
) -> None:
    part = await everything(start, port, url)
    async with Senders(url, SHARE) as senders:
        for _ in range(KILLS):
            await senders.progress(SHARE // (2 * KILLS))
            # Tickets go on without it, so it may not be back from the kill before.
            await until(lambda: answers(tmp_path), what="Postgres back")
            kill_postgres(part)
    await until(lambda: answers(tmp_path), what="Postgres back")
    async with looking(tmp_path) as conn:
        await check(senders, tmp_path, conn)
        assert await conn.fetchval("SELECT count(*) FROM tickets WHERE overflow") > 0
    assert senders.acknowledged(202) or senders.refusals, "no kill was felt by any browser"


async def test_fault_2_the_service_is_killed_in_the_middle_of_posts(
    start: Start, database: str, onlooker: Any, port: int, url: str, tmp_path: Path
) -> None:
    def serve() -> Part:
        return start("serve", database_url=database, port=port, rate_limits="on")

    service = serve()
    await until_ready(service, url)
    async with Senders(url, SHARE) as senders:
        for _ in range(KILLS):
            await senders.progress(SHARE // (2 * KILLS))
            service.kill()
            service = serve()
    assert any(ticket.attempts > 1 for ticket in senders.sent), "no kill was felt by any browser"
    await check(senders, tmp_path, onlooker)


async def test_fault_5_postgres_stands_still(start: Start, port: int, url: str, tmp_path: Path) -> None:
    part = await everything(start, port, url)
    async with Senders(url, SHARE) as senders:
        await senders.progress(SHARE // 4)
        processes = postgres_of(part)
        for process in processes:
            process.send_signal(signal.SIGSTOP)
        try:
            # Taken all the while, by the spool.
            await senders.progress(1, status=202)
            await asyncio.sleep(STOPPED_S)
        finally:
            for process in processes:
                process.send_signal(signal.SIGCONT)
    assert senders.acknowledged(202)
    async with looking(tmp_path) as conn:
        await check(senders, tmp_path, conn)


async def test_fault_8_the_pool_is_exhausted(
    start: Start, database: str, onlooker: Any, port: int, url: str, tmp_path: Path
) -> None:
    service = start("serve", database_url=database, port=port, rate_limits="on", pool_size=2)
    await until_ready(service, url)
    async with aiohttp.ClientSession() as http, exhausted(http, url, database, onlooker):
        async with Senders(url, SHARE) as senders:
            await senders.progress(SHARE)
            async with http.get(f"{url}/readyz") as answer:
                assert answer.status == 200
        assert senders.acknowledged(202) == 0, "the intake has connections of its own"
    await check(senders, tmp_path, onlooker)


@contextlib.asynccontextmanager
async def exhausted(
    http: aiohttp.ClientSession, url: str, database: str, onlooker: Any
) -> AsyncIterator[None]:
    """Readers take every connection of the pool while the block runs."""
    leaving = asyncio.Event()

    async def read(number: int) -> None:
        while not leaving.is_set():
            with contextlib.suppress(aiohttp.ClientError, OSError):
                async with http.get(f"{url}/api/v1/sites/demo/articles/story-{number}/comments") as answer:
                    await answer.read()

    async def all_taken() -> bool:
        count: int = await onlooker.fetchval(
            """SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()
               AND application_name = 'parley-serve' AND wait_event_type = 'Lock'"""
        )
        return count >= 2

    async with locked(database, "LOCK TABLE articles IN ACCESS EXCLUSIVE MODE"):
        readers = [asyncio.create_task(read(number)) for number in range(12)]
        try:
            await until(all_taken, what="every connection taken")
            yield
        finally:
            leaving.set()
            await asyncio.gather(*readers)


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of a few hundred megabytes."""
    if os.geteuid() != 0:
        pytest.skip("a small disk is a tmpfs, which only root may mount")
    disk = tmp_path / "disk"
    disk.mkdir(mode=0o755)
    libc = ctypes.CDLL(None, use_errno=True)
    options = f"size={_TMPFS_MB}m,mode=755".encode()
    if libc.mount(b"tmpfs", os.fsencode(disk), b"tmpfs", 0, options) != 0:
        pytest.skip(f"no tmpfs may be mounted here: {os.strerror(ctypes.get_errno())}")
    yield disk
    libc.umount2(os.fsencode(disk), 2)


def fill(disk: Path) -> Path:
    """A file that leaves no room for anything else."""
    filler = disk / "filler"
    with filler.open("wb", buffering=0) as file, contextlib.suppress(OSError):
        while file.write(b"\0" * 65536):
            pass
    return filler


async def test_fault_10_the_disk_is_full(start: Start, small_disk: Path, url: str, port: int) -> None:
    await everything(start, port, url, data_dir=small_disk)
    filler = small_disk / "filler"
    async with Senders(url, SHARE) as senders:
        try:
            for _ in range(2):
                await senders.progress(SHARE // 5)
                fill(small_disk)
                mark = senders.refusals.total()

                async def refused(mark: int = mark) -> bool:
                    return senders.refusals.total() > mark + 20 or senders.acknowledged() == SHARE

                await until(refused, what="writes refused")
                # Reads go on.
                async with aiohttp.ClientSession() as http, http.get(f"{url}/livez") as answer:
                    assert answer.status == 200
                filler.unlink()
        finally:
            filler.unlink(missing_ok=True)
    assert senders.refusals, "the disk was never full"
    async with looking(small_disk) as conn:
        await check(senders, small_disk, conn)


async def test_the_checker_sees_what_is_lost_or_doubled(
    start: Start, database: str, onlooker: Any, port: int, url: str
) -> None:
    await until_ready(start("serve", database_url=database, port=port), url)
    async with Senders(url, 3) as senders:
        pass
    assert await ticket_violations(onlooker, senders.sent) == []
    await onlooker.execute(
        """INSERT INTO tickets (site_id, reference, secret_hash, category, message, idempotency_key)
           SELECT site_id, 'PX-2222-2222', '', category, message, 'another-key' FROM tickets ORDER BY id LIMIT 1"""
    )
    await onlooker.execute("DELETE FROM tickets WHERE id = (SELECT max(id) - 1 FROM tickets)")
    kinds = [complaint.partition(":")[0] for complaint in await ticket_violations(onlooker, senders.sent)]
    assert kinds == ["twice", "nobody's", "lost"]
