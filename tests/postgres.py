"""A real Postgres for the tests: one server per pytest process, a fresh database for each test.

Loaded as a plugin from `conftest.py`. Tests take `database`, the DSN of an empty migrated database that is
theirs alone, so commits, locks and NOTIFY behave as in production.
"""

import asyncio
import itertools
import threading
from collections.abc import Coroutine, Iterator
from typing import Any, TypeVar
from urllib.parse import urlsplit

import asyncpg
import pytest

from service.embedded import EmbeddedPostgres
from service.migrations import migrate

_TEMPLATE = "parley_template"

T = TypeVar("T")


class Server:
    """The test server: its DSN, and databases made from the migrated template."""

    def __init__(self, dsn: str) -> None:
        self.dsn = dsn
        self._numbers = itertools.count(1)
        # A loop in a thread of its own works for async tests and for Playwright's, which keep one running here.
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()
        self._admin: asyncpg.Connection[Any] = self._run(asyncpg.connect(self.dsn_of("postgres")))
        self._run(self._build_template())

    def dsn_of(self, name: str) -> str:
        """The DSN of the server's database `name`."""
        return urlsplit(self.dsn)._replace(path=f"/{name}").geturl()

    def create(self) -> str:
        """Make a fresh copy of the template and return its name."""
        name = f"parley_test_{next(self._numbers)}"
        self._run(self._admin.execute(f"CREATE DATABASE {name} TEMPLATE {_TEMPLATE} STRATEGY file_copy"))
        return name

    def create_empty(self) -> str:
        """Make a database without any table and return its name."""
        name = f"parley_empty_{next(self._numbers)}"
        self._run(self._admin.execute(f"CREATE DATABASE {name}"))
        return name

    def drop(self, name: str) -> None:
        """Drop database `name` with whatever is still connected to it."""
        self._run(self._admin.execute(f"DROP DATABASE {name} WITH (FORCE)"))

    def close(self) -> None:
        """Give up the administrative connection."""
        self._run(self._admin.close())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    async def _build_template(self) -> None:
        await self._admin.execute(f"CREATE DATABASE {_TEMPLATE}")
        await migrate(self.dsn_of(_TEMPLATE))

    def _run(self, work: Coroutine[Any, Any, T]) -> T:
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(60)


@pytest.fixture(scope="session")
def postgres(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """The server of this pytest process (with xdist: of this worker), ended with it."""
    embedded = EmbeddedPostgres(tmp_path_factory.mktemp("postgres"), {"fsync": "off"})
    server = Server(embedded.start())
    yield server
    server.close()
    embedded.stop()


@pytest.fixture
def database(postgres: Server) -> Iterator[str]:
    """The DSN of a migrated, empty database for one test."""
    name = postgres.create()
    yield postgres.dsn_of(name)
    postgres.drop(name)
