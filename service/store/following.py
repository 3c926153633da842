"""Mail about answers: addresses that readers gave and confirmed, threads they follow, what is still to be told."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import orjson

from moderation.database import Connection

# A link that confirms an address is sent again after this.
_ASK_AGAIN = "10 minutes"
# What happens within this is one mail; the next comes an hour later at the soonest.
GATHER = "2 minutes"
PAUSE = "1 hour"


@dataclass(frozen=True, slots=True)
class Mailbox:
    """Where a reader wants to be told of answers."""

    email: str
    confirmed: bool
    replies: bool
    # Of the article asked about.
    following: bool


async def read(
    conn: Connection, site_id: int, reader_id: int, article_key: str | None = None
) -> Mailbox | None:
    """A reader's mailbox; None if they gave no address."""
    row = await conn.fetchrow(
        """SELECT m.email, m.confirmed_at IS NOT NULL AS confirmed, m.replies, EXISTS (
               SELECT FROM follows f JOIN articles a ON a.site_id = f.site_id AND a.id = f.article_id
               WHERE f.site_id = $1 AND f.reader_id = $2 AND a.key = $3) AS following
           FROM mailboxes m WHERE m.site_id = $1 AND m.reader_id = $2""",
        site_id,
        reader_id,
        article_key,
    )
    return Mailbox(**row) if row else None


async def save(conn: Connection, site_id: int, reader_id: int, *, email: str, replies: bool) -> bool:
    """Keep an address, in the caller's transaction; True where a link to confirm it is due.

    Another address than before has to be confirmed anew, unless the reader signs in with it.
    """
    due: bool = await conn.fetchval(
        f"""INSERT INTO mailboxes AS m (site_id, reader_id, email, replies, confirmed_at)
            SELECT $1, $2, $3, $4, CASE WHEN lower(w.email) = lower($3) THEN now() END
            FROM readers w WHERE w.site_id = $1 AND w.id = $2
            ON CONFLICT ON CONSTRAINT mailboxes_pkey DO UPDATE SET
                email = excluded.email, replies = excluded.replies,
                confirmed_at = CASE WHEN m.email = excluded.email THEN coalesce(m.confirmed_at, excluded.confirmed_at)
                                    ELSE excluded.confirmed_at END,
                asked_at = CASE WHEN m.email <> excluded.email
                                     OR (m.confirmed_at IS NULL AND m.asked_at < now() - interval '{_ASK_AGAIN}')
                                THEN now() ELSE m.asked_at END
            RETURNING confirmed_at IS NULL AND asked_at = now()""",
        site_id,
        reader_id,
        email,
        replies,
    )
    if due:
        await conn.execute(
            """INSERT INTO outbox (site_id, type, subject, payload)
               VALUES ($1, 'mail.confirm', 'reader:' || $2::bigint, jsonb_build_object('reader_id', $2::bigint, 'email', $3::text))""",
            site_id,
            reader_id,
            email,
        )
    return due


async def confirm(conn: Connection, site_id: int, reader_id: int) -> None:
    """The link to the address was followed."""
    await conn.execute(
        """UPDATE mailboxes SET confirmed_at = coalesce(confirmed_at, now())
           WHERE site_id = $1 AND reader_id = $2""",
        site_id,
        reader_id,
    )


async def forget(conn: Connection, site_id: int, reader_id: int) -> None:
    """No more mail: the address, what is still to be told, and the threads followed are gone, in one transaction."""
    await conn.execute("DELETE FROM mailboxes WHERE site_id = $1 AND reader_id = $2", site_id, reader_id)
    await conn.execute("DELETE FROM follows WHERE site_id = $1 AND reader_id = $2", site_id, reader_id)


async def follow(
    conn: Connection, site_id: int, reader_id: int, article_key: str, *, url: str | None, title: str | None
) -> None:
    """Follow an article's thread, which need not have a comment yet: then `url` and `title` say what it is."""
    await conn.execute(
        """INSERT INTO articles (site_id, key, url, title) VALUES ($1, $2, $3, $4)
           ON CONFLICT ON CONSTRAINT articles_key_unique DO NOTHING""",
        site_id,
        article_key,
        url,
        title,
    )
    await conn.execute(
        """INSERT INTO follows (site_id, article_id, reader_id)
           SELECT $1, a.id, $2 FROM articles a WHERE a.site_id = $1 AND a.key = $3
           ON CONFLICT ON CONSTRAINT follows_pkey DO NOTHING""",
        site_id,
        reader_id,
        article_key,
    )


