"""What staff set apart: comments that are pinned or featured, readers who wear a badge. None of it is a status."""

from enum import StrEnum

from moderation.database import Connection
from moderation.outcomes import Change, publish_events

# More would push the conversation out of sight.
MAX_PINNED = 3


class Mark(StrEnum):
    """How a comment is set apart."""

    PIN = "pin"
    FEATURE = "feature"


_COLUMNS = {Mark.PIN: "pinned_at", Mark.FEATURE: "featured_at"}


class TooManyPinnedError(Exception):
    """The article has as many pinned comments as there may be."""


class NotToBePinnedError(Exception):
    """Only comments that are not replies are pinned."""


async def set_mark(
    conn: Connection, site_id: int, staff_id: int, comment_id: int, mark: Mark, *, on: bool
) -> tuple[int, int | None] | None:
    """Set a published comment apart, or no more, in the caller's transaction.

    Gives its article's id and the version that pages now have, None where nothing changed; None if there is no such
    comment up. Raises TooManyPinnedError or NotToBePinnedError.
    """
    # The article first, as whoever decides does.
    article_id = await conn.fetchval(
        """SELECT a.id FROM articles a JOIN comments c ON c.site_id = a.site_id AND c.article_id = a.id
           WHERE c.site_id = $1 AND c.id = $2 FOR NO KEY UPDATE OF a""",
        site_id,
        comment_id,
    )
    column = _COLUMNS[mark]
    row = await conn.fetchrow(
        f"""SELECT id, article_id, ancestors, parent_id, {column} IS NOT NULL AS is_on FROM comments
            WHERE site_id = $1 AND id = $2 AND status = 'published' FOR NO KEY UPDATE""",
        site_id,
        comment_id,
    )
    if row is None:
        return None
    if row["is_on"] == on:
        return article_id, None
    if mark is Mark.PIN and on:
        await _check_pin(conn, site_id, article_id, is_reply=row["parent_id"] is not None)
    await conn.execute(
        f"UPDATE comments SET {column} = CASE WHEN $3 THEN now() END WHERE site_id = $1 AND id = $2",
        site_id,
        comment_id,
        on,
    )
    await conn.execute(
        "INSERT INTO distinctions (site_id, staff_id, action, comment_id) VALUES ($1, $2, $3, $4)",
        site_id,
        staff_id,
        mark if on else f"un{mark}",
        comment_id,
    )
    change = Change(site_id, article_id, comment_id, row["ancestors"], "changed", 0)
    [version] = await publish_events(conn, [change])
    return article_id, version


async def _check_pin(conn: Connection, site_id: int, article_id: int, *, is_reply: bool) -> None:
    if is_reply:
        raise NotToBePinnedError
    pinned = await conn.fetchval(
        """SELECT count(*) FROM comments
           WHERE site_id = $1 AND article_id = $2 AND pinned_at IS NOT NULL AND status = 'published'""",
        site_id,
        article_id,
    )
    if pinned >= MAX_PINNED:
        raise TooManyPinnedError


async def set_badge(conn: Connection, site_id: int, staff_id: int, reader_id: int, badge: str | None) -> bool:
    """Give a reader a badge, or take it away, in the caller's transaction; False if there is no such reader."""
    row = await conn.fetchrow(
        """UPDATE readers w SET badge = $3 FROM (
               SELECT id, badge FROM readers WHERE site_id = $1 AND id = $2 FOR NO KEY UPDATE) was
           WHERE w.site_id = $1 AND w.id = was.id RETURNING was.badge AS before""",
        site_id,
        reader_id,
        badge,
    )
    if row is None:
        return False
    if row["before"] != badge:
        await conn.execute(
            """INSERT INTO distinctions (site_id, staff_id, action, reader_id, badge)
               VALUES ($1, $2, 'badge', $3, $4)""",
            site_id,
            staff_id,
            reader_id,
            badge,
        )
    return True


async def read_marks(conn: Connection, site_id: int, comment_id: int) -> tuple[bool, bool] | None:
    """Whether a comment is pinned, and featured; None if there is no such comment."""
    row = await conn.fetchrow(
        """SELECT pinned_at IS NOT NULL AS pinned, featured_at IS NOT NULL AS featured FROM comments
           WHERE site_id = $1 AND id = $2""",
        site_id,
        comment_id,
    )
    return (row["pinned"], row["featured"]) if row else None
