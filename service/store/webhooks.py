"""Webhooks, and what is still to be sent to them: rows of the outbox, in order per subject, each tried until it is taken."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import asyncpg

from moderation.database import Connection

# While one process sends it, no other does; if that one dies, another takes over after this.
_LEASE = "2 minutes"
# A receiver that is away for longer has lost the message.
GIVE_UP_DAYS = 3
_FIRST_WAIT_S = 15
_LONGEST_WAIT_S = 3600
_TOLD_DAYS = 30


@dataclass(frozen=True, slots=True)
class Webhook:
    """A receiver, with the secrets that sign what it gets: the newest first."""

    site_id: int
    id: int
    site: str
    url: str
    secrets: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Message:
    """One message as it is sent, the same at every try; `attempts` counts this one."""

    id: int
    type: str
    subject: str
    payload: dict[str, Any]
    attempts: int
    created_at: datetime


_WEBHOOK = """w.site_id, w.id, s.key AS site, w.url, w.secret,
    CASE WHEN w.former_until > now() THEN w.former_secret END AS former_secret"""


def _webhook(row: asyncpg.Record) -> Webhook:
    secrets = tuple(one for one in (row["secret"], row["former_secret"]) if one)
    return Webhook(row["site_id"], row["id"], row["site"], row["url"], secrets)


async def owe(conn: Connection, site_id: int, type_: str, subject: str, payload: dict[str, Any]) -> None:
    """Leave a message for each of the site's webhooks, in the transaction that it tells of."""
    await conn.execute(
        """INSERT INTO outbox (site_id, webhook_id, type, subject, payload)
           SELECT $1, w.id, $2, $3, $4 FROM webhooks w WHERE w.site_id = $1 AND w.disabled_at IS NULL""",
        site_id,
        type_,
        subject,
        payload,
    )


async def with_work(conn: Connection) -> list[Webhook]:
    """The webhooks for which something is due."""
    rows = await conn.fetch(
        f"""SELECT {_WEBHOOK} FROM webhooks w JOIN sites s ON s.id = w.site_id
            WHERE w.disabled_at IS NULL AND EXISTS (
                SELECT FROM outbox o WHERE o.site_id = w.site_id AND o.webhook_id = w.id AND o.gave_up_at IS NULL
                AND o.ready_at <= now())
            ORDER BY w.id"""
    )
    return [_webhook(row) for row in rows]


async def take(conn: Connection, webhook: Webhook, *, limit: int) -> list[Message]:
    """Up to `limit` messages that are due, the first of each subject only, so that they arrive in order."""
    rows = await conn.fetch(
        f"""WITH due AS (
                SELECT o.id FROM outbox o
                WHERE o.site_id = $1 AND o.webhook_id = $2 AND o.ready_at <= now() AND o.gave_up_at IS NULL
                      AND NOT EXISTS (SELECT FROM outbox e WHERE e.webhook_id = $2 AND e.subject = o.subject
                                      AND e.gave_up_at IS NULL AND e.id < o.id)
                ORDER BY o.id LIMIT $3 FOR UPDATE OF o SKIP LOCKED
            )
            UPDATE outbox o SET attempts = o.attempts + 1, ready_at = now() + interval '{_LEASE}'
            FROM due WHERE o.id = due.id
            RETURNING o.id, o.type, o.subject, o.payload, o.attempts, o.created_at""",
        webhook.site_id,
        webhook.id,
        limit,
    )
    return [Message(**row) for row in sorted(rows, key=lambda row: row["id"])]


async def delivered(conn: Connection, webhook: Webhook, message_id: int) -> None:
    """The receiver has it."""
    await conn.execute("DELETE FROM outbox WHERE id = $1", message_id)
    await conn.execute(
        "UPDATE webhooks SET delivered_at = now() WHERE site_id = $1 AND id = $2", webhook.site_id, webhook.id
    )


