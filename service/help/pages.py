"""Help pages that need no script, no cookie and no account: the form, the receipt, and the page of one ticket."""

import asyncio
import hmac
from typing import Any

from aiohttp import web

from moderation.database import DATABASE_DOWN, Connection
from service.auth import token_hash
from service.help.diagnostics import clean_text
from service.help.fingerprints import client_hash
from service.help.forms import Stamp, Typed, make_stamp, read_stamp
from service.help.illegal_page import send_notice, show_notice
from service.help.intake import MAX_MESSAGE, Report, take
from service.help.place import Place, for_site, render, static_file
from service.help.references import parse_reference
from service.help.self_help import look
from service.help.tickets import comment_number
from service.help.words import APPEALS, CATEGORIES, STATES
from service.keys import NOTIFIER, RESERVE, SIGNER
from service.parsing import read_form
from service.store import inbox, tickets
from service.store.ticket_states import Actor, State, after_solving, after_writing_back
from service.store.tickets import IllegalMoveError, Ticket

_WAIT_S = 2.0


async def show_form(request: web.Request, place: Place) -> web.Response:
    """The form; the query string may fill it in."""
    return await _form(request, place, Typed.read(request.query), {})


async def _form(
    request: web.Request,
    place: Place,
    typed: Typed,
    errors: dict[str, str],
    *,
    status: int = 200,
    again: bool = False,
) -> web.Response:
    return render(
        request,
        "form.html",
        place,
        status=status,
        typed=typed,
        errors=errors,
        again=again,
        self_help=await look(request, place.id, error=typed.error, article=typed.article),
        # A notice of illegal content has a form of its own.
        categories={code: words for code, words in CATEGORIES.items() if code != "illegal"},
        limit=MAX_MESSAGE,
        stamp=make_stamp(request.app[SIGNER], place.key),
    )


async def send_form(request: web.Request, place: Place) -> web.Response:
    """Take what was written; whatever is wrong with it, it is shown again with nothing lost."""
    fields = await read_form(request)
    typed = Typed.read(fields)
    errors = typed.errors()
    stamp = read_stamp(request.app[SIGNER], place.key, fields.get("stamp", ""))
    if errors or stamp is None:
        return await _form(request, place, typed, errors, status=422, again=not errors)
    report = Report(
        category=typed.category,
        message=typed.message,
        email=typed.email or None,
        article_key=typed.article or None,
        comment_id=comment_number(typed.comment_id),
        reader=None,
        diagnostics={
            "scripts": False,
            "browser": request.headers.get("User-Agent", ""),
            "error": {"code": typed.error} if typed.error else None,
        },
        client_hash=client_hash(request),
        key=f"form-{stamp.nonce}",
        suspect=typed.trapped or stamp.hasty,
    )
    receipt = await take(request, place.key, place.id, report)
    return render(
        request,
        "thanks.html",
        place,
        status=201 if receipt.filed else 202,
        receipt=receipt,
        email=typed.email,
    )


async def show_ticket(request: web.Request, place: Place) -> web.Response:
    """Ask for the secret, which a browser keeps to itself: a script puts it in from the link, or the reader does."""
    return _locked(request, place, wrong=False)


def _locked(request: web.Request, place: Place, *, wrong: bool, status: int = 200) -> web.Response:
    reference = request.match_info["reference"]
    return render(
        request,
        "locked.html",
        place,
        status=status,
        reference=parse_reference(reference) or reference,
        wrong=wrong,
    )


