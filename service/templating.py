"""Server-rendered pages: Jinja with autoescape, and the headers that keep a page from being more than it is."""

from pathlib import Path
from typing import Any

from aiohttp import web
from jinja2 import Environment, FileSystemLoader, StrictUndefined

CSP = (
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:; "
    "font-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)
_environment = Environment(
    loader=FileSystemLoader(Path(__file__).parent / "templates"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)


def page(template: str, *, status: int = 200, cache: str = "no-store", **values: Any) -> web.Response:
    """Render a template of service/templates as a page of our own."""
    return web.Response(
        status=status,
        text=_environment.get_template(template).render(**values),
        content_type="text/html",
        headers={
            "Cache-Control": cache,
            "Content-Security-Policy": CSP,
            "Referrer-Policy": "strict-origin-when-cross-origin",
            "X-Content-Type-Options": "nosniff",
        },
    )
