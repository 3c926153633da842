"""What becomes of tickets by the passing of time: closed when nobody came back, and less and less known of their readers."""

from moderation.database import Connection
from service.store.ticket_states import REOPEN_DAYS

DIAGNOSTICS_DAYS = 90
CLIENT_DAYS = 7
# After a ticket's end nobody writes to its reader any more.
ADDRESS_DAYS = 7


async def close_resolved(conn: Connection) -> None:
    """Close what was resolved and not opened again in time. In one statement; the move is one of the table's."""
    await conn.execute(
        """WITH over AS (
               SELECT site_id, id, state FROM tickets
               WHERE state IN ('resolved', 'self_solved') AND resolved_at < now() - make_interval(days => $1)
               FOR NO KEY UPDATE
           ), steps AS (
               INSERT INTO ticket_steps (site_id, ticket_id, from_state, to_state, actor)
               SELECT site_id, id, state, 'closed', 'system' FROM over
           )
           UPDATE tickets t SET state = 'closed', updated_at = now()
           FROM over WHERE t.site_id = over.site_id AND t.id = over.id""",
        REOPEN_DAYS,
    )


async def forget(conn: Connection) -> None:
    """Forget diagnostics after 90 days, what tells clients apart after 7, and addresses 7 days after a ticket's end."""
    await conn.execute(
        """UPDATE tickets SET diagnostics = '{}', fingerprint = NULL
           WHERE created_at < now() - make_interval(days => $1) AND (diagnostics <> '{}' OR fingerprint IS NOT NULL)""",
        DIAGNOSTICS_DAYS,
    )
    await conn.execute(
        "UPDATE tickets SET client_hash = NULL WHERE client_hash IS NOT NULL AND created_at < now() - make_interval(days => $1)",
        CLIENT_DAYS,
    )
    await conn.execute(
        """UPDATE tickets SET email = NULL
           WHERE email IS NOT NULL AND state IN ('closed', 'merged', 'spam')
                 AND updated_at < now() - make_interval(days => $1)""",
        ADDRESS_DAYS,
    )
