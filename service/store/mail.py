"""Mail that is still to be sent: rows of the outbox without a webhook, in order per ticket, each tried until it is taken."""

from dataclasses import dataclass
from typing import Any

from moderation.database import Connection

# While one process sends it, no other does; if that one dies, another takes over after this.
_LEASE = "2 minutes"
# A mail server that is away for longer than this has lost the mail.
_GIVE_UP = "3 days"
# What came of an appeal is told when whoever judged it has had so long to think again.
_UNDO_TIME = "2 minutes"
_FIRST_WAIT_S = 30
_LONGEST_WAIT_S = 3600


@dataclass(frozen=True, slots=True)
class Mail:
    """One mail to be written from what the database says now; `words` is None unless it carries a message."""

    id: int
    kind: str
    attempts: int
    site_key: str
    site_name: str
    reference: str
    secret_hash: bytes
    ticket_key: str
    email: str | None
    words: str | None
    payload: dict[str, Any]


async def owe(
    conn: Connection, site_id: int, ticket_id: int, kind: str, message_id: int | None = None
) -> None:
    """Note a mail about a ticket, in the transaction that it tells of: `receipt`, `answer` or `resolved`."""
    payload: dict[str, Any] = {"ticket_id": ticket_id, "message_id": message_id}
    await conn.execute(
        """INSERT INTO outbox (site_id, type, subject, payload)
           VALUES ($1, 'mail.' || $2::text, 'ticket:' || $3::text, $4)""",
        site_id,
        kind,
        str(ticket_id),
        payload,
    )


async def owe_outcome(conn: Connection, site_id: int, appeal_id: int) -> None:
    """Note a mail for each ticket that became an appeal, to be sent once there was time to take the outcome back; one that has
    not been sent yet tells of the last outcome, too.
    """
    await conn.execute(
        f"""INSERT INTO outbox (site_id, type, subject, payload, ready_at)
            SELECT t.site_id, 'mail.appeal', 'ticket:' || t.id, jsonb_build_object('ticket_id', t.id),
                   now() + interval '{_UNDO_TIME}'
            FROM tickets t WHERE t.site_id = $1 AND t.appeal_id = $2 AND t.email IS NOT NULL
                AND NOT EXISTS (SELECT FROM outbox o WHERE o.site_id = t.site_id AND o.subject = 'ticket:' || t.id
                                AND o.webhook_id IS NULL AND o.type = 'mail.appeal' AND o.attempts = 0)""",
        site_id,
        appeal_id,
    )


async def take(conn: Connection, *, limit: int) -> list[Mail]:
    """Up to `limit` mails that are due, the first of each ticket only, so that they arrive in order."""
    rows = await conn.fetch(
        f"""WITH due AS (
                SELECT o.id FROM outbox o
                WHERE o.webhook_id IS NULL AND o.ready_at <= now() AND o.gave_up_at IS NULL
                      AND NOT EXISTS (SELECT FROM outbox e WHERE e.site_id = o.site_id AND e.subject = o.subject
                                      AND e.webhook_id IS NULL AND e.gave_up_at IS NULL AND e.id < o.id)
                ORDER BY o.id LIMIT $1 FOR UPDATE OF o SKIP LOCKED
            ), taken AS (
                UPDATE outbox o SET attempts = o.attempts + 1, ready_at = now() + interval '{_LEASE}'
                FROM due WHERE o.id = due.id RETURNING o.*
            )
            SELECT k.id, substr(k.type, 6) AS kind, k.attempts, s.key AS site_key, s.name AS site_name, t.reference,
                   t.secret_hash, t.idempotency_key, m.body, k.payload,
                   -- Taken back meanwhile: there is nothing to tell.
                   coalesce(k.payload ->> 'email', CASE WHEN k.type <> 'mail.appeal' OR p.state <> 'open' THEN t.email END) AS email
            FROM taken k JOIN sites s ON s.id = k.site_id
            LEFT JOIN tickets t ON t.site_id = k.site_id AND t.id = (k.payload->>'ticket_id')::bigint
            LEFT JOIN appeals p ON p.site_id = t.site_id AND p.id = t.appeal_id
            LEFT JOIN ticket_messages m ON m.site_id = k.site_id AND m.id = (k.payload->>'message_id')::bigint
            ORDER BY k.id""",
        limit,
    )
    return [
        Mail(
            id=row["id"],
            kind=row["kind"],
            attempts=row["attempts"],
            site_key=row["site_key"],
            site_name=row["site_name"],
            reference=row["reference"] or "",
            secret_hash=row["secret_hash"] or b"",
            ticket_key=row["idempotency_key"] or "",
            email=row["email"],
            words=row["body"],
            payload=row["payload"],
        )
        for row in rows
    ]


async def sent(conn: Connection, mail_id: int) -> None:
    """The mail server has it, or nobody wants it any more."""
    await conn.execute("DELETE FROM outbox WHERE id = $1", mail_id)


async def failed(conn: Connection, mail: Mail, error: str, *, for_good: bool) -> None:
    """Try again later, at growing intervals of up to an hour; or never, if the failure is final or has lasted for days."""
    wait = min(_FIRST_WAIT_S * 2 ** (mail.attempts - 1), _LONGEST_WAIT_S)
    await conn.execute(
        f"""UPDATE outbox SET error = $2, ready_at = now() + make_interval(secs => $3),
               gave_up_at = CASE WHEN $4 OR created_at < now() - interval '{_GIVE_UP}' THEN now() END
            WHERE id = $1""",
        mail.id,
        error,
        wait,
        for_good,
    )


def state_of(ticket: str) -> str:
    """SQL for how the mails of a ticket (an alias) do: null when none waits, else {state: waiting|failed, error}."""
    return f"""(SELECT json_build_object(
            'state', CASE WHEN bool_or(o.gave_up_at IS NOT NULL) THEN 'failed' ELSE 'waiting' END,
            'error', (array_agg(o.error ORDER BY o.id DESC) FILTER (WHERE o.error IS NOT NULL))[1])
        FROM outbox o WHERE o.site_id = {ticket}.site_id AND o.subject = 'ticket:' || {ticket}.id
             AND o.webhook_id IS NULL HAVING count(*) > 0)"""
