"""What readers may be told by to be one person, and who of those is under a sanction: hints, never acted on alone."""

from typing import Any

import orjson

from moderation.database import Connection

NETWORK_DAYS = 30
_MOST_HINTS = 10
_SHUT_OUT = (
    "w.sanction IN ('suspended', 'banned') AND (w.sanctioned_until > now() OR w.sanctioned_until IS NULL)"
)


async def remember(conn: Connection, site_id: int, reader_id: int, kind: str, mark: str) -> None:
    """Note a reader's network, mail address or account (`network`, `mail`, `account`) by its keyed hash; at most one write an hour."""
    await conn.execute(
        """INSERT INTO reader_marks (site_id, reader_id, kind, mark) VALUES ($1, $2, $3, $4)
           ON CONFLICT ON CONSTRAINT reader_marks_pkey DO UPDATE SET seen_at = now()
           WHERE reader_marks.seen_at < now() - interval '1 hour'""",
        site_id,
        reader_id,
        kind,
        mark,
    )


async def forget(conn: Connection) -> None:
    """Drop networks that were last seen too long ago, and accounts whose suspension or ban is over."""
    await conn.execute(
        "DELETE FROM reader_marks WHERE kind = 'network' AND seen_at < now() - make_interval(days => $1)",
        NETWORK_DAYS,
    )
    await conn.execute(
        f"""DELETE FROM reader_marks m USING readers w WHERE m.kind = 'account' AND w.site_id = m.site_id
            AND w.id = m.reader_id AND NOT ({_SHUT_OUT})"""
    )


async def ways_back(conn: Connection, site_id: int, reader_id: int) -> list[str]:
    """By which external ids a suspended or banned reader could come back: their own, and their address's by mail.

    Empty for everybody else. Locks the reader, so that no ban slips in between this and an erasure.
    """
    row = await conn.fetchrow(
        f"""SELECT w.external_id AS own, 'mail:' || lower(w.email) AS mail FROM readers w
            WHERE w.site_id = $1 AND w.id = $2 AND {_SHUT_OUT} FOR NO KEY UPDATE""",
        site_id,
        reader_id,
    )
    return sorted({way for way in row.values() if way}) if row else []


async def shut_out_as(conn: Connection, site_id: int, accounts: list[str]) -> int | None:
    """The suspended or banned reader of whom one of these `account` marks was kept; of several the one under most."""
    reader_id: int | None = await conn.fetchval(
        f"""SELECT w.id FROM reader_marks m JOIN readers w ON w.site_id = $1 AND w.id = m.reader_id
            WHERE m.site_id = $1 AND m.kind = 'account' AND m.mark = ANY($2) AND {_SHUT_OUT}
            ORDER BY w.sanction = 'banned' DESC, w.sanctioned_until DESC NULLS FIRST LIMIT 1""",
        site_id,
        accounts,
    )
    return reader_id


async def hand_on(conn: Connection, site_id: int, from_id: int, to_id: int) -> None:
    """Give the `account` marks of a reader to the new account under which they came back."""
    await conn.execute(
        "UPDATE reader_marks SET reader_id = $3 WHERE site_id = $1 AND reader_id = $2 AND kind = 'account'",
        site_id,
        from_id,
        to_id,
    )


# $1 the site, $2 the reader. `shared_by` tells how much a network says: a family's, or a town's.
HINTS = f"""
    WITH alike AS (
        SELECT o.reader_id, o.kind, max(o.seen_at) AS seen_at,
               (SELECT count(*) FROM reader_marks n WHERE n.site_id = $1 AND n.kind = o.kind AND n.mark = o.mark) AS shared_by
        FROM reader_marks m JOIN reader_marks o ON o.site_id = $1 AND o.kind = m.kind AND o.mark = m.mark
        JOIN readers b ON b.site_id = $1 AND b.id = o.reader_id AND b.sanction <> 'none'
        WHERE m.site_id = $1 AND m.reader_id = $2 AND m.kind <> 'account' AND o.reader_id <> $2 GROUP BY o.reader_id, o.kind, o.mark
        UNION ALL
        SELECT b.id, 'name', b.created_at, NULL FROM readers w
        JOIN readers b ON b.site_id = $1 AND b.name_skeleton = w.name_skeleton AND b.id <> w.id AND b.sanction <> 'none'
        WHERE w.site_id = $1 AND w.id = $2
    )
    SELECT coalesce(json_agg(json_build_object(
        'kind', h.kind, 'seen_at', h.seen_at, 'shared_by', h.shared_by, 'sanction', h.sanction,
        'reader', json_build_object('id', h.reader_id::text, 'name', h.name)) ORDER BY h.seen_at DESC), '[]')::text
    FROM (SELECT a.*, b.name, b.sanction FROM alike a JOIN readers b ON b.site_id = $1 AND b.id = a.reader_id
          WHERE b.sanctioned_until > now() OR b.sanctioned_until IS NULL
          ORDER BY a.seen_at DESC LIMIT {_MOST_HINTS}) h"""


async def read_hints(conn: Connection, site_id: int, reader_id: int) -> list[dict[str, Any]]:
    """Readers under a sanction whom this one may be: by network, mail address or look-alike name, the newest first."""
    hints: list[dict[str, Any]] = orjson.loads(await conn.fetchval(HINTS, site_id, reader_id))
    return hints
