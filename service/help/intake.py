"""Taking a ticket: never refused for being one too many, stored or synced to a file before anybody is told that it is safe."""

import asyncio
import functools
import secrets
from dataclasses import dataclass, replace
from typing import Any, Literal, get_args

import structlog
from aiohttp import web

from moderation.database import DATABASE_DOWN, Connection
from service.auth import Reader, token_hash
from service.help import mail
from service.help.diagnostics import clean_diagnostics
from service.help.fingerprints import mark
from service.help.handing import hand_over_if_due
from service.help.links import new_secret, secret_of, ticket_path
from service.help.references import make_reference
from service.help.spool import Spool, Spooled, SpoolFullError
from service.help.watch import WATCH
from service.keys import NOTIFIER, RESERVE, SETTINGS, SIGNER
from service.limits import Limits
from service.problems import Problem, unavailable
from service.store import faults, participation, tickets
from service.store.ticket_states import State
from service.store.tickets import NewTicket, ReferenceTakenError

Category = Literal[
    "cannot_post",
    "comment_missing",
    "comment_rejected",
    "sign_in",
    "display",
    "report_abuse",
    "illegal",
    "privacy",
    "other",
]
CATEGORIES: tuple[str, ...] = get_args(Category)
MAX_MESSAGE = 4000
MAX_EMAIL = 254
EMAIL = r"^[^@\s\x00-\x1f]{1,64}@[^@\s\x00-\x1f]+\.[^@\s.\x00-\x1f]{2,}$"

# Together less than an API call may take.
_LIMIT_WAIT_S = 0.4
_STORE_WAIT_S = 1.0
_log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Report:
    """What a reader wrote, checked and cleaned."""

    category: str
    message: str
    email: str | None
    article_key: str | None
    comment_id: int | None
    reader: Reader | None
    diagnostics: dict[str, Any] | None
    key: str
    client_hash: str
    # A person is unlikely to have sent it.
    suspect: bool = False


@dataclass(frozen=True, slots=True)
class Receipt:
    """What the reader is told: a reference to quote, and the secret of the private link."""

    site: str
    reference: str
    secret: str
    # False while the ticket lies in a file.
    filed: bool

    @property
    def path(self) -> str:
        """The private link's path; the secret is in the fragment, which browsers do not send."""
        return ticket_path(self.site, self.reference, self.secret)


def spool_of(app: web.Application) -> Spool:
    """Where this machine's processes keep tickets while the database is away."""
    return Spool(app[SETTINGS].data_dir / "spool", functools.partial(store, app))


async def file_spooled(app: web.Application) -> None:
    """Until cancelled: file what was kept in files, and tell the consoles."""

    def tell(site_id: int) -> None:
        app[NOTIFIER].staff(site_id, "ticket.changed")
        app[WATCH].new_ticket(site_id)

    await spool_of(app).run(app[RESERVE], tell)


def new_key() -> str:
    """An idempotency key for a report that came without one."""
    return secrets.token_urlsafe(24)


async def take(request: web.Request, site: str, site_id: int | None, report: Report) -> Receipt:
    """Store a report, or keep it in a file if the database cannot; raises Problem `key_reused` or `unavailable`.

    Reference and secret follow from the site and the key, so the same report gets the same ones however often it is
    sent, and whichever way it is kept.
    """
    app = request.app
    overflow = report.suspect or await _is_over_limit(request, report.reader)
    ticket = _ticket(app, site, site_id or 0, report, overflow=overflow)
    if site_id is not None:
        for attempt in range(3):
            try:
                stored = await _store(
                    app, replace(ticket, reference=_reference(app, site, report.key, attempt))
                )
            except ReferenceTakenError:
                continue
            except DATABASE_DOWN as error:
                _log.warning("ticket_spooled", error=type(error).__name__)
                break
            if not stored.same:
                raise Problem("key_reused")
            if stored.new is not None:
                app[NOTIFIER].staff(site_id, "ticket.changed")
                app[WATCH].new_ticket(site_id)
            return Receipt(
                site, stored.reference, secret_of(app, site, report.key, stored.secret_hash), filed=True
            )
    try:
        kept = (await spool_of(app).keep(Spooled(site, ticket))).ticket
    except (SpoolFullError, OSError) as error:
        _log.error("ticket_not_kept", error=type(error).__name__)
        raise unavailable() from None
    if (kept.category, kept.message) != (ticket.category, ticket.message):
        raise Problem("key_reused")
    return Receipt(site, kept.reference, secret_of(app, site, report.key, kept.secret_hash), filed=False)


async def _store(app: web.Application, ticket: NewTicket) -> tickets.Stored:
    async with asyncio.timeout(_STORE_WAIT_S), app[RESERVE].acquire() as conn, conn.transaction():
        return await store(app, conn, ticket)


async def store(app: web.Application, conn: Connection, ticket: NewTicket) -> tickets.Stored:
    """Store a ticket, once, with the mail that says so; in the caller's transaction. Raises ReferenceTakenError."""
    stored = await tickets.add(conn, ticket)
    if stored.new is not None:
        await mail.owe(app, conn, ticket.site_id, stored.new, ticket.email, "receipt")
        if ticket.category == "illegal" and ticket.comment_id is not None:
            await participation.report_by_ticket(
                conn, ticket.site_id, ticket.comment_id, stored.new, ticket.message
            )
            app[NOTIFIER].staff(ticket.site_id, "item.added", ticket.comment_id)
        appeal_id = await hand_over_if_due(conn, ticket)
        if appeal_id is not None:
            app[NOTIFIER].staff(ticket.site_id, "appeal.changed", appeal_id)
        if ticket.cause == "csp":
            # The page keeps the widget's own calls out, so that this is all that the site hears of it.
            page = str(ticket.diagnostics.get("page", ""))
            origin = "/".join(page.split("/", 3)[:3])
            await faults.note(conn, ticket.site_id, ticket.cause, origin, {"page": page})
    return stored


async def _is_over_limit(request: web.Request, reader: Reader | None) -> bool:
    """True if the client sends more than a person would. With nobody to ask, False."""
    limits = Limits(request.app[RESERVE], request.app[SETTINGS], request.app[SIGNER])
    try:
        async with asyncio.timeout(_LIMIT_WAIT_S):
            await limits.spend("ticket", request, f"{reader.site_id}:{reader.id}" if reader else None)
    except Problem:
        return True
    except DATABASE_DOWN:
        return False
    return False


def _ticket(app: web.Application, site: str, site_id: int, report: Report, *, overflow: bool) -> NewTicket:
    diagnostics = clean_diagnostics(report.diagnostics)
    marks = mark(diagnostics)
    return NewTicket(
        site_id=site_id,
        reference=_reference(app, site, report.key, 0),
        secret_hash=token_hash(new_secret(app, site, report.key)),
        category=report.category,
        message=report.message,
        email=report.email,
        article_key=report.article_key,
        comment_id=report.comment_id,
        reader_id=report.reader.id if report.reader else None,
        diagnostics=diagnostics,
        overflow=overflow,
        state=State.RECEIVED if marks.cause in (None, "unknown") else State.DIAGNOSED,
        idempotency_key=report.key,
        cause=marks.cause,
        fingerprint=marks.fingerprint,
        client_hash=report.client_hash,
    )


def _reference(app: web.Application, site: str, key: str, attempt: int) -> str:
    mac = app[SIGNER].macs("ticket-reference", f"{site}\n{key}\n{attempt}")[0]
    return make_reference(int.from_bytes(mac, "big"))
