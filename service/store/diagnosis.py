"""What the database knows of one reader's trouble: about that reader only."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from moderation.database import Connection
from moderation.workers import SEEN_WITHIN_S
from service.store import comments

# So many of the reader's newest comments are looked at.
_NEWEST = 5


@dataclass(frozen=True, slots=True)
class Account:
    """The reader's own standing; a restriction that has run out is none."""

    sanction: str
    until: datetime | None


async def read_account(conn: Connection, site_id: int, reader_id: int) -> Account | None:
    """The reader's standing; None if the account is gone."""
    row = await conn.fetchrow(
        """SELECT CASE WHEN sanctioned_until <= now() THEN 'none' ELSE sanction END AS sanction, sanctioned_until
           FROM readers WHERE site_id = $1 AND id = $2""",
        site_id,
        reader_id,
    )
    return Account(row["sanction"], row["sanctioned_until"]) if row else None


async def article_is_closed(conn: Connection, site_id: int, key: str) -> bool:
    """True if commenting on the article is closed; an article that nobody has commented on is open."""
    closed: bool | None = await conn.fetchval(
        "SELECT mode = 'closed' FROM articles WHERE site_id = $1 AND key = $2", site_id, key
    )
    return bool(closed)


async def own_comments(
    conn: Connection, site_id: int, reader_id: int, *, article_key: str | None, comment_id: int | None
) -> list[dict[str, Any]]:
    """The reader's newest comments (on an article, if named), reasons as stored; the one asked about comes first."""
    newest = await comments.list_own(
        conn, site_id, reader_id, article_key=article_key, before=None, limit=_NEWEST
    )
    if comment_id is None:
        return newest
    asked = await comments.read_own(conn, site_id, reader_id, comment_id)
    return ([asked] if asked else []) + [own for own in newest if int(own["id"]) != comment_id]


async def muted_on(conn: Connection, site_id: int, reader_id: int, article_key: str) -> int:
    """How many of those whom the reader has muted wrote something that is up on the article."""
    number: int = await conn.fetchval(
        """SELECT count(*) FROM mutes m WHERE m.site_id = $1 AND m.reader_id = $2 AND EXISTS (
               SELECT FROM comments c JOIN articles a ON a.site_id = $1 AND a.id = c.article_id
               WHERE c.site_id = $1 AND c.reader_id = m.muted_id AND a.key = $3 AND c.status = 'published')""",
        site_id,
        reader_id,
        article_key,
    )
    return number


async def is_judged(conn: Connection) -> bool:
    """True if a worker whose classifier is ready was seen lately."""
    ready: bool = await conn.fetchval(
        """SELECT EXISTS (SELECT FROM workers
           WHERE state = 'ready' AND seen_at > now() - make_interval(secs => $1))""",
        SEEN_WITHIN_S,
    )
    return ready
