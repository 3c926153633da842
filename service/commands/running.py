"""Running Parley: all of it in one process, or its parts."""

import asyncio
import contextlib
import socket
from collections.abc import AsyncIterator, Callable

import click
import structlog
import uvloop

from moderation.database import open_pool
from moderation.isolation import IsolatedClassifier
from moderation.notify import QUEUE, Notifier
from moderation.shadow import Shadow
from moderation.worker import Config, Worker
from service import demo, logs
from service.app import make_app
from service.changes import Changes
from service.commands.database import database
from service.commands.reading import read_settings
from service.embedded import EmbeddedPostgres, EmbeddedPostgresError
from service.migrations import migrate
from service.server import PortTakenError, listen, run_processes, serving, until_signalled
from service.settings import Settings

# How soon a dead embedded Postgres is noticed, and how long after a failed start it is tried again.
_WATCH_S = 0.25
# What the worker gets to finish its batch when everything stops; what it had claimed is then taken up by the next one.
_LAST_BATCH_S = 10.0
_log = structlog.get_logger()


@click.command()
@click.option("--demo", "with_demo", is_flag=True, help="Add a demo site with an article and a moderator.")
def up(*, with_demo: bool) -> None:
    """Run everything in one process: Postgres (embedded, unless DATABASE_URL is set), service and worker."""
    settings, sock = _start()
    with database(settings, join=False) as (dsn, postgres):
        uvloop.run(_up(settings, sock, dsn, postgres, with_demo=with_demo))


async def _up(
    settings: Settings, sock: socket.socket, dsn: str, postgres: EmbeddedPostgres | None, *, with_demo: bool
) -> None:
    stop = until_signalled()
    await migrate(dsn)
    links = await demo.seed(dsn, settings) if with_demo else None
    watch = asyncio.create_task(_keep_alive(postgres)) if postgres else None
    try:
        async with (
            _working(settings, dsn, listening=False) as wake,
            serving(make_app(settings, dsn, wake=wake), sock),
        ):
            click.echo(links or f"Parley answers on {settings.base_url}")
            await stop.wait()
            _log.info("stopping")
    finally:
        if watch is not None:
            watch.cancel()
            await asyncio.gather(watch, return_exceptions=True)


async def _keep_alive(postgres: EmbeddedPostgres) -> None:
    """Start the embedded server again whenever it has died. On the main thread, as its start demands."""
    while True:
        await asyncio.sleep(_WATCH_S)
        if postgres.running:
            continue
        _log.error("postgres_died", status=postgres.poll())
        try:
            postgres.stop()
            postgres.start()
            _log.info("postgres_started_again")
        except EmbeddedPostgresError as error:
            _log.error("postgres_did_not_start", detail=str(error))


@click.command()
@click.option(
    "--processes", default=1, show_default=True, type=click.IntRange(1, 64), help="How many share the port."
)
def serve(processes: int) -> None:
    """Serve readers and staff. The database must be migrated."""
    settings, sock = _start()
    dsn = _own_database(settings)
    if processes == 1:
        uvloop.run(_serve(settings, sock, dsn))
    else:
        run_processes(processes, lambda: uvloop.run(_serve(settings, sock, dsn)))


async def _serve(settings: Settings, sock: socket.socket, dsn: str) -> None:
    stop = until_signalled()
    async with serving(make_app(settings, dsn), sock):
        _log.info("serving", port=sock.getsockname()[1])
        await stop.wait()


@click.command()
def moderate() -> None:
    """Run the worker: score, judge and decide what waits in the queue. The database must be migrated."""
    settings = read_settings()
    logs.configure(settings.log_level)
    uvloop.run(_moderate(settings, _own_database(settings)))


async def _moderate(settings: Settings, dsn: str) -> None:
    stop = until_signalled()
    async with _working(settings, dsn, listening=True):
        await stop.wait()


@contextlib.asynccontextmanager
async def _working(settings: Settings, dsn: str, *, listening: bool) -> AsyncIterator[Callable[[], None]]:
    """A running worker; gives what wakes it. On its own it is `listening` for other processes' posts."""
    async with open_pool(dsn, size=4, name="parley-moderate") as pool:
        notifier = Notifier(pool)
        config = Config(
            batch_size=settings.batch_size,
            score_timeout_s=settings.score_timeout_s,
            lease_s=settings.score_lease_s,
            count_floods=settings.rate_limits == "on",
        )
        beside = IsolatedClassifier(settings.shadow_classifier) if settings.shadow_classifier else None
        shadow = Shadow(pool, beside, settings.score_timeout_s) if beside else None
        worker = Worker(pool, IsolatedClassifier(settings.classifier), notifier, config, shadow)
        helpers = [asyncio.create_task(notifier.run())]
        if listening:
            helpers.append(asyncio.create_task(_listen_for_posts(dsn, worker)))
        working = asyncio.create_task(worker.run())
        try:
            yield worker.wake
        finally:
            worker.stop()
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(working, _LAST_BATCH_S)
            for task in helpers:
                task.cancel()
            await asyncio.gather(*helpers, return_exceptions=True)


async def _listen_for_posts(dsn: str, worker: Worker) -> None:
    async def heard(_payload: object) -> None:
        worker.wake()

    async def poll() -> None:
        worker.wake()

    await Changes(dsn, heard={QUEUE: heard}, poll=poll, on_hearing=lambda _: None).run()


@click.command(name="migrate")
def migrate_command() -> None:
    """Bring the database's schema up to date."""
    settings = read_settings()
    logs.configure(settings.log_level)
    with database(settings) as (dsn, _):
        taken = asyncio.run(migrate(dsn))
    click.echo("\n".join(f"{step.version:04} {step.name}" for step in taken) or "Nothing to do.")


def _start() -> tuple[Settings, socket.socket]:
    settings = read_settings()
    logs.configure(settings.log_level)
    try:
        return settings, listen(settings.host, settings.port)
    except PortTakenError as error:
        raise click.ClickException(str(error)) from None


def _own_database(settings: Settings) -> str:
    if not settings.database_url:
        raise click.ClickException(
            "Set DATABASE_URL, or use `parley up`, which brings a Postgres of its own."
        )
    return settings.database_url


COMMANDS = [up, serve, moderate, migrate_command]
