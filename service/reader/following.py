"""Mail about answers: where to, and about what."""

from typing import Annotated

from aiohttp import web
from pydantic import StringConstraints

from service.auth import Reader
from service.endpoint import answer, empty
from service.help.intake import EMAIL, MAX_EMAIL
from service.keys import POOL, SETTINGS
from service.parsing import In, Out
from service.problems import Problem
from service.reader.writing import article_key, article_url
from service.sites import Site
from service.store import following
from service.store.following import Mailbox


class MailQuery(In):
    """The article whose thread may be followed."""

    article: Annotated[str, StringConstraints(min_length=1, max_length=512)]


class MailIn(In):
    """Where mail goes, and what it is about: every answer to an own comment, every comment in this thread."""

    email: Annotated[str, StringConstraints(strip_whitespace=True, max_length=MAX_EMAIL, pattern=EMAIL)]
    replies: bool = True
    follow: bool = False
    article_url: Annotated[str, StringConstraints(max_length=2000)] | None = None
    article_title: Annotated[str, StringConstraints(max_length=500)] | None = None


class MailOut(Out):
    """Where mail goes, once `confirmed`; `email` is null where no address was given."""

    email: str | None
    confirmed: bool
    replies: bool
    following: bool


async def get_mail(request: web.Request, site: Site, reader: Reader, query: MailQuery) -> web.Response:
    """What the caller is told by mail."""
    return answer(_out(await following.read(request.app[POOL], site.id, reader.id, query.article)))


async def put_mail(
    request: web.Request, site: Site, reader: Reader, article: str, body: MailIn
) -> web.Response:
    """Ask for mail about an article's thread and one's own comments; a new address gets a link that confirms it."""
    if not request.app[SETTINGS].smtp_url:
        raise Problem("forbidden", "This service sends no mail.")
    key = article_key(article)
    async with request.app[POOL].acquire() as conn, conn.transaction():
        await following.save(conn, site.id, reader.id, email=body.email, replies=body.replies)
        if body.follow:
            url = article_url(request, site, body.article_url)
            await following.follow(conn, site.id, reader.id, key, url=url, title=body.article_title)
        else:
            await following.leave(conn, site.id, reader.id, key)
        mailbox = await following.read(conn, site.id, reader.id, key)
    return answer(_out(mailbox))


async def delete_mail(request: web.Request, site: Site, reader: Reader) -> web.Response:
    """No more mail about anything; the address is forgotten."""
    async with request.app[POOL].acquire() as conn, conn.transaction():
        await following.forget(conn, site.id, reader.id)
    return empty()


def _out(mailbox: Mailbox | None) -> MailOut:
    if mailbox is None:
        return MailOut(email=None, confirmed=False, replies=True, following=False)
    return MailOut(
        email=mailbox.email,
        confirmed=mailbox.confirmed,
        replies=mailbox.replies,
        following=mailbox.following,
    )
