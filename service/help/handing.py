"""A ticket about a rejection or a sanction becomes an appeal, and shows what comes of it."""

from moderation import filing
from moderation.database import Connection
from moderation.filing import Refusal, RefusedError, Words
from service.store import appeals, tickets
from service.store.ticket_states import Actor, State
from service.store.tickets import NewTicket, Ticket


async def hand_over(
    conn: Connection, site_id: int, ticket: Ticket, *, actor: Actor, staff_id: int | None = None
) -> int:
    """Make a ticket an appeal, or part of the one that its reader has made already; returns the appeal's id.

    Only what is the reader's own: a ticket from somebody who is not known shows nothing of a comment's fate. The caller has
    locked the ticket. Raises RefusedError or IllegalMoveError.
    """
    about = await tickets.read_subject(conn, site_id, ticket.id)
    if about.reader_id is None:
        raise RefusedError(Refusal.NOTHING)
    # The move first, so that nothing is appealed for a ticket that is over.
    await tickets.move(conn, site_id, ticket, State.HANDED_OVER, actor=actor, staff_id=staff_id)
    words = Words(about.reader_id, about.message)
    appeal_id = await appeals.open_on(conn, site_id, comment_id=about.comment_id, reader_id=about.reader_id)
    if appeal_id is None and about.comment_id is not None:
        appeal_id = await filing.against_comment(conn, site_id, about.comment_id, words)
    elif appeal_id is None:
        appeal_id = await filing.against_sanction(conn, site_id, words)
    await tickets.link_appeal(conn, site_id, ticket.id, appeal_id)
    return appeal_id


async def hand_over_if_due(conn: Connection, new: NewTicket) -> int | None:
    """Make a new ticket an appeal where that is what it is about and can be appealed; it stays a ticket otherwise."""
    about_it = new.category == "comment_rejected" or new.cause == "rejected"
    rejected = about_it and new.comment_id is not None
    if new.reader_id is None or not (rejected or new.cause == "sanctioned"):
        return None
    ticket = await tickets.find(conn, new.site_id, new.reference, lock=True)
    if ticket is None:
        return None
    try:
        # Its own savepoint: that there is nothing to appeal must not undo the ticket.
        async with conn.transaction():
            return await hand_over(conn, new.site_id, ticket, actor=Actor.READER)
    except RefusedError:
        return None
