"""The outermost middleware: request ids, one shape of error, CORS, metrics, the log of requests."""

import asyncio
import re
import secrets
import time

import structlog
from aiohttp import web
from aiohttp.typedefs import Handler

from moderation.database import DATABASE_DOWN
from service.failures import tell
from service.identity.tokens import page_origin
from service.keys import FAILURES, METRICS, SITES
from service.problems import Problem, unavailable

_log = structlog.get_logger()
_REQUEST_ID = re.compile(r"^[A-Za-z0-9._-]{8,64}$")
# Reads are counted, not logged, unless they are slow: a log line costs more than a cached page.
_SLOW_S = 1.0
# What a body (at most 64 kB) gets to arrive; aiohttp lingers five seconds more for what was left unread.
_BODY_S = 8.0
_ID = web.RequestKey("request_id", str)
_PUBLIC_API = "/api/v1/sites/"
# What sets or takes the cookie that a reader's refresh token travels in.
_WITH_COOKIE = frozenset(
    {"guests", "tokens", "tokens/revocation", "sso", "sign-ins/session", "me", "me/sessions"}
)
_METHODS = "GET, POST, PUT, PATCH, DELETE"
_HEADERS = "Authorization, Content-Type, Idempotency-Key, If-Match, Last-Event-ID"
_EXPOSED = "ETag, Link, Location, Retry-After, RateLimit, RateLimit-Policy, X-Request-Id, Date"
_HTTP_CODES = {404: "not_found", 405: "method_not_allowed", 413: "too_large"}


@web.middleware
async def edge(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Answer a request, whatever happens."""
    started = time.perf_counter()
    sent = request.headers.get("X-Request-Id", "")
    request_id = sent if _REQUEST_ID.match(sent) else secrets.token_hex(8)
    request[_ID] = request_id
    if request.method == "OPTIONS" and request.path.startswith(_PUBLIC_API):
        response: web.StreamResponse = _preflight()
    else:
        response = await _respond(request, handler, request_id)
    _account(request, response, request_id, time.perf_counter() - started)
    return response


async def head(request: web.Request, response: web.StreamResponse) -> None:
    """Complete an answer's headers, right before they are sent: of streams as well, which are sent while they are made."""
    response.headers["X-Request-Id"] = request[_ID]
    response.headers.setdefault("X-Content-Type-Options", "nosniff")
    if request.path.startswith(_PUBLIC_API):
        response.headers["Access-Control-Allow-Origin"] = "*"
        response.headers["Access-Control-Expose-Headers"] = _EXPOSED
        await _let_cookies_through(request, response)


def _preflight() -> web.Response:
    """Any page may ask: what it then may do is decided, and explained, by the call itself."""
    return web.Response(
        status=204,
        headers={
            "Access-Control-Allow-Methods": _METHODS,
            "Access-Control-Allow-Headers": _HEADERS,
            "Access-Control-Max-Age": "7200",
        },
    )


async def _let_cookies_through(request: web.Request, response: web.StreamResponse) -> None:
    """Where a reader's cookie may travel, only pages of the site's own origins may send it and read the answer."""
    site_key, _, rest = request.path.removeprefix(_PUBLIC_API).partition("/")
    if rest not in _WITH_COOKIE:
        return
    response.headers["Vary"] = "Origin"
    try:
        origin = page_origin(request, await request.app[SITES].get(site_key))
    except (Problem, *DATABASE_DOWN):
        return
    if origin is not None:
        response.headers["Access-Control-Allow-Origin"] = origin
        response.headers["Access-Control-Allow-Credentials"] = "true"


async def _respond(request: web.Request, handler: Handler, request_id: str) -> web.StreamResponse:
    try:
        await _receive(request)
        return await handler(request)
    except Problem as problem:
        if problem.code == "origin_refused":
            request.app[METRICS].origins_refused.inc()
        tell(request, problem.code)
        return problem.response(request_id)
    except web.HTTPException as error:
        code = _HTTP_CODES.get(error.status)
        if code is None:
            raise
        headers = {"Allow": error.headers["Allow"]} if "Allow" in error.headers else {}
        tell(request, code)
        return Problem(code, headers=headers).response(request_id)
    except DATABASE_DOWN as error:
        _log.error("database_unavailable", request_id=request_id, error=type(error).__name__)
        tell(request, "unavailable", error)
        return unavailable().response(request_id)
    except Exception as error:  # noqa: BLE001 -- whatever it is, the client gets an answer and the log the rest
        _log.exception("request_failed", request_id=request_id, route=_route(request))
        tell(request, "internal", error)
        return Problem("internal", "Quote this request's id if you report it.").response(request_id)


async def _receive(request: web.Request) -> None:
    """Read the body before anything else, in a time of its own: a slow upload is not a slow database.

    Raises Problem `request_timeout`, or `malformed` for an address with a character that the database cannot store.
    """
    if "\x00" in request.path:
        raise Problem("malformed", "The address holds U+0000.")
    if not request.can_read_body:
        return
    try:
        async with asyncio.timeout(_BODY_S):
            await request.read()
    except TimeoutError:
        raise Problem("request_timeout") from None


def _route(request: web.Request) -> str:
    resource = request.match_info.route.resource
    return resource.canonical if resource is not None else "unknown"


def _account(request: web.Request, response: web.StreamResponse, request_id: str, seconds: float) -> None:
    route = f"{request.method} {_route(request)}"
    metrics = request.app[METRICS]
    metrics.requests.labels(route, response.status).inc()
    metrics.seconds.labels(route).observe(seconds)
    if response.status >= 400 and request.path.startswith(_PUBLIC_API):
        request.app[FAILURES].note(request, request_id, route, response.status, round(seconds * 1000, 1))
    read = request.method in ("GET", "HEAD", "OPTIONS")
    if (
        response.status >= 400
        or not read
        or (
            seconds > _SLOW_S and not response.headers.get("Content-Type", "").startswith("text/event-stream")
        )
    ):
        _log.info(
            "request",
            request_id=request_id,
            route=route,
            status=response.status,
            milliseconds=round(seconds * 1000, 1),
        )
