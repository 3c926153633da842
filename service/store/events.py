"""An article's events: numbered by its version, without gaps."""

from dataclasses import dataclass

from moderation.database import Connection
from service.store.shapes import public_comment


@dataclass(frozen=True, slots=True)
class Event:
    """Something that readers of an article are told; `data` is its JSON."""

    seq: int
    type: str
    data: str


# What is told is how things stand now, so a text that has gone since is never told of again.
SINCE = f"""
    SELECT e.seq, CASE WHEN c.status <> 'published' THEN 'comment.removed' ELSE 'comment.' || e.type END AS type,
           CASE WHEN c.status = 'published'
                THEN json_build_object('comment', {public_comment()}, 'comment_count', a.comment_count)
                ELSE json_build_object('id', c.id::text, 'comment_count', a.comment_count) END::text AS data
    FROM events e
    JOIN articles a ON a.site_id = $1 AND a.id = $2
    JOIN comments c ON c.site_id = $1 AND c.id = e.comment_id
    JOIN readers w ON w.site_id = $1 AND w.id = c.reader_id
    WHERE e.site_id = $1 AND e.article_id = $2 AND e.seq > $3 ORDER BY e.seq LIMIT $4"""


async def since(conn: Connection, site_id: int, article_id: int, seq: int, *, limit: int) -> list[Event]:
    """Up to `limit` events after number `seq`."""
    rows = await conn.fetch(SINCE, site_id, article_id, seq, limit)
    return [Event(row["seq"], row["type"], row["data"]) for row in rows]


async def version(conn: Connection, site_id: int, article_key: str) -> tuple[int, int] | None:
    """An article's id and version, by its key."""
    row = await conn.fetchrow(
        "SELECT id, version FROM articles WHERE site_id = $1 AND key = $2", site_id, article_key
    )
    return (row["id"], row["version"]) if row else None


async def forget(conn: Connection, *, older_than_days: int) -> None:
    """Delete events that no stream will ask for any more; a client that does is told to ask anew."""
    await conn.execute(
        "DELETE FROM events WHERE created_at < now() - make_interval(days => $1)", older_than_days
    )
