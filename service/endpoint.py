"""From a line of routes.py to a handler: who, from where, how often, with what; then the handler itself.

A handler names what it needs as parameters, and gets it checked: `request`; `site`; `caller`; `reader`; `staff`;
`body` and `query`, parsed into the types that it declares; and every placeholder of its path: `id` as a number, the
others as text.
"""

import asyncio
import inspect
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

import orjson
from aiohttp import web
from aiohttp.typedefs import Handler as AiohttpHandler
from pydantic import BaseModel

from service.auth import Permission, check_origin, demand, identify
from service.keys import LIMITS, SITES
from service.parsing import In, parse_body, parse_id, parse_query

Handler: TypeAlias = Callable[..., Awaitable[web.StreamResponse]]
# A call that takes longer (the database hangs, the pool is exhausted) is answered by 503, so that clients can retry.
DEADLINE_S = 2.7
_ROLLBACK_S = 0.1
SAFE = frozenset({"GET", "HEAD", "OPTIONS"})


@dataclass(frozen=True, slots=True)
class Route:
    """One call of the API."""

    method: str
    path: str
    handler: Handler
    permission: Permission
    summary: str
    # The name of a rule in limits.py.
    limit: str | None = None
    # The answer's status and shape; None for an answer without a JSON body.
    status: int = 200
    gives: type[BaseModel] | None = None
    # The call creates something: it takes an Idempotency-Key.
    creates: bool = False
    # The call changes a revision: it needs If-Match.
    changes: bool = False
    # Browsers send it by sendBeacon as a page goes away, which cannot say that the body is JSON, or carry a header.
    beacons: bool = False
    # The answer is a stream of events, open as long as the client likes.
    streams: bool = False
    # Seconds after which the call is given up.
    deadline_s: float = DEADLINE_S
    # The answer is a file, sent while it is read: its media types.
    sends: tuple[str, ...] = ()

    @property
    def parameters(self) -> Mapping[str, inspect.Parameter]:
        """What the handler asks for."""
        return inspect.signature(self.handler, eval_str=True).parameters

    def model(self, name: str) -> type[In] | None:
        """The type that the handler declares for `body` or `query`."""
        parameter = self.parameters.get(name)
        return parameter.annotation if parameter else None


def bind(route: Route) -> AiohttpHandler:
    """Make the handler that aiohttp calls."""
    wanted = set(route.parameters)
    body, query = route.model("body"), route.model("query")
    of_site = "{site}" in route.path
    unsafe = route.method not in SAFE

    async def handle(request: web.Request) -> web.StreamResponse:
        if route.streams or route.sends:
            return await call(request)
        # A transaction that is given up is rolled back first, for which a database that is silent may not keep us.
        async with asyncio.timeout(route.deadline_s + _ROLLBACK_S), asyncio.timeout(route.deadline_s):
            return await call(request)

    async def call(request: web.Request) -> web.StreamResponse:
        path = request.match_info
        site = await request.app[SITES].get(path["site"]) if of_site else None
        if unsafe:
            check_origin(request, route.permission, site)
        caller = await identify(request, route.permission, site)
        demand(route.permission, caller)
        arguments: dict[str, Any] = {"request": request, "site": site, "caller": caller}
        arguments |= {"reader": caller.reader, "staff": caller.staff}
        arguments |= {
            name: parse_id(value) if name == "id" else value for name, value in path.items() if name != "site"
        }
        if query is not None:
            arguments["query"] = parse_query(request, query)
        if body is not None:
            arguments["body"] = await parse_body(request, body, beacons=route.beacons)
        headers: Mapping[str, str] = {}
        if route.limit is not None:
            who = f"{caller.reader.site_id}:{caller.reader.id}" if caller.reader else None
            headers = await request.app[LIMITS].spend(route.limit, request, who)
        response = await route.handler(**{name: arguments[name] for name in wanted})
        if headers:
            response.headers.update(headers)
        return response

    return handle


def answer(document: Any, *, status: int = 200, headers: Mapping[str, str] | None = None) -> web.Response:
    """A JSON answer that nobody else may keep: pydantic models, plain data, or JSON that Postgres has made (bytes)."""
    if isinstance(document, BaseModel):
        body = document.model_dump_json().encode()
    elif isinstance(document, bytes):
        body = document
    else:
        body = orjson.dumps(document)
    return web.Response(
        status=status,
        body=body,
        content_type="application/json",
        headers={"Cache-Control": "private, no-store", **(headers or {})},
    )


def empty() -> web.Response:
    """A 204."""
    return web.Response(status=204)