async def leave(conn: Connection, site_id: int, reader_id: int, article_key: str) -> None:
    """Follow a thread no more."""
    await conn.execute(
        """DELETE FROM follows f USING articles a
           WHERE f.site_id = $1 AND f.reader_id = $2 AND a.site_id = $1 AND a.id = f.article_id AND a.key = $3""",
        site_id,
        reader_id,
        article_key,
    )


async def followed(conn: Connection, site_id: int, reader_id: int) -> list[dict[str, str]]:
    """The threads that a reader follows: `key` and `title` of their articles, the last one first."""
    rows = await conn.fetch(
        """SELECT a.key, coalesce(a.title, a.key) AS title FROM follows f
           JOIN articles a ON a.site_id = f.site_id AND a.id = f.article_id
           WHERE f.site_id = $1 AND f.reader_id = $2 ORDER BY f.created_at DESC LIMIT 200""",
        site_id,
        reader_id,
    )
    return [dict(row) for row in rows]


async def gather(conn: Connection, *, limit: int) -> int:
    """Turn what there is to tell into mails, one a reader, for up to `limit` readers; returns how many."""
    rows = await conn.fetch(
        f"""WITH due AS (
                SELECT m.site_id, m.reader_id, m.email FROM mailboxes m
                WHERE (m.mailed_at IS NULL OR m.mailed_at < now() - interval '{PAUSE}') AND (m.site_id, m.reader_id) IN (
                    SELECT n.site_id, n.reader_id FROM notices n WHERE n.created_at < now() - interval '{GATHER}')
                ORDER BY m.site_id, m.reader_id LIMIT $1 FOR UPDATE SKIP LOCKED
            ), told AS (
                DELETE FROM notices n USING due WHERE n.site_id = due.site_id AND n.reader_id = due.reader_id
                RETURNING n.site_id, n.reader_id, n.comment_id, n.kind
            ), mailed AS (
                UPDATE mailboxes m SET mailed_at = now() FROM due
                WHERE m.site_id = due.site_id AND m.reader_id = due.reader_id
            )
            INSERT INTO outbox (site_id, type, subject, payload)
            SELECT due.site_id, 'mail.digest', 'reader:' || due.reader_id, jsonb_build_object(
                'reader_id', due.reader_id, 'email', due.email,
                'comments', jsonb_agg(told.comment_id ORDER BY told.kind, told.comment_id))
            FROM due JOIN told ON told.site_id = due.site_id AND told.reader_id = due.reader_id
            GROUP BY due.site_id, due.reader_id, due.email RETURNING 1""",
        limit,
    )
    return len(rows)


async def to_tell(
    conn: Connection, site_key: str, reader_id: int, comment_ids: Sequence[int]
) -> list[dict[str, Any]]:
    """What a mail says of these comments, those that are still up: who, what, where, and whether it answers the reader."""
    rows = await conn.fetch(
        """SELECT json_build_object('id', c.id::text, 'name', w.name, 'html', c.html,
                                    'title', coalesce(a.title, a.key), 'url', a.url,
                                    'answers', coalesce(p.reader_id = $2, false))::text AS json
           FROM unnest($3::bigint[]) WITH ORDINALITY AS wanted(id, place)
           JOIN sites s ON s.key = $1
           JOIN comments c ON c.site_id = s.id AND c.id = wanted.id AND c.status = 'published'
           JOIN readers w ON w.site_id = s.id AND w.id = c.reader_id
           JOIN articles a ON a.site_id = s.id AND a.id = c.article_id
           LEFT JOIN comments p ON p.site_id = s.id AND p.id = c.parent_id
           ORDER BY wanted.place""",
        site_key,
        reader_id,
        list(comment_ids),
    )
    return [orjson.loads(row["json"]) for row in rows]
