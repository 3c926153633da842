"""Mail to readers about their tickets: written into the outbox with what it tells of, sent from there until it is taken."""

import asyncio
import textwrap
from email.errors import MessageError
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import formatdate
from urllib.parse import unquote, urlsplit

import aiosmtplib
import structlog
from aiohttp import web

from moderation.database import DATABASE_DOWN, Connection
from service import digests, letters
from service.help.links import private_link
from service.keys import RESERVE, SETTINGS
from service.settings import Settings
from service.store import mail
from service.store.mail import Mail

EVERY_S = 3.0
_BATCH = 20
_TIMEOUT_S = 20.0
_log = structlog.get_logger()

_WORDS = {
    "receipt": (
        "We have your message",
        "Thank you. We have your message. Our answer will be on this page, which only you have the link to:",
    ),
    "answer": ("Our answer", "We have answered your message. You can read it, and write back, here:"),
    "appeal": (
        "Your appeal is decided",
        "Somebody who had no part in the decision has looked at it again. What came of it, and why, stands here:",
    ),
    "resolved": (
        "Your message is resolved",
        "We think that the trouble you told us of is over. If it is not, write back within fourteen days:",
    ),
}


async def owe(
    app: web.Application,
    conn: Connection,
    site_id: int,
    ticket_id: int,
    email: str | None,
    kind: str,
    message_id: int | None = None,
) -> None:
    """Note a mail to a ticket's reader, if they gave an address and the operator set up mail."""
    if email and app[SETTINGS].smtp_url:
        await mail.owe(conn, site_id, ticket_id, kind, message_id)


async def owe_outcome(app: web.Application, conn: Connection, site_id: int, appeal_id: int) -> None:
    """Note the mails that tell what came of an appeal, to whoever gave an address on a ticket that became it."""
    if app[SETTINGS].smtp_url:
        await mail.owe_outcome(conn, site_id, appeal_id)


async def run(app: web.Application) -> None:
    """Until cancelled: send what is due. With the database away there is nothing to send."""
    while app[SETTINGS].smtp_url:
        try:
            while await send_due(app):
                pass
        except DATABASE_DOWN as error:
            _log.warning("mail_postponed", error=type(error).__name__)
        await asyncio.sleep(EVERY_S)


async def send_due(app: web.Application) -> int:
    """Send what is due now; returns how many were tried."""
    async with app[RESERVE].acquire() as conn, conn.transaction():
        due = await mail.take(conn, limit=_BATCH)
    for one in due:
        # Not in the transaction: a mail server may take its time, and a lease keeps others away.
        failure = await _send(app, one)
        async with app[RESERVE].acquire() as conn:
            if failure is None:
                await mail.sent(conn, one.id)
            else:
                await mail.failed(conn, one, failure[0], for_good=failure[1])
    return len(due)


async def _send(app: web.Application, one: Mail) -> tuple[str, bool] | None:
    """Hand a mail to the server. None if it took it; else what went wrong, and whether for good."""
    if one.email is None:
        return None
    try:
        message = (
            await digests.compose(app, one, one.email)
            if one.kind in digests.KINDS
            else _compose(app, one, one.email)
        )
        if message is None:
            return None
        async with mail_server(app[SETTINGS]) as server:
            await server.send_message(message, recipients=[one.email])
    except (aiosmtplib.SMTPException, OSError, ValueError, MessageError) as error:
        code = getattr(error, "code", None)
        if isinstance(error, aiosmtplib.SMTPRecipientsRefused):
            code = error.recipients[0].code
        for_good = isinstance(error, ValueError | MessageError) or (code is not None and 500 <= code < 600)
        # Never the address: the log is no place for it.
        _log.warning("mail_failed", mail=one.id, error=type(error).__name__, code=code, for_good=for_good)
        return f"{type(error).__name__} {code or ''}".strip(), for_good
    return None


def _compose(app: web.Application, one: Mail, email: str) -> EmailMessage:
    """The mail's text; raises ValueError or MessageError for an address that cannot be one."""
    settings = app[SETTINGS]
    host = urlsplit(settings.base_url).hostname or "localhost"
    if one.kind in letters.KINDS:
        subject = letters.title(one)
        words, link = letters.parts(app, one)
    else:
        title, words = _WORDS[one.kind]
        subject = f"[{one.reference}] {title} · {one.site_name}"
        link = private_link(app, one.site_key, one.reference, one.ticket_key, one.secret_hash)
    parts = [textwrap.fill(words, 76), link]
    if one.words:
        parts.insert(0, one.words)
    message = EmailMessage()
    message["From"] = settings.mail_from or f"comments@{host}"
    message["To"] = str(Address(addr_spec=email))
    message["Subject"] = subject
    # The same for every try: whoever gets it twice can tell.
    message["Message-ID"] = f"<ticket-mail-{one.id}@{host}>"
    message["Date"] = formatdate(usegmt=True)
    message["Auto-Submitted"] = "auto-generated"
    message.set_content("\n\n".join(parts) + "\n")
    return message


def mail_server(settings: Settings) -> aiosmtplib.SMTP:
    """The server that mails go through, to be entered; raises ValueError for an address that cannot be one."""
    url = urlsplit(settings.smtp_url or "")
    secure = url.scheme == "smtps"
    return aiosmtplib.SMTP(
        hostname=url.hostname or "localhost",
        port=url.port or (465 if secure else 25),
        use_tls=secure,
        username=unquote(url.username) if url.username else None,
        password=unquote(url.password) if url.password else None,
        timeout=_TIMEOUT_S,
    )
