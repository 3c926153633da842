"""Typed keys of what the application holds."""

from aiohttp import web

from moderation.database import Pool
from moderation.notify import Notifier
from service.failures import Failures
from service.fetching import Fetcher
from service.limits import Limits
from service.live import Live
from service.metrics import Metrics
from service.pages import Pages
from service.settings import Settings
from service.sites import Sites
from service.tokens import Signer

SETTINGS = web.AppKey("settings", Settings)
# Where the database is, for work that has a loop of its own.
DSN = web.AppKey("dsn", str)
POOL: web.AppKey[Pool] = web.AppKey("pool")
# A small pool of its own, so that health and the intake of tickets answer when all other connections are taken.
RESERVE: web.AppKey[Pool] = web.AppKey("reserve")
SITES = web.AppKey("sites", Sites)
SIGNER = web.AppKey("signer", Signer)
# For addresses that others chose: webhooks, key sets, pages.
FETCHER = web.AppKey("fetcher", Fetcher)
LIMITS = web.AppKey("limits", Limits)
NOTIFIER = web.AppKey("notifier", Notifier)
PAGES = web.AppKey("pages", Pages)
LIVE = web.AppKey("live", Live)
METRICS = web.AppKey("metrics", Metrics)
# The lines of the log that a ticket may point to.
FAILURES = web.AppKey("failures", Failures)
