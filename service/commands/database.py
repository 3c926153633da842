"""Which database a command works on: DATABASE_URL, or the embedded Postgres, started if it must be."""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, Iterator
from typing import Any, TypeVar

import asyncpg
import click

from moderation.database import Connection, prepare
from service.commands.reading import read_settings
from service.embedded import EmbeddedPostgres, EmbeddedPostgresError, running_dsn
from service.settings import Settings

T = TypeVar("T")


@contextlib.contextmanager
def database(settings: Settings, *, join: bool = True) -> Iterator[tuple[str, EmbeddedPostgres | None]]:
    """The DSN, and the embedded server if one was started for this."""
    if settings.database_url:
        yield settings.database_url, None
        return
    running = running_dsn(settings.data_dir / "postgres") if join else None
    if running:
        yield running, None
        return
    postgres = EmbeddedPostgres(settings.data_dir / "postgres")
    try:
        dsn = postgres.start()
    except EmbeddedPostgresError as error:
        raise click.ClickException(str(error)) from None
    try:
        yield dsn, postgres
    finally:
        postgres.stop()


def on_database(work: Callable[[Connection], Awaitable[T]], *, in_transaction: bool = True) -> T:
    """Do `work` on a connection, in one transaction unless it is long; a database that cannot be used is a one-line error."""

    async def run(dsn: str) -> T:
        conn: asyncpg.Connection[Any] = await asyncpg.connect(dsn)
        try:
            await prepare(conn)
            async with conn.transaction() if in_transaction else contextlib.nullcontext():
                return await work(conn)
        finally:
            await conn.close()

    with database(read_settings()) as (dsn, _):
        try:
            return asyncio.run(run(dsn))
        except asyncpg.UndefinedTableError:
            raise click.ClickException("The database has no tables yet: run `parley migrate`.") from None
        except (OSError, asyncpg.PostgresConnectionError) as error:
            raise click.ClickException(f"The database does not answer: {error}") from None


def on_site(key: str, work: Callable[[Connection, int], Awaitable[T]], *, in_transaction: bool = True) -> T:
    """Do `work` on a connection, in one transaction unless it is long, for the site with this key."""

    async def run(conn: Connection) -> T:
        return await work(conn, await site_id_of(conn, key))

    return on_database(run, in_transaction=in_transaction)


async def site_id_of(conn: Connection, key: str) -> int:
    """The id of the site with this key; a one-line error if there is none."""
    site_id: int | None = await conn.fetchval("SELECT id FROM sites WHERE key = $1", key)
    if site_id is None:
        raise click.ClickException(f"There is no site {key!r}.")
    return site_id
