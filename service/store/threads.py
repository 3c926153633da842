"""Reading threads: pages of roots with their first replies, and what lies below one comment.

Postgres builds each comment's JSON; what comes back is text to be joined. Every query walks one partial index by
keyset, and none returns more than it was asked for.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import assert_never

from moderation.database import Connection
from service.store.shapes import public_comment, public_fields

FIRST_REPLIES = 3


class Sort(StrEnum):
    """In which order roots are shown."""

    NEWEST = "newest"
    OLDEST = "oldest"
    TOP = "top"
    REPLIES = "replies"
    # Only what staff set apart, answers too, newest first.
    FEATURED = "featured"

    @property
    def numbers(self) -> int:
        """How many numbers tell a place in it: of time the id alone."""
        return 2 if self in (Sort.TOP, Sort.REPLIES) else 1


@dataclass(frozen=True, slots=True)
class Article:
    """An article as its page shows it."""

    id: int
    version: int
    json: str


@dataclass(frozen=True, slots=True)
class Row:
    """One comment's JSON and where it stands in the order: by `key`, then by `id`."""

    id: int
    key: int
    json: str


async def find_article(conn: Connection, site_id: int, key: str) -> Article | None:
    """An article by the publisher's key; None if nobody has commented on it yet."""
    row = await conn.fetchrow(
        """SELECT id, version, json_build_object('key', key, 'title', title, 'url', url,
               'state', CASE WHEN mode = 'closed' THEN 'closed' ELSE 'open' END,
               'comment_count', comment_count, 'version', version, 'featured_count', (
                   SELECT count(*) FROM comments c WHERE c.site_id = $1 AND c.article_id = articles.id
                   AND c.featured_at IS NOT NULL AND c.status = 'published'))::text AS json
           FROM articles WHERE site_id = $1 AND key = $2""",
        site_id,
        key,
    )
    return Article(row["id"], row["version"], row["json"]) if row else None


async def counts(conn: Connection, site_id: int, keys: Sequence[str]) -> dict[str, int]:
    """Published comments of the articles that somebody has commented on, by the article's key."""
    rows = await conn.fetch(
        "SELECT key, comment_count FROM articles WHERE site_id = $1 AND key = ANY($2)", site_id, keys
    )
    return {row["key"]: row["comment_count"] for row in rows}


# The first replies below the root `c`, in the order of time, so that a parent always stands before its children.
_FIRST_REPLIES = f"""
    SELECT json_agg(few.json ORDER BY few.id) FILTER (WHERE few.n <= {FIRST_REPLIES}) AS items,
           CASE WHEN count(*) > {FIRST_REPLIES} THEN (max(few.id) FILTER (WHERE few.n <= {FIRST_REPLIES}))::text END
               AS next
    FROM (SELECT p.id, row_number() OVER (ORDER BY p.id) AS n, {public_comment("p", "v")} AS json
          FROM comments p JOIN readers v ON v.site_id = $1 AND v.id = p.reader_id
          WHERE p.site_id = $1 AND p.root_id = c.id AND p.parent_id IS NOT NULL AND p.listed
          ORDER BY p.id LIMIT {FIRST_REPLIES + 1}) few"""


_SHOWN = f"""json_build_object({public_fields()}, 'replies', json_build_object(
               'items', coalesce(first.items, '[]'::json), 'next', first.next))::text AS json"""
_TABLES = f"""
    FROM comments c
    JOIN readers w ON w.site_id = $1 AND w.id = c.reader_id
    LEFT JOIN LATERAL ({_FIRST_REPLIES}) first ON c.reply_count > 0"""
# Pinned roots stand before the first page, and in none of the pages.
_ROOTS = "c.parent_id IS NULL AND c.listed AND (c.pinned_at IS NULL OR c.status <> 'published')"


def roots_query(sort: Sort, *, after: bool) -> str:
    """One page of roots. $1 site, $2 article, $3 limit; with `after` $4 the last row's key and $5 its id."""
    key, order, keyset, condition = "c.id", "c.id DESC", "c.id < $4", _ROOTS
    match sort:
        case Sort.NEWEST:
            pass
        case Sort.OLDEST:
            order, keyset = "c.id", "c.id > $4"
        case Sort.TOP:
            key, order, keyset = "c.score", "c.score DESC, c.id DESC", "(c.score, c.id) < ($4, $5)"
        case Sort.REPLIES:
            key, order, keyset = (
                "c.reply_count",
                "c.reply_count DESC, c.id DESC",
                "(c.reply_count, c.id) < ($4, $5)",
            )
        case Sort.FEATURED:
            condition = "c.featured_at IS NOT NULL AND c.status = 'published'"
        case _:
            assert_never(sort)
    return f"""
        SELECT c.id, {key}::bigint AS key, {_SHOWN} {_TABLES}
        WHERE c.site_id = $1 AND c.article_id = $2 AND {condition} {f"AND {keyset}" if after else ""}
        ORDER BY {order} LIMIT $3"""


# $1 site, $2 article.
PINNED = f"""
    SELECT c.id, c.id AS key, {_SHOWN} {_TABLES}
    WHERE c.site_id = $1 AND c.article_id = $2 AND c.pinned_at IS NOT NULL AND c.status = 'published'
    ORDER BY c.pinned_at DESC"""


async def pinned(conn: Connection, site_id: int, article_id: int) -> Sequence[Row]:
    """The pinned roots, few as they are, the last one first, each with its first replies."""
    rows = await conn.fetch(PINNED, site_id, article_id)
    return [Row(row["id"], row["key"], row["json"]) for row in rows]


async def roots(
    conn: Connection, site_id: int, article_id: int, sort: Sort, *, limit: int, after: tuple[int, int] | None
) -> Sequence[Row]:
    """Up to `limit` roots after the place `after` (sort key, id), each with its first replies."""
    arguments: tuple[int, ...] = (site_id, article_id, limit)
    if after is not None:
        arguments += after[: sort.numbers]
    rows = await conn.fetch(roots_query(sort, after=after is not None), *arguments)
    return [Row(row["id"], row["key"], row["json"]) for row in rows]


# $1 site, $2 root, $3 after, $4 below, $5 limit.
REPLIES = f"""
    SELECT p.id, {public_comment("p", "v")}::text AS json
    FROM comments p JOIN readers v ON v.site_id = $1 AND v.id = p.reader_id
    WHERE p.site_id = $1 AND p.root_id = $2 AND p.parent_id IS NOT NULL AND p.listed AND p.id > $3
          AND ($2 = $4 OR $4 = ANY(p.ancestors))
    ORDER BY p.id LIMIT $5"""


async def replies(
    conn: Connection, site_id: int, root_id: int, below: int, *, limit: int, after: int
) -> Sequence[Row]:
    """Up to `limit` comments anywhere below the comment `below` of a root's thread, after the id `after`, oldest first."""
    rows = await conn.fetch(REPLIES, site_id, root_id, max(after, below), below, limit)
    return [Row(row["id"], row["id"], row["json"]) for row in rows]
