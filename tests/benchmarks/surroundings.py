"""What a benchmark runs in: an embedded Postgres with the settings of `make run`, the service as a process, helpers apart."""

import asyncio
import contextlib
import multiprocessing
import tempfile
from collections.abc import AsyncIterator, Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import urlsplit

import asyncpg

from moderation.database import Pool, open_pool
from service.embedded import EmbeddedPostgres
from service.migrations import migrate
from tests.processes import Part, free_port, until_ready

T = TypeVar("T")


class Surroundings:
    """A database server and a directory; benchmarks make databases and start services in it."""

    def __init__(self, dsn: str, directory: Path, helper: ProcessPoolExecutor) -> None:
        self._dsn = dsn
        self._directory = directory
        self._helper = helper

    @contextlib.asynccontextmanager
    async def database(self, name: str) -> AsyncIterator[tuple[str, Pool]]:
        """A new database with the schema and a site `demo`; its DSN and a pool."""
        dsn = urlsplit(self._dsn)._replace(path=f"/{name}").geturl()
        admin = await asyncpg.connect(self._dsn)
        await admin.execute(f"CREATE DATABASE {name}")
        await admin.close()
        await migrate(dsn)
        async with open_pool(dsn, size=4, name="benchmark", statement_timeout_s=120) as pool:
            await pool.execute("INSERT INTO sites (key, name) VALUES ('demo', 'Demo')")
            yield dsn, pool

    @contextlib.asynccontextmanager
    async def service(self, dsn: str, command: str = "serve", **settings: str) -> AsyncIterator[int]:
        """`parley serve` (or another command) on the database; gives the port."""
        port = free_port()
        part = Part(command, self._directory, {"DATABASE_URL": dsn, "PARLEY_PORT": str(port), **settings})
        try:
            await until_ready(part, f"http://127.0.0.1:{port}")
            yield port
        finally:
            part.stop()

    async def apart(self, work: Callable[..., T], *arguments: Any, **options: Any) -> T:
        """Run `work` in a process of its own, so that measuring does not share an interpreter with anything."""
        future = self._helper.submit(work, *arguments, **options)
        return await asyncio.wrap_future(future)


@contextlib.contextmanager
def surroundings() -> Iterator[Surroundings]:
    """Must be entered on the main thread, as the embedded Postgres demands."""
    with tempfile.TemporaryDirectory(prefix="parley-benchmarks-") as name:
        directory = Path(name)
        postgres = EmbeddedPostgres(directory / "postgres")
        dsn = postgres.start()
        try:
            context = multiprocessing.get_context("spawn")
            with ProcessPoolExecutor(1, mp_context=context) as helper:
                yield Surroundings(dsn, directory, helper)
        finally:
            postgres.stop()
