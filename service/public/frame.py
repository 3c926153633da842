"""The widget on a page of our own, for hosts whose pages may carry a frame but no script."""

from urllib.parse import urlsplit

from aiohttp import web

from service.assets import manifest
from service.parsing import In, parse_query
from service.sites import Site
from service.templating import page


class FrameQuery(In):
    """Where the frame stands, and how it should look."""

    # The article's address: what links to comments lead to.
    url: str | None = None
    title: str | None = None
    lang: str | None = None
    theme: str | None = None


async def show_frame(request: web.Request, site: Site) -> web.Response:
    """An article's thread with its widget; only the site's own pages may frame it."""
    query = parse_query(request, FrameQuery)
    options = {"title": query.title, "lang": query.lang, "theme": query.theme}
    if query.url and _origin(query.url) in site.origins:
        options["url"] = query.url.split("#", 1)[0]
    files = manifest()["files"]
    return page(
        "public/frame.html",
        cache="public, max-age=300",
        ancestors=" ".join(["'self'", *sorted(site.origins)]),
        site=site,
        article=request.match_info["article"],
        options={name: value for name, value in options.items() if value},
        css=f"/{files['page.css']}",
        script=f"/{files['frame.js']}",
    )


def _origin(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}".lower()
