"""A reader's appeals, against what was decided on comments and an account of their own; and the reasons for it."""

from datetime import datetime
from typing import Annotated, Any

from aiohttp import web
from pydantic import AfterValidator, Field, StringConstraints

from moderation import filing
from moderation.filing import RefusedError, Words
from moderation.policy import Sanction
from moderation.reasons import ReasonCode
from service.auth import Reader
from service.endpoint import answer
from service.hindered import refused
from service.keys import NOTIFIER, POOL
from service.parsing import In, Out, idempotency_key
from service.problems import Problem
from service.reader.shapes import OwnAppealOut
from service.rendering import BodyRefused, clean_body
from service.sites import Site
from service.statement import REDRESS, statement
from service.store import appeals as store
from service.store import comments, statements

MAX_APPEAL = 4000


def _cleaned(text: str) -> str:
    try:
        return clean_body(text, limit=MAX_APPEAL)
    except BodyRefused as error:
        raise ValueError(str(error)) from None


AppealText = Annotated[
    str, StringConstraints(min_length=1, max_length=2 * MAX_APPEAL), AfterValidator(_cleaned)
]


class AppealIn(In):
    """Why the decision is wrong, in the reader's words."""

    body: AppealText


class OwnSanctionOut(Out):
    """What a reader is under, why, and what became of their appeal."""

    sanction: Sanction = Sanction.NONE
    until: datetime | None = None
    reason: str | None = None
    note: str | None = None
    appeal: OwnAppealOut | None = None


class StatementOut(Out):
    """Why a comment is kept from readers: the fields of the EU's Transparency Database, and how to appeal, until when."""

    statement: dict[str, Any]
    redress: str
    appeal_until: datetime | None = Field(description="null: there has been an appeal, or it is too late")


async def appeal_comment(
    request: web.Request, site: Site, reader: Reader, id: int, body: AppealIn
) -> web.Response:
    """Appeal what keeps a comment of one's own from readers."""
    words = Words(reader.id, body.body, idempotency_key(request))
    return await _file(request, site, words, id)


async def appeal_sanction(request: web.Request, site: Site, reader: Reader, body: AppealIn) -> web.Response:
    """Appeal the restriction on one's own account."""
    return await _file(request, site, Words(reader.id, body.body, idempotency_key(request)), None)


async def _file(request: web.Request, site: Site, words: Words, comment_id: int | None) -> web.Response:
    async with request.app[POOL].acquire() as conn:
        try:
            async with conn.transaction():
                if comment_id is None:
                    appeal_id = await filing.against_sanction(conn, site.id, words)
                else:
                    appeal_id = await filing.against_comment(conn, site.id, comment_id, words)
        except RefusedError as error:
            raise refused(error.refusal) from None
        appeal = await store.read_for_reader(conn, site.id, words.reader_id, appeal_id)
    tell(request, site, appeal_id, comment_id)
    return answer(appeal, status=201)


def tell(request: web.Request, site: Site, appeal_id: int, comment_id: int | None) -> None:
    """Let the consoles know that there is an appeal, and that its comment waits nowhere else any more."""
    notifier = request.app[NOTIFIER]
    notifier.staff(site.id, "appeal.changed", appeal_id)
    if comment_id is not None:
        notifier.staff(site.id, "item.decided", comment_id)


async def get_sanction(request: web.Request, site: Site, reader: Reader) -> web.Response:
    """Whether there is a restriction on one's own account."""
    sanction = await store.read_sanction(request.app[POOL], site.id, reader.id)
    reason = sanction.get("reason")
    words = ReasonCode(reason).for_author if reason in set(ReasonCode) else reason
    return answer(OwnSanctionOut.model_validate({**sanction, "reason": words}))


async def get_statement(request: web.Request, site: Site, reader: Reader, id: int) -> web.Response:
    """The statement of reasons for what keeps a comment of one's own from readers."""
    async with request.app[POOL].acquire() as conn:
        own = await comments.read_own(conn, site.id, reader.id, id)
        found = await statements.read_restriction_of(conn, site.id, id) if own else None
    if own is None or found is None:
        raise Problem("not_found", "Nothing keeps a comment of yours of this number from readers.")
    return answer(StatementOut(statement=statement(found), redress=REDRESS, appeal_until=own["appeal_until"]))
