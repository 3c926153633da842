"""Fault 1: every Postgres process is killed, again and again, under writers. What was acknowledged is there."""

import contextlib
from pathlib import Path

import psutil
import pytest

from tests.faults.checker import violations
from tests.faults.conftest import Start, looking
from tests.faults.history import History, Outcome
from tests.faults.writers import Writers
from tests.processes import Part, until, until_ready

KILLS = 20
ANSWERS_WITHIN_S = 10.0


@pytest.fixture
async def everything(start: Start, port: int, url: str) -> Part:
    """`parley up` with its demo site."""
    part = start("up --demo", port=port, score_lease_s=600)
    await until_ready(part, url)
    return part


def kill_postgres(part: Part) -> None:
    """SIGKILL all of it at once: the postmaster is stopped first, so that it neither notices nor forks."""
    [postmaster] = [
        process for process in psutil.Process(part.pid).children() if process.name() == "postgres"
    ]
    postmaster.suspend()
    for process in [*postmaster.children(), postmaster]:
        with contextlib.suppress(psutil.NoSuchProcess):
            process.kill()


async def all_judged(directory: Path) -> bool:
    async with looking(directory) as conn:
        return not await conn.fetchval("SELECT count(*) FROM comments WHERE status = 'pending'")


async def test_no_acknowledged_write_is_lost(everything: Part, url: str, tmp_path: Path) -> None:
    history = History()
    async with Writers(url, history) as writers:
        for _ in range(KILLS):
            await writers.progress()
            kill_postgres(everything)
            await writers.progress(seconds=ANSWERS_WITHIN_S)

    await until(lambda: all_judged(tmp_path), what="all judged")
    async with looking(tmp_path) as conn:
        assert await violations(conn, history) == []
    assert not list(history.of(Outcome.FAIL))
    assert not list(history.of(Outcome.UNKNOWN))
    assert any(write.attempts > 1 for write in history.of(Outcome.OK)), "no kill was felt by any writer"


async def test_the_checker_sees_losses_where_commits_do_not_wait_for_the_log(
    everything: Part, url: str, tmp_path: Path
) -> None:
    async with looking(tmp_path) as conn:
        await conn.execute("ALTER DATABASE parley SET synchronous_commit = off")
    history = History()
    lost: list[str] = []
    async with Writers(url, history) as writers:
        # The first kill makes all sessions new ones, with the setting.
        for _ in range(KILLS):
            await writers.progress()
            kill_postgres(everything)
            await writers.progress(seconds=ANSWERS_WITHIN_S)
            async with looking(tmp_path) as conn:
                lost = [
                    complaint for complaint in await violations(conn, history) if complaint.startswith("lost")
                ]
            if lost:
                break

    assert lost
