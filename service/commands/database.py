"""Which database a command works on: DATABASE_URL, or the embedded Postgres, started if it must be."""

import contextlib
from collections.abc import Iterator

import click

from service.embedded import EmbeddedPostgres, EmbeddedPostgresError, running_dsn
from service.settings import Settings


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
