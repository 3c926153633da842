"""The pages: a thread, one conversation, one comment to be shown elsewhere, the widget in a frame, oEmbed."""

from collections.abc import Awaitable, Callable, Sequence
from typing import Any
from urllib.parse import quote, urlencode

import orjson
from aiohttp import web
from aiohttp.typedefs import Handler

from service import cursors
from service.assets import manifest
from service.caching import cached
from service.keys import POOL, SETTINGS, SITES
from service.pages import Page
from service.parsing import In, parse_id, parse_query
from service.problems import Problem
from service.public import linked_data
from service.public.frame import show_frame
from service.public.mailbox import change_mailbox, show_mailbox
from service.public.oembed import describe_comment
from service.public.words import Shown, shown
from service.sites import Site
from service.store import comments, threads
from service.store.comments import Comment
from service.store.threads import Row, Sort
from service.templating import page, page_headers, render

_ROOTS = 50
_REPLIES = 100
_CACHE = "public, max-age=60, s-maxage=60, stale-while-revalidate=300, stale-if-error=3600"


class ThreadQuery(In):
    """Which page of a thread."""

    sort: Sort = Sort.NEWEST
    cursor: str | None = None


class ConversationQuery(In):
    """Which page of a conversation."""

    cursor: str | None = None


def _for_site(show: Callable[[web.Request, Site], Awaitable[web.Response]]) -> Handler:
    """Find the site first; what is not there is said in words."""

    async def handle(request: web.Request) -> web.StreamResponse:
        try:
            return await show(request, await request.app[SITES].get(request.match_info["site"]))
        except Problem as problem:
            if problem.code != "not_found":
                raise
            return page("public/missing.html", status=404, css=_css())

    return handle


def _css() -> str:
    return f"/{manifest()['files']['page.css']}"


def thread_path(site: str, article: str) -> str:
    """Where a thread can be read without scripts."""
    return f"/threads/{site}/{quote(article, safe='')}"


def conversation_path(site: str, comment_id: str) -> str:
    """Where one comment can be read, with what lies below it."""
    return f"/conversations/{site}/{comment_id}"


async def show_thread(request: web.Request, site: Site) -> web.Response:
    """A page of an article's thread."""
    article = request.match_info["article"]
    query = parse_query(request, ThreadQuery)
    key = ("thread-page", site.id, article, query.sort, query.cursor)
    return await cached(
        request,
        key,
        lambda: _thread(request, site, article, query),
        content_type="text/html",
        cache_control=_CACHE,
        headers=page_headers(),
    )


async def _thread(request: web.Request, site: Site, key: str, query: ThreadQuery) -> Page:
    place = cursors.decode(query.cursor, query.sort.numbers)
    async with request.app[POOL].acquire() as conn:
        article = await threads.find_article(conn, site.id, key)
        rows: Sequence[Row] = []
        pinned: Sequence[Row] = []
        if article:
            after = (place[0], place[-1]) if place else None
            rows = await threads.roots(conn, site.id, article.id, query.sort, limit=_ROOTS + 1, after=after)
            if not place and query.sort is not Sort.FEATURED:
                pinned = await threads.pinned(conn, site.id, article.id)
    roots = [orjson.loads(row.json) for row in [*pinned, *rows[:_ROOTS]]]
    found = [shown(root, conversation_path(site.key, root["id"])) for root in roots]
    document: dict[str, Any] = (
        orjson.loads(article.json) if article else {"title": None, "url": None, "comment_count": 0}
    )
    following = cursors.following(rows, _ROOTS, query.sort)
    path = thread_path(site.key, key)
    url = request.app[SETTINGS].base_url + path
    title = document["title"] or key
    body = _render(
        "public/thread.html",
        site,
        title=title,
        article=document,
        comments=found,
        sort=query.sort,
        sorts=list(Sort),
        path=path,
        first=query.cursor is None,
        next=f"{path}?{urlencode({'sort': query.sort, 'cursor': following})}" if following else None,
        canonical=f"{url}?cursor={query.cursor}" if query.cursor else url,
        data=linked_data.discussion(
            url=url,
            title=title,
            article_url=document["url"],
            publisher=site.name,
            count=document["comment_count"],
            comments=found,
        ),
    )
    if article is None:
        return Page(None, 0, body, None)
    return Page((site.id, article.id), article.version, body, None)


