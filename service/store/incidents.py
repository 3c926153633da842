"""Incidents: many different clients with one cause in a short time, far above what is usual for that hour."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import asyncpg
import orjson

from moderation.database import Connection
from service.store import webhooks

MINUTES = 10
CLIENTS = 5
# How unlikely a crowd must be under the usual rate: with a thousand windows a week and tens of causes, a false alarm
# should take years.
_CHANCE = 1e-7
_DAYS = 7
_SLOTS_AN_HOUR = 60 / MINUTES

# Tickets that count: somebody's own, not one too many, not taken for spam. What came before an incident with the same
# cause and error was ended makes no new crowd. $1 site, $2 causes, $3 now.
_COUNTED = f"""
    SELECT t.cause, split_part(t.fingerprint, '|', 2) AS code, t.client_hash,
           t.created_at > $3::timestamptz - interval '{MINUTES} minutes' AND t.created_at > coalesce((
               SELECT max(i.resolved_at) FROM incidents i WHERE i.site_id = $1 AND i.cause = t.cause
                   AND i.code = split_part(t.fingerprint, '|', 2)), '-infinity') AS now,
           t.created_at <= $3::timestamptz - interval '{2 * MINUTES} minutes' AND t.created_at > $3::timestamptz - interval '1 day' AS today,
           t.created_at <= $3::timestamptz - interval '12 hours' AND
               abs(extract(epoch FROM $3::timestamptz - t.created_at) - 86400 * round(extract(epoch FROM $3::timestamptz - t.created_at) / 86400))
               <= 1800 AS this_hour
    FROM tickets t
    WHERE t.site_id = $1 AND t.cause = ANY($2) AND NOT t.overflow AND t.state NOT IN ('spam', 'merged')
          AND t.created_at <= $3::timestamptz AND t.created_at > $3::timestamptz - interval '{_DAYS} days 1 hour'"""
_CROWDS = f"""
    SELECT cause, code, count(DISTINCT client_hash) FILTER (WHERE now) AS clients,
           count(*) FILTER (WHERE today) AS today, count(*) FILTER (WHERE this_hour) AS this_hour,
           (SELECT extract(epoch FROM $3::timestamptz - min(created_at)) / 86400 FROM tickets
            WHERE site_id = $1 AND created_at > $3::timestamptz - interval '{_DAYS} days 1 hour')::float8 AS days
    FROM ({_COUNTED}) counted GROUP BY cause, code
    HAVING count(DISTINCT client_hash) FILTER (WHERE now) >= {CLIENTS}"""


def is_far_above(clients: int, usual: float) -> bool:
    """True if `clients` in one slot are beyond chance where `usual` come on average (Poisson, upper tail)."""
    below = sum(math.exp(-usual + k * math.log(usual) - math.lgamma(k + 1)) for k in range(clients))
    return 1 - below < _CHANCE


async def watch(conn: Connection, site_id: int, causes: Sequence[str], now: datetime) -> list[int]:
    """Open an incident for each crowd that has none, and link what belongs to those that are open; gives the new ones' ids."""
    opened = []
    for crowd in await conn.fetch(_CROWDS, site_id, list(causes), now):
        if is_far_above(crowd["clients"], _usual(crowd)):
            id_ = await _open(conn, site_id, crowd["cause"], crowd["code"], now)
            opened += [id_] if id_ is not None else []
    await _link(conn, site_id)
    return opened


def _usual(crowd: asyncpg.Record) -> float:
    """Clients in ten minutes: an hour around now on each of the last seven days; on a site's first day, what came so far."""
    days: float = crowd["days"]
    today: int = crowd["today"]
    this_hour: int = crowd["this_hour"]
    if days < 1:
        return max(today / max(24 * days, 1), 1 / 24) / _SLOTS_AN_HOUR
    # One more than was counted: a rate that was never seen is not a rate of nothing.
    return (this_hour + 1) / (min(int(days), _DAYS) * _SLOTS_AN_HOUR)


async def _open(conn: Connection, site_id: int, cause: str, code: str, now: datetime) -> int | None:
    """A new incident; None if one is open already."""
    id_: int | None = await conn.fetchval(
        """INSERT INTO incidents (site_id, cause, code, opened_at) VALUES ($1, $2, $3, $4)
           ON CONFLICT (site_id, cause, code) WHERE resolved_at IS NULL DO NOTHING RETURNING id""",
        site_id,
        cause,
        code,
        now,
    )
    if id_ is not None:
        payload = {"incident_id": str(id_), "cause": cause, "code": code}
        await webhooks.owe(conn, site_id, "incident.opened", f"incident:{id_}", payload)
    return id_


async def _link(conn: Connection, site_id: int) -> None:
    """Link what came with an open incident's cause and error, then and since; what staff work on already stays theirs.

    In one statement for all of them; the moves are those of the table of states.
    """
    await conn.execute(
        f"""WITH matched AS (
                SELECT t.id, t.state, i.id AS incident_id FROM tickets t
                JOIN incidents i ON i.site_id = t.site_id AND i.cause = t.cause AND i.resolved_at IS NULL
                                    AND i.code = split_part(t.fingerprint, '|', 2)
                WHERE t.site_id = $1 AND t.incident_id IS NULL AND NOT t.overflow
                      AND t.state IN ('received', 'diagnosed', 'open')
                      AND t.created_at > i.opened_at - interval '{MINUTES} minutes'
                FOR NO KEY UPDATE OF t
            ), steps AS (
                INSERT INTO ticket_steps (site_id, ticket_id, from_state, to_state, actor)
                SELECT $1, id, state, 'linked', 'system' FROM matched
            )
            UPDATE tickets t SET incident_id = matched.incident_id, state = 'linked', updated_at = now()
            FROM matched WHERE t.site_id = $1 AND t.id = matched.id""",
        site_id,
    )


