"""Mails to readers about answers: the link that confirms an address, and what happened since, gathered."""

import asyncio
import textwrap
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import formatdate
from urllib.parse import urlsplit

import structlog
from aiohttp import web

from moderation.database import DATABASE_DOWN
from service import mailboxes
from service.keys import RESERVE, SETTINGS
from service.public.words import plain
from service.store import following
from service.store.mail import Mail

KINDS = frozenset({"confirm", "digest"})
EVERY_S = 20.0
_BATCH = 100
_MOST_SHOWN = 20
_EXCERPT = 280
_log = structlog.get_logger()


async def run(app: web.Application) -> None:
    """Until cancelled: make mails of what there is to tell."""
    while app[SETTINGS].smtp_url:
        try:
            while await gather(app):
                pass
        except DATABASE_DOWN as error:
            _log.warning("digests_postponed", error=type(error).__name__)
        await asyncio.sleep(EVERY_S)


async def gather(app: web.Application) -> int:
    """Make the mails that are due; returns how many."""
    async with app[RESERVE].acquire() as conn, conn.transaction():
        return await following.gather(conn, limit=_BATCH)


async def compose(app: web.Application, one: Mail, email: str) -> EmailMessage | None:
    """The mail's text; None where nobody wants it any more. Raises ValueError for an address that cannot be one."""
    reader_id = int(one.payload["reader_id"])
    link = mailboxes.address(app, one.site_key, reader_id, email)
    if one.kind == "confirm":
        words = (
            f"Somebody, we hope you, wants to be told of answers to their comments at {one.site_name}. "
            "If it was you, confirm the address here; else do nothing, and you hear no more of it:"
        )
        return _message(
            app, one, email, f"Please confirm your address · {one.site_name}", [_filled(words), link]
        )
    async with app[RESERVE].acquire() as conn:
        site_id = await conn.fetchval("SELECT id FROM sites WHERE key = $1", one.site_key)
        mailbox = await following.read(conn, site_id, reader_id)
        told = await following.to_tell(conn, one.site_key, reader_id, one.payload["comments"])
    if mailbox is None or mailbox.email != email or not told:
        return None
    base = app[SETTINGS].base_url
    parts = []
    for comment in told[:_MOST_SHOWN]:
        what = "answered you on" if comment["answers"] else "wrote on"
        text = textwrap.shorten(plain(comment["html"]), _EXCERPT, placeholder=" …")
        place = (
            f"{comment['url']}#parley-{comment['id']}"
            if comment["url"]
            else f"{base}/conversations/{one.site_key}/{comment['id']}"
        )
        parts += [
            f"{comment['name']} {what} “{comment['title']}”:",
            textwrap.indent(_filled(text), "    "),
            place,
        ]
    if len(told) > _MOST_SHOWN:
        parts.append(f"And {len(told) - _MOST_SHOWN} more.")
    parts.append(f"--\nYou asked for these mails, at most one an hour. Change or stop them:\n{link}")
    first = told[0]
    subject = (
        f"{first['name']} {'answered you' if first['answers'] else 'wrote a comment'}"
        if len(told) == 1
        else f"{len(told)} new comments"
    )
    message = _message(app, one, email, f"{subject} · {one.site_name}", parts)
    # RFC 8058: the mail program may stop them with one press.
    message["List-Unsubscribe"] = f"<{link}>"
    message["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    return message


def _filled(text: str) -> str:
    return textwrap.fill(text, 72, break_long_words=False, break_on_hyphens=False)


def _message(app: web.Application, one: Mail, email: str, subject: str, parts: list[str]) -> EmailMessage:
    settings = app[SETTINGS]
    host = urlsplit(settings.base_url).hostname or "localhost"
    message = EmailMessage()
    message["From"] = settings.mail_from or f"comments@{host}"
    message["To"] = str(Address(addr_spec=email))
    message["Subject"] = " ".join(subject.split())
    message["Message-ID"] = f"<mail-{one.id}@{host}>"
    message["Date"] = formatdate(usegmt=True)
    message["Auto-Submitted"] = "auto-generated"
    message.set_content("\n\n".join(parts) + "\n")
    return message
