"""Help without scripts."""

from aiohttp import web

PAGES: list[web.RouteDef] = []