def _render(template: str, site: Site, **values: Any) -> bytes:
    return render(template, site=site, css=_css(), **values).encode()


async def show_conversation(request: web.Request, site: Site) -> web.Response:
    """One comment with what lies below it."""
    comment_id = parse_id(request.match_info["id"])
    query = parse_query(request, ConversationQuery)
    key = ("conversation-page", site.id, comment_id, query.cursor)
    return await cached(
        request,
        key,
        lambda: _conversation(request, site, comment_id, query.cursor),
        content_type="text/html",
        cache_control=_CACHE,
        headers=page_headers(),
    )


async def _conversation(request: web.Request, site: Site, comment_id: int, cursor: str | None) -> Page:
    place = cursors.decode(cursor, 1)
    async with request.app[POOL].acquire() as conn:
        comment, top = await _read(conn, site, comment_id)
        article = await threads.find_article(conn, site.id, comment.article_key)
        rows = await threads.replies(
            conn, site.id, comment.root_id, comment_id, limit=_REPLIES + 1, after=place[0] if place else 0
        )
    assert article is not None
    document = orjson.loads(article.json)
    replies = [shown(orjson.loads(row.json), "") for row in rows[:_REPLIES]]
    path = conversation_path(site.key, str(comment_id))
    url = request.app[SETTINGS].base_url + path
    body = _render(
        "public/conversation.html",
        site,
        title=document["title"] or document["key"],
        article=document,
        thread=thread_path(site.key, document["key"]),
        comment=top,
        replies=replies,
        next=f"{path}?cursor={rows[_REPLIES - 1].id}" if len(rows) > _REPLIES else None,
        canonical=url,
        oembed=f"{request.app[SETTINGS].base_url}/oembed?{urlencode({'url': url, 'format': 'json'})}",
        data=linked_data.one_comment(url=url, article_url=document["url"], comment=top),
    )
    return Page((site.id, comment.article_id), article.version, body, None)


async def _read(conn: Any, site: Site, comment_id: int) -> tuple[Comment, Shown]:
    """A listed comment; raises Problem `not_found`."""
    comment = await comments.find(conn, site.id, comment_id)
    public = await comments.read_public(conn, site.id, comment_id)
    if comment is None or public is None:
        raise Problem("not_found")
    return comment, shown(orjson.loads(public), "")


async def show_comment(request: web.Request, site: Site) -> web.Response:
    """One comment, small, for other sites to show in a frame; nothing of it runs a script."""
    comment_id = parse_id(request.match_info["id"])

    async def fill() -> Page:
        async with request.app[POOL].acquire() as conn:
            comment, top = await _read(conn, site, comment_id)
            article = await threads.find_article(conn, site.id, comment.article_key)
        assert article is not None
        document = orjson.loads(article.json)
        body = _render(
            "public/comment.html",
            site,
            title=document["title"] or document["key"],
            comment=top,
            link=request.app[SETTINGS].base_url + conversation_path(site.key, str(comment_id)),
        )
        return Page((site.id, comment.article_id), article.version, body, None)

    return await cached(
        request,
        ("comment-page", site.id, comment_id),
        fill,
        content_type="text/html",
        cache_control=_CACHE,
        headers=page_headers(ancestors="*"),
    )


PAGES: list[web.RouteDef] = [
    web.get("/threads/{site}/{article}", _for_site(show_thread)),
    web.get("/conversations/{site}/{id}", _for_site(show_conversation)),
    web.get("/conversations/{site}/{id}/alone", _for_site(show_comment)),
    web.get("/frame/{site}/{article}", _for_site(show_frame)),
    web.get("/mail/{site}/{token}", _for_site(show_mailbox)),
    web.post("/mail/{site}/{token}", _for_site(change_mailbox)),
    web.get("/oembed", describe_comment),
]
