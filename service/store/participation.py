"""Votes, reports, muting."""

from dataclasses import dataclass

from moderation import review
from moderation.database import Connection
from moderation.reasons import Reason, ReasonCode

# How severe a comment counts that nothing is known of but that somebody reported it.
_REPORT_SEVERITY = 5.0
# The law asks for a timely look.
_ILLEGAL_SEVERITY = 9.0


@dataclass(frozen=True, slots=True)
class Votes:
    """A comment's votes, and the reader's own."""

    up: int
    down: int
    own: int | None


async def vote(
    conn: Connection, site_id: int, comment_id: int, reader_id: int, value: int | None
) -> Votes | None:
    """Set (1, -1) or withdraw (None) a reader's vote, in the caller's transaction; None if the comment is not up."""
    locked = await conn.fetchval(
        "SELECT true FROM comments WHERE site_id = $1 AND id = $2 AND status = 'published' FOR NO KEY UPDATE",
        site_id,
        comment_id,
    )
    if not locked:
        return None
    key = (site_id, comment_id, reader_id)
    before = await conn.fetchval(
        "SELECT value FROM votes WHERE site_id = $1 AND comment_id = $2 AND reader_id = $3", *key
    )
    if value is None:
        await conn.execute(
            "DELETE FROM votes WHERE site_id = $1 AND comment_id = $2 AND reader_id = $3", *key
        )
    else:
        await conn.execute(
            """INSERT INTO votes (site_id, comment_id, reader_id, value) VALUES ($1, $2, $3, $4)
               ON CONFLICT ON CONSTRAINT votes_pkey DO UPDATE SET value = excluded.value""",
            *key,
            value,
        )
    row = await conn.fetchrow(
        "UPDATE comments SET up = up + $3, down = down + $4 WHERE site_id = $1 AND id = $2 RETURNING up, down",
        site_id,
        comment_id,
        (value == 1) - (before == 1),
        (value == -1) - (before == -1),
    )
    assert row is not None
    return Votes(row["up"], row["down"], value)


async def own_votes(conn: Connection, site_id: int, reader_id: int, article_key: str) -> dict[str, int]:
    """A reader's votes on an article's comments, by the comment's id."""
    rows = await conn.fetch(
        """SELECT v.comment_id, v.value FROM votes v
           JOIN comments c ON c.site_id = v.site_id AND c.id = v.comment_id
           JOIN articles a ON a.site_id = c.site_id AND a.id = c.article_id
           WHERE v.site_id = $1 AND v.reader_id = $2 AND a.key = $3 ORDER BY v.comment_id DESC LIMIT 1000""",
        site_id,
        reader_id,
        article_key,
    )
    return {str(row["comment_id"]): row["value"] for row in rows}


async def report(
    conn: Connection, site_id: int, comment_id: int, reader_id: int, *, reason: str, detail: str | None
) -> int | None:
    """Flag a comment for people, in the caller's transaction; None if it is not up. A second report changes nothing.

    Many reports are one item of the review queue. No number of them hides a comment: a person does.
    """
    up = await conn.fetchval(
        "SELECT true FROM comments WHERE site_id = $1 AND id = $2 AND status = 'published' FOR SHARE",
        site_id,
        comment_id,
    )
    if not up:
        return None
    id_: int | None = await conn.fetchval(
        """INSERT INTO reports (site_id, comment_id, reader_id, reason, detail) VALUES ($1, $2, $3, $4, $5)
           ON CONFLICT ON CONSTRAINT reports_once DO NOTHING RETURNING id""",
        site_id,
        comment_id,
        reader_id,
        reason,
        detail,
    )
    if id_ is None:
        earlier: int | None = await conn.fetchval(
            "SELECT id FROM reports WHERE site_id = $1 AND comment_id = $2 AND reader_id = $3",
            site_id,
            comment_id,
            reader_id,
        )
        return earlier
    reported = [Reason(ReasonCode.REPORTED).to_json()]
    await review.requeue(conn, site_id, comment_id, reasons=reported, priority=_REPORT_SEVERITY)
    return id_


async def report_by_ticket(
    conn: Connection, site_id: int, comment_id: int, ticket_id: int, message: str
) -> None:
    """Put a comment before people that somebody without an account holds to be illegal, in the caller's transaction.

    Nothing happens where it is not up: the ticket is answered all the same.
    """
    added = await conn.fetchval(
        """INSERT INTO reports (site_id, comment_id, ticket_id, reason, detail)
           SELECT $1, c.id, $3, 'illegal', $4 FROM comments c
           WHERE c.site_id = $1 AND c.id = $2 AND c.status = 'published' FOR SHARE RETURNING true""",
        site_id,
        comment_id,
        ticket_id,
        message[:2000],
    )
    if added:
        reported = [Reason(ReasonCode.REPORTED).to_json()]
        await review.requeue(conn, site_id, comment_id, reasons=reported, priority=_ILLEGAL_SEVERITY)


# More than anybody mutes by hand.
_MOST_MUTED = 1000


async def mutes(conn: Connection, site_id: int, reader_id: int) -> list[dict[str, str]]:
    """Whom a reader has muted (`id`, `name`), the newest first."""
    rows = await conn.fetch(
        f"""SELECT w.id, w.name FROM mutes m JOIN readers w ON w.site_id = m.site_id AND w.id = m.muted_id
            WHERE m.site_id = $1 AND m.reader_id = $2 ORDER BY m.created_at DESC, w.id LIMIT {_MOST_MUTED}""",
        site_id,
        reader_id,
    )
    return [{"id": str(row["id"]), "name": row["name"]} for row in rows]


async def mute(conn: Connection, site_id: int, reader_id: int, muted_id: int) -> bool:
    """Mute somebody for one reader; False if there is no such reader."""
    found: bool = await conn.fetchval(
        """WITH found AS (SELECT w.id FROM readers w WHERE w.site_id = $1 AND w.id = $3),
                muted AS (INSERT INTO mutes (site_id, reader_id, muted_id) SELECT $1, $2, id FROM found
                          ON CONFLICT ON CONSTRAINT mutes_pkey DO NOTHING)
           SELECT EXISTS (SELECT FROM found)""",
        site_id,
        reader_id,
        muted_id,
    )
    return found


async def unmute(conn: Connection, site_id: int, reader_id: int, muted_id: int) -> None:
    """Hear somebody again."""
    await conn.execute(
        "DELETE FROM mutes WHERE site_id = $1 AND reader_id = $2 AND muted_id = $3",
        site_id,
        reader_id,
        muted_id,
    )
