"""The built web files, which ship inside the package, and the few pages that are made from them."""

import functools
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import orjson
from aiohttp import web

STATIC = Path(__file__).parent / "static"
_FOREVER = "public, max-age=31536000, immutable"
_SHORT = "public, max-age=300"
_TYPES = {".js": "text/javascript", ".css": "text/css", ".svg": "image/svg+xml", ".json": "application/json"}


class NotBuilt(Exception):
    """The web part has not been built: run `make run`, or `npm run build` in service/web."""


@functools.cache
def manifest() -> dict[str, Any]:
    """What the web build made; raises NotBuilt before the first build."""
    try:
        data: dict[str, Any] = orjson.loads((STATIC / "manifest.json").read_bytes())
    except FileNotFoundError:
        # Not an OSError, which the edge would take for a database that does not answer.
        raise NotBuilt(NotBuilt.__doc__) from None
    return data


def build_id() -> str:
    """Which build of the widget this service serves."""
    return str(manifest()["build"])


@functools.cache
def _files() -> Mapping[str, tuple[bytes, str]]:
    """All that may be asked for by name, read once: content and media type."""
    paths = [STATIC / "embed.js", STATIC / "count.js", *(STATIC / "assets").iterdir()]
    return {
        str(path.relative_to(STATIC)): (
            path.read_bytes(),
            _TYPES.get(path.suffix, "application/octet-stream"),
        )
        for path in paths
        if path.is_file()
    }


async def embed_script(_request: web.Request) -> web.Response:
    """The loader that publishers' pages name: kept for minutes only, since its name never changes."""
    return _file("embed.js", _SHORT)


async def count_script(_request: web.Request) -> web.Response:
    """The script that lists of articles name, kept like the loader."""
    return _file("count.js", _SHORT)


async def asset(request: web.Request) -> web.Response:
    """A built file whose name changes with its content."""
    return _file(f"assets/{request.match_info['file']}", _FOREVER)


def _file(name: str, cache_control: str) -> web.Response:
    found = _files().get(name)
    if found is None:
        raise web.HTTPNotFound
    body, content_type = found
    return web.Response(
        body=body,
        content_type=content_type,
        charset="utf-8",
        headers={
            "Cache-Control": cache_control,
            # Publishers' pages import these as modules, which takes CORS.
            "Access-Control-Allow-Origin": "*",
            "Cross-Origin-Resource-Policy": "cross-origin",
            "X-Content-Type-Options": "nosniff",
        },
    )