async def failed(conn: Connection, message: Message, error: str, *, at_least_s: float = 0) -> None:
    """Try again later: after 15 s, then twice as long each time up to an hour, give or take a fifth; for three days.

    `at_least_s` is what the receiver asked for, and counts up to that hour.
    """
    wait = min(max(_FIRST_WAIT_S * 2 ** min(message.attempts - 1, 20), at_least_s), _LONGEST_WAIT_S)
    await conn.execute(
        """UPDATE outbox SET error = $2, ready_at = now() + make_interval(secs => $3 * (0.8 + 0.4 * random())),
               gave_up_at = CASE WHEN created_at < now() - make_interval(days => $4) THEN now() END
           WHERE id = $1""",
        message.id,
        error,
        wait,
        GIVE_UP_DAYS,
    )


async def disable(conn: Connection, webhook: Webhook, why: str) -> None:
    """Send nothing more, and give up what waits: the receiver wants no more of it."""
    await conn.execute(
        "UPDATE webhooks SET disabled_at = now(), disabled_why = $3 WHERE site_id = $1 AND id = $2",
        webhook.site_id,
        webhook.id,
        why,
    )
    await conn.execute(
        """UPDATE outbox SET gave_up_at = now(), error = $3
           WHERE site_id = $1 AND webhook_id = $2 AND gave_up_at IS NULL""",
        webhook.site_id,
        webhook.id,
        why,
    )


async def forget(conn: Connection) -> None:
    """Forget what was given up a month ago: until then it is shown."""
    await conn.execute("DELETE FROM outbox WHERE gave_up_at < now() - make_interval(days => $1)", _TOLD_DAYS)


async def add(conn: Connection, site_id: int, url: str, secret: str) -> int:
    """A new webhook; returns its id."""
    id_: int = await conn.fetchval(
        "INSERT INTO webhooks (site_id, url, secret) VALUES ($1, $2, $3) RETURNING id", site_id, url, secret
    )
    return id_


async def find(conn: Connection, site_id: int, webhook_id: int) -> Webhook | None:
    """One webhook, also if it is disabled."""
    row = await conn.fetchrow(
        f"SELECT {_WEBHOOK} FROM webhooks w JOIN sites s ON s.id = w.site_id WHERE w.site_id = $1 AND w.id = $2",
        site_id,
        webhook_id,
    )
    return _webhook(row) if row else None


async def remove(conn: Connection, site_id: int, webhook_id: int) -> bool:
    """Delete one, with what waits for it; False if there is none."""
    done = await conn.fetchval(
        "DELETE FROM webhooks WHERE site_id = $1 AND id = $2 RETURNING id", site_id, webhook_id
    )
    return done is not None


async def rotate(conn: Connection, site_id: int, webhook_id: int, secret: str, *, hours: int) -> bool:
    """A new secret; the one before signs as well for some hours. False if there is no such webhook."""
    done = await conn.fetchval(
        """UPDATE webhooks SET former_secret = secret, former_until = now() + make_interval(hours => $4), secret = $3
           WHERE site_id = $1 AND id = $2 RETURNING id""",
        site_id,
        webhook_id,
        secret,
        hours,
    )
    return done is not None


async def enable(conn: Connection, site_id: int, webhook_id: int) -> bool:
    """Send again from now on, to one that was disabled; False if there is no such webhook."""
    done = await conn.fetchval(
        """UPDATE webhooks SET disabled_at = NULL, disabled_why = NULL
           WHERE site_id = $1 AND id = $2 RETURNING id""",
        site_id,
        webhook_id,
    )
    return done is not None


async def states(conn: Connection, site_id: int) -> list[asyncpg.Record]:
    """How a site's webhooks do: url, disabled_why, delivered_at, and what waits or was given up, with the last error."""
    rows: list[asyncpg.Record] = await conn.fetch(
        """SELECT w.id, w.url, w.disabled_at, w.disabled_why, w.delivered_at, o.waiting, o.gave_up, o.oldest, o.error
           FROM webhooks w CROSS JOIN LATERAL (
               SELECT count(*) FILTER (WHERE gave_up_at IS NULL) AS waiting,
                      count(*) FILTER (WHERE gave_up_at IS NOT NULL) AS gave_up,
                      min(created_at) FILTER (WHERE gave_up_at IS NULL) AS oldest,
                      (array_agg(error ORDER BY id DESC) FILTER (WHERE error IS NOT NULL))[1] AS error
               FROM outbox WHERE site_id = $1 AND webhook_id = w.id) o
           WHERE w.site_id = $1 ORDER BY w.id""",
        site_id,
    )
    return rows
