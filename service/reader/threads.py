"""Reading: a thread's pages, one comment, what lies below it."""

from collections.abc import Sequence

import orjson
from aiohttp import web

from service import cursors
from service.auth import Caller
from service.caching import cached
from service.endpoint import answer
from service.keys import POOL
from service.pages import Page
from service.problems import Problem
from service.reader.own import in_words
from service.reader.shapes import ListQuery, PageQuery
from service.sites import Site
from service.store import comments, threads
from service.store.threads import Row, Sort


async def list_comments(request: web.Request, site: Site, article: str, query: PageQuery) -> web.Response:
    """A page of an article's thread."""
    key = (site.id, article, query.sort, query.cursor, query.limit)
    return await cached(request, key, lambda: _fill(request, site, article, query))


async def _fill(request: web.Request, site: Site, article_key: str, query: PageQuery) -> Page:
    place = cursors.decode(query.cursor, query.sort.numbers)
    after = (place[0], place[-1]) if place else None
    async with request.app[POOL].acquire() as conn:
        article = await threads.find_article(conn, site.id, article_key)
        if article is None:
            return Page(None, 0, _empty(article_key), None)
        rows = await threads.roots(conn, site.id, article.id, query.sort, limit=query.limit + 1, after=after)
        alone = after is not None or query.sort is Sort.FEATURED
        pinned = [] if alone else await threads.pinned(conn, site.id, article.id)
    shown = rows[: query.limit]
    cursor = cursors.following(rows, query.limit, query.sort)
    head = f'{{"article":{article.json},"comments":'
    body = f'{head}{_joined([*pinned, *shown])},"next":{_quoted(cursor)}}}'.encode()
    link = str(request.rel_url.update_query(cursor=cursor)) if cursor else None
    return Page((site.id, article.id), article.version, body, f'<{link}>; rel="next"' if link else None)


def _empty(article_key: str) -> bytes:
    article = {
        "key": article_key,
        "title": None,
        "url": None,
        "state": "open",
        "comment_count": 0,
        "version": 0,
        "featured_count": 0,
    }
    return orjson.dumps({"article": article, "comments": [], "next": None})


def _joined(rows: Sequence[Row]) -> str:
    return f"[{','.join(row.json for row in rows)}]"


def _quoted(cursor: str | None) -> str:
    return "null" if cursor is None else f'"{cursor}"'


async def get_comment(request: web.Request, site: Site, caller: Caller, id: int) -> web.Response:
    """One comment: as everybody sees it, or in full to its author."""
    async with request.app[POOL].acquire() as conn:
        if caller.reader is not None:
            own = await comments.read_own(conn, site.id, caller.reader.id, id)
            if own is not None:
                return answer(in_words(own))
        body = await comments.read_public(conn, site.id, id)
    if body is None:
        raise Problem("not_found", "There is no such comment.")
    return answer(body)


async def list_replies(request: web.Request, site: Site, id: int, query: ListQuery) -> web.Response:
    """Everything below a comment, oldest first."""
    place = cursors.decode(query.cursor, 1)
    async with request.app[POOL].acquire() as conn:
        comment = await comments.find(conn, site.id, id)
        if comment is None or not comment.listed:
            raise Problem("not_found", "There is no such comment.")
        rows = await threads.replies(
            conn, site.id, comment.root_id, id, limit=query.limit + 1, after=place[0] if place else 0
        )
    shown = rows[: query.limit]
    cursor = cursors.encode(shown[-1].id) if len(rows) > query.limit else None
    headers = {}
    if cursor:
        headers["Link"] = f'<{request.rel_url.update_query(cursor=cursor)}>; rel="next"'
    return answer(f'{{"items":{_joined(shown)},"next":{_quoted(cursor)}}}'.encode(), headers=headers)
