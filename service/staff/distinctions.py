"""Setting comments apart (pinned, featured) and giving readers badges."""

from typing import Annotated

from aiohttp import web
from pydantic import StringConstraints

from service.auth import Staff
from service.endpoint import answer, empty
from service.keys import NOTIFIER, POOL
from service.parsing import In, Out
from service.problems import Problem
from service.sites import Site
from service.store import distinctions
from service.store.distinctions import MAX_PINNED, Mark, NotToBePinnedError, TooManyPinnedError


class MarksIn(In):
    """How a comment is to be set apart; what is not named stays."""

    pinned: bool | None = None
    featured: bool | None = None


class BadgeIn(In):
    """A word beside the name: `staff`, `moderator` and `author` are shown in each reader's language. Null: none."""

    badge: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=30)] | None


class MarksOut(Out):
    """How a comment is set apart."""

    pinned: bool
    featured: bool


async def set_marks(request: web.Request, site: Site, staff: Staff, id: int, body: MarksIn) -> web.Response:
    """Pin a comment to the top of its thread, or feature it; what readers see changes at once."""
    version: int | None = None
    article_id = 0
    async with request.app[POOL].acquire() as conn, conn.transaction():
        for mark, on in ((Mark.PIN, body.pinned), (Mark.FEATURE, body.featured)):
            if on is None:
                continue
            try:
                done = await distinctions.set_mark(conn, site.id, staff.id, id, mark, on=on)
            except TooManyPinnedError:
                raise Problem(
                    "too_many_pinned", f"This article has {MAX_PINNED} pinned comments already."
                ) from None
            except NotToBePinnedError:
                raise Problem("not_to_be_pinned", "Replies stay in their conversation.") from None
            if done is None:
                raise Problem("not_found", "There is no such comment up.")
            article_id, version = done[0], done[1] or version
        marks = await distinctions.read_marks(conn, site.id, id)
    if marks is None:
        raise Problem("not_found", "There is no such comment.")
    if version is not None:
        request.app[NOTIFIER].article(site.id, article_id, version)
    return answer(MarksOut(pinned=marks[0], featured=marks[1]))


async def set_badge(request: web.Request, site: Site, staff: Staff, id: int, body: BadgeIn) -> web.Response:
    """Give a reader a badge, or take it away."""
    async with request.app[POOL].acquire() as conn, conn.transaction():
        if not await distinctions.set_badge(conn, site.id, staff.id, id, body.badge):
            raise Problem("not_found", "There is no such reader.")
    return empty()
