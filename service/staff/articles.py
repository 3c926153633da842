"""One article: whether its comments appear at once, after a person has seen them, or not at all."""

from aiohttp import web

from moderation.database import Connection
from service.auth import Staff
from service.endpoint import answer
from service.keys import POOL
from service.problems import Problem
from service.sites import Site
from service.staff.queue_shapes import ArticleModeIn, ArticleStateOut
from service.store import articles, record
from service.store.record import Deed


async def get_article(request: web.Request, site: Site, article: str) -> web.Response:
    """An article and its mode."""
    async with request.app[POOL].acquire() as conn:
        return answer(await _read(conn, site, article))


async def set_mode(
    request: web.Request, site: Site, staff: Staff, article: str, body: ArticleModeIn
) -> web.Response:
    """Change an article's mode; what comes from now on is judged by it, and pages show it within seconds."""
    async with request.app[POOL].acquire() as conn:
        async with conn.transaction():
            was = await articles.set_mode(conn, site.id, article, body.mode)
            if was is not None and was[1] != body.mode:
                detail = {"id": str(was[0]), "key": article, "from": was[1], "to": str(body.mode)}
                await record.note(conn, site.id, staff.id, Deed.ARTICLE_MODE, detail)
        return answer(await _read(conn, site, article))


async def _read(conn: Connection, site: Site, key: str) -> ArticleStateOut:
    found = await articles.read_article(conn, site.id, key)
    if found is None:
        raise Problem("not_found", "There is no such article, or nobody has come to it yet.")
    return ArticleStateOut.model_validate(found)
