"""Server-rendered pages: Jinja with autoescape, and the headers that keep a page from being more than it is."""

from pathlib import Path
from typing import Any

from aiohttp import web
from jinja2 import Environment, FileSystemLoader, StrictUndefined

_CSP = (
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:; "
    "font-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors "
)
CSP = f"{_CSP}'none'"
_environment = Environment(
    loader=FileSystemLoader(Path(__file__).parent / "templates"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)


def render(template: str, **values: Any) -> str:
    """Fill in a template of service/templates."""
    return _environment.get_template(template).render(**values)


def page_headers(*, ancestors: str = "'none'") -> dict[str, str]:
    """What every page of ours says of itself; `ancestors` are the pages that may frame it."""
    return {
        "Content-Security-Policy": _CSP + ancestors,
        "Referrer-Policy": "strict-origin-when-cross-origin",
        "X-Content-Type-Options": "nosniff",
    }


def page(
    template: str, *, status: int = 200, cache: str = "no-store", ancestors: str = "'none'", **values: Any
) -> web.Response:
    """Render a template as a page of our own."""
    return web.Response(
        status=status,
        text=render(template, **values),
        content_type="text/html",
        headers={"Cache-Control": cache, **page_headers(ancestors=ancestors)},
    )