async def open_since(conn: Connection, site_id: int) -> datetime | None:
    """Since when the oldest open incident is open; None if there is none."""
    since: datetime | None = await conn.fetchval(
        "SELECT min(opened_at) FROM incidents WHERE site_id = $1 AND resolved_at IS NULL", site_id
    )
    return since


async def count_open(conn: Connection, site_id: int) -> int:
    """How many are open."""
    count: int = await conn.fetchval(
        "SELECT count(*) FROM incidents WHERE site_id = $1 AND resolved_at IS NULL", site_id
    )
    return count


def _shared(part: int) -> str:
    """SQL for the value that nine in ten of an incident's tickets have at a place of their fingerprint."""
    value = f"split_part(t.fingerprint, '|', {part})"
    return f"""(SELECT {value} FROM tickets t WHERE t.site_id = i.site_id AND t.incident_id = i.id
                GROUP BY 1 HAVING count(*) >= 0.9 * (SELECT count(*) FROM tickets a
                                                     WHERE a.site_id = i.site_id AND a.incident_id = i.id)
                LIMIT 1)"""


_INCIDENT = f"""json_build_object(
    'id', i.id::text, 'cause', i.cause, 'code', i.code, 'opened_at', i.opened_at, 'resolved_at', i.resolved_at,
    'resolved_by', CASE WHEN s.id IS NOT NULL THEN json_build_object('id', s.id::text, 'name', s.name) END,
    'answer', i.answer,
    'common', json_build_object('build', {_shared(3)}, 'browser', {_shared(4)}, 'route', {_shared(5)}),
    'tickets', (SELECT count(*) FROM tickets t WHERE t.site_id = i.site_id AND t.incident_id = i.id),
    'waiting', (SELECT count(*) FROM tickets t WHERE t.site_id = i.site_id AND t.incident_id = i.id
                AND t.state = 'linked'))::text"""
_TABLES = "FROM incidents i LEFT JOIN staff s ON s.id = i.resolved_by WHERE i.site_id = $1"


async def list_incidents(
    conn: Connection, site_id: int, *, only_open: bool, before: int | None, limit: int
) -> list[dict[str, Any]]:
    """Incidents' JSON, newest first."""
    rows = await conn.fetch(
        f"""SELECT {_INCIDENT} AS json {_TABLES} AND (NOT $2 OR i.resolved_at IS NULL)
            AND ($3::bigint IS NULL OR i.id < $3) ORDER BY i.id DESC LIMIT $4""",
        site_id,
        only_open,
        before,
        limit,
    )
    return [orjson.loads(row["json"]) for row in rows]


async def read(conn: Connection, site_id: int, incident_id: int) -> dict[str, Any] | None:
    """One incident's JSON."""
    text = await conn.fetchval(f"SELECT {_INCIDENT} {_TABLES} AND i.id = $2", site_id, incident_id)
    return orjson.loads(text) if text else None


@dataclass(frozen=True, slots=True)
class Answered:
    """A linked ticket that was answered by its incident's end; `message_id` None: it goes back to the staff instead."""

    ticket_id: int
    email: str | None
    message_id: int | None


async def resolve(
    conn: Connection, site_id: int, incident_id: int, *, staff_id: int, answer: str | None
) -> list[Answered] | None:
    """End an incident, in the caller's transaction: `answer` is written to everybody linked, once, and resolves their tickets.

    Without an answer it was none, and its tickets are open again. None if it had been ended before.
    """
    ended = await conn.fetchrow(
        """UPDATE incidents SET resolved_at = now(), resolved_by = $3, answer = $4
           WHERE site_id = $1 AND id = $2 AND resolved_at IS NULL RETURNING cause, code""",
        site_id,
        incident_id,
        staff_id,
        answer,
    )
    if ended is None:
        return None
    payload = {"incident_id": str(incident_id), **ended, "answered": answer is not None}
    await webhooks.owe(conn, site_id, "incident.resolved", f"incident:{incident_id}", payload)
    rows = await conn.fetch(
        """WITH linked AS (
               SELECT id, email FROM tickets
               WHERE site_id = $1 AND incident_id = $2 AND state = 'linked' ORDER BY id FOR NO KEY UPDATE
           ), messages AS (
               INSERT INTO ticket_messages (site_id, ticket_id, author, staff_id, body, idempotency_key)
               SELECT $1, id, 'staff', $3, $4, 'incident-' || $2::text FROM linked WHERE $4::text IS NOT NULL
               ON CONFLICT ON CONSTRAINT ticket_messages_idempotency_unique DO NOTHING RETURNING id, ticket_id
           ), steps AS (
               INSERT INTO ticket_steps (site_id, ticket_id, from_state, to_state, actor, staff_id)
               SELECT $1, id, 'linked', CASE WHEN $4::text IS NULL THEN 'open' ELSE 'resolved' END, 'staff', $3
               FROM linked
           ), moved AS (
               UPDATE tickets t SET updated_at = now(),
                   state = CASE WHEN $4::text IS NULL THEN 'open' ELSE 'resolved' END,
                   resolved_at = CASE WHEN $4::text IS NOT NULL THEN now() END
               FROM linked WHERE t.site_id = $1 AND t.id = linked.id
           )
           SELECT linked.id, linked.email, messages.id AS message_id
           FROM linked LEFT JOIN messages ON messages.ticket_id = linked.id""",
        site_id,
        incident_id,
        staff_id,
        answer,
    )
    return [Answered(row["id"], row["email"], row["message_id"]) for row in rows]
