"""Fixtures of the fault tests: parts that end with the test, and a connection that looks on."""

import contextlib
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path
from typing import Any

import asyncpg
import pytest

from moderation.database import prepare
from service.embedded import running_dsn
from tests.processes import Part, free_port

Start = Callable[..., Part]


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Start]:
    """Starts `parley COMMAND` with settings by name (`batch_size=8`), ended with the test."""
    running: list[Part] = []

    def start(command: str, **settings: Any) -> Part:
        environment = {
            name.upper() if name in ("database_url", "pythonpath") else f"PARLEY_{name.upper()}": str(value)
            for name, value in settings.items()
        }
        running.append(Part(command, tmp_path, environment))
        return running[-1]

    yield start
    for part in reversed(running):
        part.stop()


@pytest.fixture
def port() -> int:
    return free_port()


@pytest.fixture
def url(port: int) -> str:
    """Where the service of the test answers."""
    return f"http://127.0.0.1:{port}"


@pytest.fixture
async def onlooker(database: str, site: int) -> AsyncIterator["asyncpg.Connection[Any]"]:
    """A connection to the test's database, with the site `demo` in it."""
    conn = await asyncpg.connect(database)
    await prepare(conn)
    yield conn
    await conn.close()


@contextlib.asynccontextmanager
async def looking(directory: Path) -> AsyncIterator["asyncpg.Connection[Any]"]:
    """A connection to the embedded Postgres that a `parley up` keeps in `directory`."""
    dsn = running_dsn(directory / "postgres")
    assert dsn is not None
    conn = await asyncpg.connect(dsn)
    try:
        yield conn
    finally:
        await conn.close()
