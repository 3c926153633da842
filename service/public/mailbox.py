"""The page behind the links in mails: an address is confirmed, threads are left, all mail is stopped."""

from aiohttp import web

from moderation.database import Connection
from service import mailboxes
from service.assets import manifest
from service.keys import POOL
from service.parsing import read_form
from service.sites import Site
from service.store import following
from service.store.following import Mailbox
from service.templating import page


async def _open(conn: Connection, request: web.Request, site: Site) -> tuple[int, Mailbox]:
    """The mailbox that the link proves; raises Problem `not_found`."""
    reader_id, proof = mailboxes.reader_of(request.match_info["token"])
    mailbox = await following.read(conn, site.id, reader_id)
    if mailbox is None or not mailboxes.is_proof(request.app, site.key, reader_id, mailbox.email, proof):
        raise mailboxes.not_there()
    return reader_id, mailbox


async def show_mailbox(request: web.Request, site: Site) -> web.Response:
    """What is sent to the address. Programs that look through mail follow links too, so looking changes nothing."""
    async with request.app[POOL].acquire() as conn:
        reader_id, mailbox = await _open(conn, request, site)
        threads = await following.followed(conn, site.id, reader_id)
    return _page(request, site, mailbox, threads)


async def change_mailbox(request: web.Request, site: Site) -> web.Response:
    """Confirm the address, leave a thread, or stop everything: by a button here, or one press in the mail program (RFC 8058)."""
    fields = await read_form(request)
    async with request.app[POOL].acquire() as conn, conn.transaction():
        reader_id, mailbox = await _open(conn, request, site)
        if "confirm" in fields:
            await following.confirm(conn, site.id, reader_id)
        elif "leave" in fields:
            await following.leave(conn, site.id, reader_id, fields["leave"])
        elif "stop" in fields or fields.get("List-Unsubscribe") == "One-Click":
            await following.forget(conn, site.id, reader_id)
            return _page(request, site, None, [])
        mailbox = await following.read(conn, site.id, reader_id) or mailbox
        threads = await following.followed(conn, site.id, reader_id)
    return _page(request, site, mailbox, threads)


def _page(
    request: web.Request, site: Site, mailbox: Mailbox | None, threads: list[dict[str, str]]
) -> web.Response:
    return page(
        "public/mailbox.html",
        site=site,
        css=f"/{manifest()['files']['page.css']}",
        mailbox=mailbox,
        threads=threads,
        path=request.path,
    )
