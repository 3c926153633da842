"""oEmbed (https://oembed.com, version 1.0): other sites ask how to show a comment that somebody linked to."""

import re
from html import escape
from urllib.parse import urlsplit

import orjson
from aiohttp import web

from service.endpoint import answer
from service.keys import POOL, SETTINGS, SITES
from service.parsing import In, parse_id, parse_query
from service.problems import Problem
from service.sites import Site
from service.store import comments, threads

_CONVERSATION = re.compile(r"^/conversations/([a-z0-9-]{1,63})/(\d{1,19})/?$")
_FRAGMENT = re.compile(r"^parley-(\d{1,19})$")
_WIDTH, _HEIGHT = 600, 240
_CACHE_S = 3600


class OembedQuery(In):
    """What a consumer asks."""

    url: str
    format: str = "json"
    maxwidth: int = _WIDTH
    maxheight: int = _HEIGHT


async def describe_comment(request: web.Request) -> web.Response:
    """How to show the comment at `url`: its page here, or the article's page with the comment's fragment."""
    query = parse_query(request, OembedQuery)
    if query.format != "json":
        raise web.HTTPNotImplemented(text="Only format=json is given.")
    for key, comment_id in await _candidates(request, query.url):
        site = await request.app[SITES].get(key)
        found = await _describe(request, site, comment_id, query)
        if found is not None:
            return answer(
                found,
                headers={
                    "Cache-Control": f"public, max-age={_CACHE_S}",
                    "Access-Control-Allow-Origin": "*",
                },
            )
    raise Problem("not_found", "There is no comment at this address.")


async def _candidates(request: web.Request, url: str) -> list[tuple[str, int]]:
    """Sites, each with the comment that the address may mean."""
    parts = urlsplit(url)
    origin = f"{parts.scheme}://{parts.netloc}".lower()
    own = _CONVERSATION.match(parts.path)
    if own and origin == request.app[SETTINGS].base_url:
        return [(own[1], parse_id(own[2]))]
    linked = _FRAGMENT.match(parts.fragment)
    if linked is None:
        return []
    return [(key, parse_id(linked[1])) for key in await request.app[SITES].keys_of_origin(origin)]


async def _describe(
    request: web.Request, site: Site, comment_id: int, query: OembedQuery
) -> dict[str, object] | None:
    async with request.app[POOL].acquire() as conn:
        comment = await comments.find(conn, site.id, comment_id)
        public = await comments.read_public(conn, site.id, comment_id)
        article = await threads.find_article(conn, site.id, comment.article_key) if comment else None
    if public is None or article is None:
        return None
    author = orjson.loads(public)["author"]
    if author is None:
        return None
    document = orjson.loads(article.json)
    width, height = max(200, min(query.maxwidth, _WIDTH)), max(100, min(query.maxheight, _HEIGHT))
    base = request.app[SETTINGS].base_url
    title = f"{author['name']} on {document['title'] or document['key']}"
    return {
        "version": "1.0",
        "type": "rich",
        "provider_name": site.name,
        "provider_url": base,
        "title": title,
        "author_name": author["name"],
        "cache_age": _CACHE_S,
        "width": width,
        "height": height,
        "html": f'<iframe src="{base}/conversations/{site.key}/{comment_id}/alone" width="{width}" height="{height}" '
        f'title="{escape(title)}" sandbox="allow-popups" loading="lazy" style="border:0"></iframe>',
    }
