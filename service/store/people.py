"""Readers as staff deal with them: all that is known of one."""

from typing import Any

import orjson

from moderation.database import Connection
from service.store.sanctions import HISTORY

_MOST_NOTES = 50

_NOTE = """json_build_object('id', n.id::text, 'body', n.body, 'created_at', n.created_at,
                             'staff', json_build_object('id', s.id::text, 'name', s.name))"""

_PERSON = f"""
    SELECT json_build_object(
        'id', w.id::text, 'name', w.name, 'guest', w.external_id IS NULL, 'created_at', w.created_at,
        'sanction', CASE WHEN w.sanctioned_until <= now() THEN 'none' ELSE w.sanction END,
        'sanctioned_until', CASE WHEN w.sanctioned_until > now() THEN w.sanctioned_until END,
        'counts', (SELECT coalesce(json_object_agg(c.status, c.n), '{{}}') FROM (
            SELECT status, count(*) AS n FROM comments WHERE site_id = $1 AND reader_id = w.id GROUP BY status) c),
        'history', {HISTORY},
        'notes', (SELECT coalesce(json_agg({_NOTE} ORDER BY n.id DESC), '[]') FROM (
            SELECT * FROM reader_notes WHERE site_id = $1 AND reader_id = w.id ORDER BY id DESC LIMIT {_MOST_NOTES}) n
            JOIN staff s ON s.id = n.staff_id),
        'batches', (SELECT coalesce(json_agg(json_build_object(
            'id', b.id::text, 'reader_id', b.reader_id::text, 'action', b.action, 'reason', b.reason, 'state', b.state, 'total', b.total,
            'decided', b.decided, 'skipped', b.skipped, 'overtaken', b.overtaken, 'claimed', b.claimed, 'taken_back', b.taken_back, 'created_at', b.created_at,
            'staff', json_build_object('id', s.id::text, 'name', s.name)) ORDER BY b.id DESC), '[]') FROM (
            SELECT * FROM batches WHERE site_id = $1 AND reader_id = w.id ORDER BY id DESC LIMIT 5) b
            JOIN staff s ON s.id = b.staff_id))::text
    FROM readers w WHERE w.site_id = $1 AND w.id = $2"""


async def read_person(conn: Connection, site_id: int, reader_id: int) -> dict[str, Any] | None:
    """A reader's `counts` by status, `history` of sanctions and warnings, `notes`, `batches`; None if there is none."""
    text = await conn.fetchval(_PERSON, site_id, reader_id)
    return orjson.loads(text) if text else None


async def write_note(
    conn: Connection, site_id: int, reader_id: int, staff_id: int, *, body: str, key: str | None
) -> dict[str, Any] | None:
    """Note something about a reader; None if there is no such reader. The same key finds the note that it made."""
    text = await conn.fetchval(
        f"""WITH written AS (
               INSERT INTO reader_notes (site_id, reader_id, staff_id, body, idempotency_key)
               SELECT $1, id, $3, $4, $5 FROM readers WHERE site_id = $1 AND id = $2
               ON CONFLICT ON CONSTRAINT reader_notes_idempotency_unique DO NOTHING RETURNING *
           ), note AS (
               SELECT * FROM written UNION ALL
               SELECT * FROM reader_notes WHERE site_id = $1 AND staff_id = $3 AND idempotency_key = $5
           )
           SELECT {_NOTE}::text FROM note n JOIN staff s ON s.id = n.staff_id""",
        site_id,
        reader_id,
        staff_id,
        body,
        key,
    )
    return orjson.loads(text) if text else None
