"""What a reader's own comments and votes look like to them: every status, with the reasons in words."""

from typing import Any

from aiohttp import web

from moderation.reasons import Reason
from service import cursors
from service.auth import Reader
from service.endpoint import answer
from service.keys import POOL
from service.reader.shapes import OwnQuery, OwnVotesQuery
from service.sites import Site
from service.store import comments, participation


def in_words(comment: dict[str, Any]) -> dict[str, Any]:
    """Put a comment's stored reasons into the words that its author reads; no scores, and none once it is published."""
    stored = [] if comment["status"] in ("published", "pending") else comment["reasons"]
    shown: dict[str, dict[str, Any]] = {}
    for reason in (Reason.from_json(item) for item in stored):
        place = {"start": reason.start, "end": reason.end}
        shown.setdefault(reason.code, {"code": reason.code, "text": reason.code.for_author, **place})
    return {**comment, "reasons": list(shown.values())}


async def list_own(request: web.Request, site: Site, reader: Reader, query: OwnQuery) -> web.Response:
    """The caller's own comments in every status, newest first."""
    place = cursors.decode(query.cursor, 1)
    async with request.app[POOL].acquire() as conn:
        rows = await comments.list_own(
            conn,
            site.id,
            reader.id,
            article_key=query.article,
            before=place[0] if place else None,
            limit=query.limit + 1,
        )
    shown = rows[: query.limit]
    cursor = cursors.encode(int(shown[-1]["id"])) if len(rows) > query.limit else None
    return answer({"items": [in_words(row) for row in shown], "next": cursor})


async def list_own_votes(
    request: web.Request, site: Site, reader: Reader, query: OwnVotesQuery
) -> web.Response:
    """The caller's own votes on an article's comments."""
    votes = await participation.own_votes(request.app[POOL], site.id, reader.id, query.article)
    return answer({"votes": votes})