async def open_ticket(request: web.Request, place: Place) -> web.Response:
    """Show a ticket to whoever has its secret, and take what they write back, or that the trouble is over."""
    fields = await request.post()
    secret = str(fields.get("secret", "")).strip().rpartition("#")[2]
    message = clean_text(str(fields.get("message", ""))).strip()
    solved = "solved" in fields
    stamp = read_stamp(request.app[SIGNER], place.key, str(fields.get("stamp", "")))
    error = _refusal(message, stamp, solved=solved)
    try:
        async with asyncio.timeout(_WAIT_S), request.app[RESERVE].acquire() as conn:
            ticket = await _unlock(conn, request, place, secret)
            if ticket is None:
                return _locked(request, place, wrong=True, status=403)
            if stamp and not error and (message or solved):
                error = await _take_back(conn, ticket, place.id or 0, message, stamp.nonce, solved=solved)
                request.app[NOTIFIER].staff(place.id or 0, "ticket.changed")
            document = await inbox.read(conn, place.id or 0, ticket.reference)
    except DATABASE_DOWN:
        return _ticket(request, place, "later.html", secret, status=503, draft=message)
    assert document is not None
    state = State(document["state"])
    return _ticket(
        request,
        place,
        "ticket.html",
        secret,
        status=422 if error else 200,
        ticket=document,
        state=STATES[state],
        category=CATEGORIES[document["category"]],
        appeal=APPEALS[document["appeal"]["state"]] if document["appeal"] else "",
        can_write=after_writing_back(state) is not None and not ticket.lapsed,
        can_solve=after_solving(state) is not None,
        written=bool(message) and not error,
        error=error,
        draft=message if error else "",
    )


def _ticket(
    request: web.Request, place: Place, template: str, secret: str, *, status: int, **values: Any
) -> web.Response:
    reference = request.match_info["reference"]
    return render(
        request,
        template,
        place,
        status=status,
        reference=parse_reference(reference) or reference,
        secret=secret,
        stamp=make_stamp(request.app[SIGNER], place.key),
        limit=MAX_MESSAGE,
        **values,
    )


def _refusal(message: str, stamp: Stamp | None, *, solved: bool) -> str:
    if len(message) > MAX_MESSAGE:
        return f"This is {len(message):,} characters long; {MAX_MESSAGE:,} fit."
    if (message or solved) and stamp is None:
        return "This page was open for a long time. Nothing is lost: please press “Send” once more."
    return ""


async def _unlock(conn: Connection, request: web.Request, place: Place, secret: str) -> Ticket | None:
    """The ticket, if there is one with this secret."""
    reference = parse_reference(request.match_info["reference"]) or ""
    ticket = await tickets.find(conn, place.id or 0, reference)
    fits = ticket is not None and hmac.compare_digest(ticket.secret_hash, token_hash(secret))
    return ticket if fits else None


async def _take_back(
    conn: Connection, ticket: Ticket, site_id: int, message: str, nonce: str, *, solved: bool
) -> str:
    """Add what the reader wrote and move the ticket as that asks for; says why, in words, where it is too late."""
    try:
        async with conn.transaction():
            locked = await tickets.find(conn, site_id, ticket.reference, lock=True) or ticket
            state = _target(locked.state, solved=solved)
            key = f"form-{nonce}"
            if solved or await tickets.write(
                conn, site_id, locked, author="reader", body=message, idempotency_key=key
            ):
                await tickets.move(conn, site_id, locked, state, actor=Actor.READER)
    except IllegalMoveError:
        return "" if solved else "This message is closed. Please send us a new one."
    return ""


def _target(state: State, *, solved: bool) -> State:
    target = after_solving(state) if solved else after_writing_back(state)
    if target is None:
        raise IllegalMoveError
    return target


PAGES: list[web.RouteDef] = [
    # No site's key begins with a dash.
    web.get("/help/-/{file}", static_file),
    web.get("/help/{site}", for_site(show_form)),
    web.post("/help/{site}", for_site(send_form)),
    web.get("/help/{site}/illegal", for_site(show_notice)),
    web.post("/help/{site}/illegal", for_site(send_notice)),
    web.get("/help/{site}/tickets/{reference}", for_site(show_ticket)),
    web.post("/help/{site}/tickets/{reference}", for_site(open_ticket)),
]
