"""Fault 11: a migration under load. Writers go on without an error, and nobody waits a second for a lock."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import asyncpg
import pytest

from service import migrations
from service.migrations import migrate
from tests.faults.checker import violations
from tests.faults.conftest import Start
from tests.faults.history import History, Outcome
from tests.faults.locks import locked
from tests.faults.writers import Writers
from tests.processes import until, until_ready

LONGEST_WAIT_S = 1.0
# What a next version may bring: a column with a default, a check, an index on it.
_STEPS = {
    "9001_mood.sql": """
        ALTER TABLE comments ADD COLUMN mood text NOT NULL DEFAULT 'plain';
        ALTER TABLE comments ADD CONSTRAINT comments_mood_known CHECK (mood IN ('plain', 'odd')) NOT VALID;""",
    "9002_mood_valid.sql": "ALTER TABLE comments VALIDATE CONSTRAINT comments_mood_known;",
    "9003_mood_index.sql": """-- statement by statement
        DROP INDEX CONCURRENTLY IF EXISTS comments_mood;
        CREATE INDEX CONCURRENTLY comments_mood ON comments (site_id, mood, id);
        """,
}
_LONGEST = """
    SELECT coalesce(max(extract(epoch FROM clock_timestamp() - l.waitstart)), 0)::float8
    FROM pg_locks l JOIN pg_stat_activity a USING (pid)
    WHERE NOT l.granted AND a.datname = current_database() AND a.application_name <> 'parley-migrate'"""


class Watch:
    """The longest wait for a lock that was seen, in seconds; the migration's own is nobody's trouble."""

    longest = 0.0

    async def look(self, dsn: str) -> None:
        conn = await asyncpg.connect(dsn)
        try:
            while True:
                self.longest = max(self.longest, await conn.fetchval(_LONGEST))
                await asyncio.sleep(0.02)
        finally:
            await conn.close()


@contextlib.asynccontextmanager
async def watched(dsn: str) -> AsyncIterator[Watch]:
    watch = Watch()
    looking = asyncio.create_task(watch.look(dsn))
    try:
        yield watch
        assert not looking.done(), looking
    finally:
        looking.cancel()
        await asyncio.gather(looking, return_exceptions=True)


@pytest.fixture
def next_version(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The next version's steps, and nothing of the ones that were taken."""
    folder = tmp_path / "migrations"
    folder.mkdir()
    for name, sql in _STEPS.items():
        (folder / name).write_text(sql)
    monkeypatch.setattr(migrations, "_DIRECTORY", folder)


@pytest.mark.usefixtures("next_version")
async def test_writers_go_on_while_the_schema_changes(
    start: Start, database: str, onlooker: Any, port: int, url: str, capsys: pytest.CaptureFixture[str]
) -> None:
    history, output = History(), ""

    async def waited() -> bool:
        nonlocal output
        output += capsys.readouterr().out
        return "migration_waits" in output

    await until_ready(start("serve", database_url=database, port=port), url)
    start("moderate", database_url=database)
    async with watched(database) as watch, Writers(url, history) as writers:
        await writers.progress()
        # A backup reads on, and keeps the first step from its lock.
        async with locked(database, "SELECT count(*) FROM comments"):
            migrating = asyncio.gather(migrate(database), migrate(database))
            await until(waited, what="a step that gave up its place in the queue")
            await writers.progress()
        taken = await migrating
        await writers.progress()

    assert sorted(len(steps) for steps in taken) == [0, len(_STEPS)]
    assert await onlooker.fetchval(
        "SELECT indisvalid FROM pg_index WHERE indexrelid = 'comments_mood'::regclass"
    )
    assert {(write.outcome, write.attempts) for write in history.writes} == {(Outcome.OK, 1)}
    assert watch.longest < LONGEST_WAIT_S
    assert await violations(onlooker, history) == []


@pytest.mark.usefixtures("next_version")
async def test_the_watch_sees_a_step_that_insists(
    start: Start, database: str, onlooker: Any, port: int, url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The control: without its time-out the same step makes writers wait."""
    monkeypatch.setattr(migrations, "_LOCK_TIMEOUT", "0")
    await until_ready(start("serve", database_url=database, port=port), url)
    async with watched(database) as watch, Writers(url, History()) as writers:
        await writers.progress()

        async def seen() -> bool:
            return watch.longest > LONGEST_WAIT_S

        async with locked(database, "SELECT count(*) FROM comments"):
            migrating = asyncio.create_task(migrate(database))
            await until(seen, what="a long wait")
        await migrating
