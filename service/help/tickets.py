"""The call that the widget sends a report by."""

from typing import Annotated, Any

from aiohttp import web
from pydantic import AfterValidator, StringConstraints

from service.auth import Reader
from service.endpoint import answer
from service.help.diagnostics import clean_text
from service.help.fingerprints import client_hash
from service.help.intake import EMAIL, MAX_EMAIL, MAX_MESSAGE, Category, Report, new_key, take
from service.keys import SETTINGS
from service.parsing import KEY, In, Out, idempotency_key
from service.sites import Site

_MAX_ID = 2**63 - 1


def _message(text: str) -> str:
    cleaned = clean_text(text).strip()
    if not cleaned:
        raise ValueError("Write a few words about what happened.")
    return cleaned


class TicketIn(In):
    """What went wrong, in the reader's words; an empty `email` is none. `key` is an Idempotency-Key for beacons, which have no headers."""

    cleans_nul = True

    category: Category
    message: Annotated[
        str,
        StringConstraints(strip_whitespace=True, min_length=1, max_length=MAX_MESSAGE),
        AfterValidator(_message),
    ]
    email: (
        Annotated[str, StringConstraints(strip_whitespace=True, max_length=MAX_EMAIL, pattern=f"^$|{EMAIL}")]
        | None
    ) = None
    article: Annotated[str, StringConstraints(max_length=512), AfterValidator(clean_text)] | None = None
    comment_id: Annotated[str, StringConstraints(max_length=32)] | None = None
    diagnostics: dict[str, Any] | None = None
    key: Annotated[str, StringConstraints(pattern=KEY.pattern)] | None = None


class ReceiptOut(Out):
    """A reference to quote, and a private link to follow the ticket by."""

    reference: str
    url: str


async def create_ticket(
    request: web.Request, site: Site, reader: Reader | None, body: TicketIn
) -> web.Response:
    """Tell the staff of trouble with commenting. 201 once it is stored; 202 while it lies in a file."""
    report = Report(
        category=body.category,
        message=body.message,
        email=body.email or None,
        article_key=body.article or None,
        comment_id=comment_number(body.comment_id),
        reader=reader,
        diagnostics=body.diagnostics,
        key=idempotency_key(request) or body.key or new_key(),
        client_hash=client_hash(request),
    )
    receipt = await take(request, site.key, site.id, report)
    url = request.app[SETTINGS].base_url + receipt.path
    return answer(ReceiptOut(reference=receipt.reference, url=url), status=201 if receipt.filed else 202)


def comment_number(text: str | None) -> int | None:
    """A comment's id as a browser sends it; one that cannot be is left out, the report is worth more."""
    if text and text.isascii() and text.isdigit() and len(text) < 20 and int(text) <= _MAX_ID:
        return int(text)
    return None
