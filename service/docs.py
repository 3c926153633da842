"""Pages about the service itself: the API's description, what the problems mean, a demo article."""

import functools
import importlib.metadata

import orjson
from aiohttp import web

from service.assets import manifest
from service.endpoint import answer
from service.openapi import describe
from service.problems import CODES
from service.routes import BASE, ROUTES
from service.templating import page as render


@functools.cache
def document() -> bytes:
    """The OpenAPI document."""
    return orjson.dumps(describe(ROUTES, base=BASE, version=importlib.metadata.version("parley")))


async def openapi(_request: web.Request) -> web.Response:
    """The API's description, OpenAPI 3.1."""
    return answer(
        document(), headers={"Cache-Control": "public, max-age=300", "Access-Control-Allow-Origin": "*"}
    )


async def page(_request: web.Request) -> web.Response:
    """The description, to be read."""
    return render(
        "docs.html", api=orjson.loads(document()), problems=CODES, css=_css(), cache="public, max-age=300"
    )


async def problem(request: web.Request) -> web.Response:
    """What a problem's `type` leads to."""
    code = request.match_info["code"]
    if code not in CODES:
        raise web.HTTPNotFound
    status, title = CODES[code]
    return render(
        "problem.html", code=code, http_status=status, title=title, css=_css(), cache="public, max-age=300"
    )


async def demo(request: web.Request) -> web.Response:
    """An article page of an imaginary paper, with the widget under it; `?article=` makes it another article."""
    return render("demo.html", css=_css(), article=request.query.get("article", "demo-article"))


def _css() -> str:
    return f"/{manifest()['files']['demo.css']}"
