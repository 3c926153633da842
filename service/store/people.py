"""Readers as staff deal with them."""

from typing import Any

import orjson

from moderation.database import Connection


async def write_note(
    conn: Connection, site_id: int, reader_id: int, staff_id: int, *, body: str, key: str | None
) -> dict[str, Any] | None:
    """Note something about a reader; None if there is no such reader. The same key finds the note that it made."""
    text = await conn.fetchval(
        """WITH written AS (
               INSERT INTO reader_notes (site_id, reader_id, staff_id, body, idempotency_key)
               SELECT $1, id, $3, $4, $5 FROM readers WHERE site_id = $1 AND id = $2
               ON CONFLICT ON CONSTRAINT reader_notes_idempotency_unique DO NOTHING RETURNING *
           ), note AS (
               SELECT * FROM written UNION ALL
               SELECT * FROM reader_notes WHERE site_id = $1 AND staff_id = $3 AND idempotency_key = $5
           )
           SELECT json_build_object('id', n.id::text, 'body', n.body, 'created_at', n.created_at,
                                    'staff', json_build_object('id', s.id::text, 'name', s.name))::text
           FROM note n JOIN staff s ON s.id = n.staff_id""",
        site_id,
        reader_id,
        staff_id,
        body,
        key,
    )
    return orjson.loads(text) if text else None
