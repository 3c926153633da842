"""What readers may ask of us about themselves: all that is held, and that it be erased."""

import csv
import io
import secrets
from typing import Any, Literal

import orjson
from aiohttp import web

from moderation.decisions import Decided, Draft, decide
from moderation.statuses import Actor, Status
from service.auth import Reader
from service.endpoint import answer, empty
from service.exporting import cell
from service.identity import returning, tokens, window
from service.keys import NOTIFIER, POOL, SETTINGS
from service.parsing import In, Out
from service.problems import Problem
from service.sites import Site
from service.store import own_data as store
from service.store import readers, sessions

# So many comments are erased in one transaction.
_AT_ONCE = 100
# And so often it is tried again with what changed meanwhile.
_MOST_ROUNDS = 2_000


class DataQuery(In):
    """In which form."""

    format: Literal["json", "csv"] = "json"


class AccountLinkOut(Out):
    """Where the account's page is, once, within five minutes."""

    url: str


async def make_link(request: web.Request, site: Site, reader: Reader) -> web.Response:
    """A link to the account's page, for whoever is signed in on a page of the publisher's."""
    token = secrets.token_urlsafe(24)
    async with request.app[POOL].acquire() as conn:
        if await readers.get(conn, site.id, reader.id) is None:
            raise Problem("unauthenticated", "This account does not exist any more.")
        await store.add_link(conn, site.id, reader.id, window.hash_of(token))
    url = f"{request.app[SETTINGS].base_url}/account/{site.key}/open/{token}"
    return answer(AccountLinkOut(url=url), status=201)


async def get_data(request: web.Request, site: Site, reader: Reader, query: DataQuery) -> web.Response:
    """Everything that is held about the caller, as a file."""
    return await data_file(request, site, reader.id, query.format)


async def data_file(request: web.Request, site: Site, reader_id: int, format_: str) -> web.Response:
    """The file of `get_data`."""
    async with (
        request.app[POOL].acquire() as conn,
        conn.transaction(isolation="repeatable_read", readonly=True),
    ):
        document = await store.export(conn, site.id, reader_id)
    body = orjson.dumps(document, option=orjson.OPT_INDENT_2) if format_ == "json" else _csv(document)
    return web.Response(
        body=body,
        content_type="application/json" if format_ == "json" else "text/csv",
        charset=None if format_ == "json" else "utf-8",
        headers={
            "Content-Disposition": f'attachment; filename="comments-{site.key}.{format_}"',
            "Cache-Control": "private, no-store",
        },
    )


def _csv(document: dict[str, Any]) -> bytes:
    """One row a thing, of whatever kind; the columns are those of all kinds together."""
    rows = [{"kind": "reader", **document["reader"]}]
    rows += [{"kind": kind, **row} for kind, items in document.items() if kind != "reader" for row in items]
    columns = list(dict.fromkeys(name for row in rows for name in row))
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(columns)
    writer.writerows([cell(row.get(column)) for column in columns] for row in rows)
    return out.getvalue().encode()


async def erase(request: web.Request, site: Site, reader: Reader) -> web.Response:
    """Erase the caller's account and all that they wrote; what was decided stays on record, without them."""
    await erase_reader(request, site, reader.id)
    response = empty()
    tokens.forget_cookie(request, site, response)
    return response


async def erase_reader(request: web.Request, site: Site, reader_id: int) -> None:
    """Erase an account. A call that is cut short may be made again: what is erased stays so.

    Raises Problem `stale` where comments change faster than they can be erased.
    """
    async with request.app[POOL].acquire() as conn:
        await sessions.close_all(conn, site.id, reader_id)
        for _ in range(_MOST_ROUNDS):
            async with conn.transaction():
                drafts = [
                    Draft(site.id, id_, revision, Status(status), Status.ERASED, Actor.AUTHOR)
                    for id_, revision, status in await store.standing(
                        conn, site.id, reader_id, limit=_AT_ONCE
                    )
                ]
                outcome = await decide(conn, drafts) if drafts else []
                if not drafts:
                    await returning.remember(request, conn, site.id, reader_id)
                    await store.take_away(conn, site.id, reader_id)
            for one in outcome:
                if isinstance(one, Decided):
                    if one.version is not None:
                        request.app[NOTIFIER].article(site.id, one.article_id, one.version)
                    request.app[NOTIFIER].staff(site.id, "item.decided", one.draft.comment_id)
            if not drafts:
                return
    raise Problem("stale", "The comments change too often to be erased right now. Try again.")
