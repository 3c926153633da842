"""The application: its parts, in the order in which they start and stop."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable

from aiohttp import web

from moderation.database import open_pool
from moderation.forever import forever
from moderation.notify import ARTICLES, STAFF, Notifier
from service import assets, digests, docs, health, housekeeping, public, staff, webhooks
from service import help as help_flow
from service.changes import Changes
from service.clock import READ_EVERY_S
from service.edge import edge, head
from service.endpoint import bind
from service.failures import Failures
from service.fetching import Fetcher
from service.identity import pages as identity_pages
from service.identity import portraits
from service.keys import (
    DSN,
    FAILURES,
    FETCHER,
    LIMITS,
    LIVE,
    METRICS,
    NOTIFIER,
    PAGES,
    POOL,
    RESERVE,
    SETTINGS,
    SIGNER,
    SITES,
)
from service.limits import Limits
from service.live import Live
from service.metrics import Metrics
from service.pages import Pages
from service.parsing import MAX_BODY_BYTES
from service.reader.streams import Streams
from service.routes import BASE, ROUTES
from service.settings import Settings
from service.sites import Sites
from service.tokens import Signer

# Health and the intake of tickets keep answering when the pool is exhausted.
_RESERVED = 2


def make_app(settings: Settings, dsn: str, *, wake: Callable[[], None] | None = None) -> web.Application:
    """Put the service together; it talks to the database at `dsn`, whose schema is up to date.

    `wake` tells a worker in this very process that there is something to score.
    """
    app = web.Application(middlewares=[edge], client_max_size=MAX_BODY_BYTES)
    app.on_response_prepare.append(head)
    app[SETTINGS] = settings
    app[DSN] = dsn
    app[METRICS] = Metrics()
    app[FAILURES] = Failures()
    app[PAGES] = Pages()
    app[LIVE] = Live()
    app[portraits.FETCHING] = set()
    app[help_flow.WATCH] = help_flow.Watch()
    app.cleanup_ctx.append(lambda app: _database(app, dsn, wake))
    app.cleanup_ctx.append(lambda app: _tasks(app, dsn))
    # Streams end before connections are waited for: closing them later makes a shutdown wait for its time-out.
    app.on_shutdown.append(_close_streams)
    _mount(app)
    return app


def _mount(app: web.Application) -> None:
    for route in ROUTES:
        app.router.add_route(route.method, BASE + route.path, bind(route))
    app.router.add_routes(
        [
            web.get("/livez", health.livez),
            web.get("/readyz", health.readyz),
            web.get("/metrics", health.metrics),
            web.get("/embed.js", assets.embed_script),
            web.get("/count.js", assets.count_script),
            web.get("/assets/{file}", assets.asset),
            web.get("/api/openapi.json", docs.openapi),
            web.get("/api/docs", docs.page),
            web.get("/problems/{code}", docs.problem),
            web.get("/console", staff.console),
            web.get("/console/{path:.*}", staff.console),
            web.get("/demo", docs.demo),
            *help_flow.PAGES,
            *public.PAGES,
            *identity_pages.PAGES,
        ]
    )


async def _database(app: web.Application, dsn: str, wake: Callable[[], None] | None) -> AsyncIterator[None]:
    settings = app[SETTINGS]
    async with contextlib.AsyncExitStack() as stack:
        pool = await stack.enter_async_context(open_pool(dsn, size=settings.pool_size, name="parley-serve"))
        app[RESERVE] = await stack.enter_async_context(open_pool(dsn, size=_RESERVED, name="parley-reserve"))
        app[FETCHER] = await stack.enter_async_context(Fetcher(settings.reachable_networks))
        app[POOL] = pool
        app[SITES] = Sites(pool)
        app[SIGNER] = await Signer.load(pool)
        app[LIMITS] = Limits(pool, settings, app[SIGNER])
        app[NOTIFIER] = Notifier(pool, wake)
        yield


async def _tasks(app: web.Application, dsn: str) -> AsyncIterator[None]:
    streams = Streams(app[POOL], app[LIVE], app[PAGES])
    changes = Changes(
        dsn,
        heard={ARTICLES: streams.changed, STAFF: staff.hear(app)},
        poll=streams.poll,
        on_hearing=app[PAGES].hear,
    )
    tasks = [
        asyncio.create_task(changes.run()),
        asyncio.create_task(app[LIVE].sweep()),
        asyncio.create_task(app[NOTIFIER].run()),
        asyncio.create_task(forever("clock", lambda: app[SIGNER].clock.read(app[POOL]), READ_EVERY_S)),
        asyncio.create_task(housekeeping.run(app[POOL])),
        asyncio.create_task(app[FAILURES].run(app[RESERVE])),
        asyncio.create_task(help_flow.file_spooled(app)),
        asyncio.create_task(help_flow.send_mail(app)),
        asyncio.create_task(digests.run(app)),
        asyncio.create_task(webhooks.run(app)),
        asyncio.create_task(app[help_flow.WATCH].run(app)),
    ]
    yield
    await portraits.settle(app)
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


async def _close_streams(app: web.Application) -> None:
    app[LIVE].close()
