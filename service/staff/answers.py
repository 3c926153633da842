"""Saved answers: used by everybody who answers tickets, written by leads and administrators."""

import re
from collections.abc import Mapping
from typing import Annotated

from aiohttp import web
from pydantic import AfterValidator, StringConstraints

from moderation.database import Connection
from service.auth import Staff
from service.endpoint import answer, empty
from service.keys import POOL
from service.parsing import In, Out
from service.problems import Problem, invalid
from service.sites import Site
from service.staff.ticket_shapes import MAX_MESSAGE
from service.store import answers as store
from service.store import record
from service.store.answers import SavedAnswer, TitleTakenError, TooManyError
from service.store.record import Deed

# What the console fills in when an answer is taken; web/console/saved_answers.ts has the same names.
PLACEHOLDERS: Mapping[str, str] = {
    "name": "the reader's name",
    "article": "the article's title",
    "reference": "the ticket's reference",
    "site": "the site's name",
    "staff": "your name",
}
_PLACE = re.compile(r"\{([^{}]*)\}")


def _known_places(text: str) -> str:
    for name in _PLACE.findall(text):
        if name not in PLACEHOLDERS:
            known = ", ".join(f"{{{one}}}" for one in PLACEHOLDERS)
            raise ValueError(f"{{{name}}} cannot be filled in. There are {known}.")
    return text


class AnswerIn(In):
    """An answer to be used again; in braces what is filled in: {name}, {article}, {reference}, {site}, {staff}."""

    title: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=80)]
    body: Annotated[
        str,
        StringConstraints(strip_whitespace=True, min_length=1, max_length=MAX_MESSAGE),
        AfterValidator(_known_places),
    ]


class AnswerOut(Out):
    """A saved answer."""

    id: str
    title: str
    body: str


class AnswersOut(Out):
    """A site's saved answers, by title; and what can stand in braces, with what it stands for."""

    answers: list[AnswerOut]
    placeholders: dict[str, str]


async def list_answers(request: web.Request, site: Site) -> web.Response:
    """The site's saved answers."""
    async with request.app[POOL].acquire() as conn:
        saved = await store.list_answers(conn, site.id)
    return answer(AnswersOut(answers=[_out(one) for one in saved], placeholders=dict(PLACEHOLDERS)))


async def add_answer(request: web.Request, site: Site, staff: Staff, body: AnswerIn) -> web.Response:
    """Save a new one."""
    async with request.app[POOL].acquire() as conn, conn.transaction():
        try:
            saved = await store.add(conn, site.id, title=body.title, body=body.body, staff_id=staff.id)
        except TooManyError:
            raise _refused(f"There are {store.MOST} saved answers: delete one first.", "too_many") from None
        except TitleTakenError:
            raise _refused("Another saved answer has this title.", "taken") from None
        await _note(conn, site, staff, Deed.SAVE_ANSWER, body.title)
    return answer(_out(saved), status=201)


async def change_answer(
    request: web.Request, site: Site, staff: Staff, id: int, body: AnswerIn
) -> web.Response:
    """Change a saved answer."""
    async with request.app[POOL].acquire() as conn, conn.transaction():
        try:
            saved = await store.change(conn, site.id, id, title=body.title, body=body.body, staff_id=staff.id)
        except TitleTakenError:
            raise _refused("Another saved answer has this title.", "taken") from None
        if saved is None:
            raise Problem("not_found", "There is no such answer.")
        await _note(conn, site, staff, Deed.SAVE_ANSWER, body.title)
    return answer(_out(saved))


async def delete_answer(request: web.Request, site: Site, staff: Staff, id: int) -> web.Response:
    """Delete a saved answer."""
    async with request.app[POOL].acquire() as conn, conn.transaction():
        title = await store.delete(conn, site.id, id)
        if title is not None:
            await _note(conn, site, staff, Deed.DELETE_ANSWER, title)
    return empty()


async def _note(conn: Connection, site: Site, staff: Staff, deed: Deed, title: str) -> None:
    await record.note(conn, site.id, staff.id, deed, {"title": title})


def _refused(message: str, code: str) -> Problem:
    return invalid([{"pointer": "/title", "message": message, "code": code}])


def _out(saved: SavedAnswer) -> AnswerOut:
    return AnswerOut(id=str(saved.id), title=saved.title, body=saved.body)
