"""The review queue as the console shows it: everything a card needs, in one query; and all the context of one comment.

Postgres builds the JSON, as for readers; reasons come as stored, and the caller puts them into words.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import asyncpg
import orjson

from moderation.database import Connection

# An author's record is that of their last comments, so that a prolific author costs no more than another.
_RECORD = 200


def record(reader: str = "w") -> str:
    """A lateral join that counts a reader's last comments by status."""
    return f"""CROSS JOIN LATERAL (
        SELECT count(*) FILTER (WHERE o.status = 'published') AS published,
               count(*) FILTER (WHERE o.status = 'rejected') AS rejected,
               count(*) FILTER (WHERE o.status = 'held') AS held
        FROM (SELECT status FROM comments WHERE site_id = $1 AND reader_id = {reader}.id
              ORDER BY id DESC LIMIT {_RECORD}) o) record"""


# What a staff call shows of comment c (newest revision r, author w, article a, parent p by v).
COMMENT = """json_build_object(
    'id', c.id::text, 'revision', c.revision, 'status', c.status, 'body', r.body, 'html', r.html,
    'created_at', c.created_at,
    'author', json_build_object('id', w.id::text, 'name', w.name, 'published', record.published,
                                'rejected', record.rejected, 'held', record.held),
    'article', json_build_object('key', a.key, 'title', a.title, 'url', a.url),
    'parent', CASE WHEN p.id IS NOT NULL THEN json_build_object(
        'id', p.id::text, 'author_name', CASE WHEN p.status IN ('deleted', 'erased') THEN NULL ELSE v.name END,
        'html', p.html) END)"""
COMMENT_TABLES = f"""
    JOIN revisions r ON r.site_id = $1 AND r.comment_id = c.id AND r.revision = c.revision
    JOIN readers w ON w.site_id = $1 AND w.id = c.reader_id
    JOIN articles a ON a.site_id = $1 AND a.id = c.article_id
    LEFT JOIN comments p ON p.site_id = $1 AND p.id = c.parent_id
    LEFT JOIN readers v ON v.site_id = $1 AND v.id = p.reader_id
    LEFT JOIN LATERAL (SELECT model, labels, words FROM scores WHERE site_id = $1 AND comment_id = c.id
                       AND revision = c.revision AND NOT shadow ORDER BY created_at DESC LIMIT 1) scored ON true
    {record()}"""

_ITEM = f"""
    SELECT q.id, q.priority, json_build_object(
        'id', q.comment_id::text, 'lane', q.lane, 'reasons', q.reasons, 'priority', q.priority,
        'queued_at', q.queued_at, 'attempts', q.attempts,
        'claimed_by', CASE WHEN q.ready_at > now() AND s.id IS NOT NULL
                           THEN json_build_object('id', s.id::text, 'name', s.name, 'until', q.ready_at) END,
        'comment', {COMMENT}, 'scores', coalesce(scored.labels, '{{}}'), 'model', scored.model,
        'words', scored.words)::text AS json
    FROM queue q
    JOIN comments c ON c.site_id = $1 AND c.id = q.comment_id
    {COMMENT_TABLES}
    LEFT JOIN staff s ON q.claimed_by = 'staff:' || s.id
    WHERE q.site_id = $1 AND q.lane = 'review'"""
_ORDER = "ORDER BY q.priority DESC, q.id"
# The first half of the condition bounds the walk of the index, the second finds the very place.
LIST = f"{_ITEM} {_ORDER} LIMIT $2"
LIST_AFTER = f"{_ITEM} AND q.priority <= $3::real AND (q.priority < $3::real OR q.id > $4) {_ORDER} LIMIT $2"


@dataclass(frozen=True, slots=True)
class Item:
    """A queue item's JSON, and where it stands: by `priority`, falling, then by `id`."""

    id: int
    priority: float
    json: dict[str, Any]


async def list_items(
    conn: Connection, site_id: int, *, limit: int, after: tuple[float, int] | None
) -> list[Item]:
    """Up to `limit` items that wait for people, after the place (priority, id), first to be decided first."""
    if after is None:
        return _items(await conn.fetch(LIST, site_id, limit))
    return _items(await conn.fetch(LIST_AFTER, site_id, limit, *after))


async def find_items(conn: Connection, site_id: int, comment_ids: Sequence[int]) -> list[Item]:
    """The items of these comments, first to be decided first."""
    return _items(
        await conn.fetch(f"{_ITEM} AND q.comment_id = ANY($2) {_ORDER}", site_id, list(comment_ids))
    )


def _items(rows: Sequence[asyncpg.Record]) -> list[Item]:
    return [Item(row["id"], row["priority"], orjson.loads(row["json"])) for row in rows]


async def read_comment(conn: Connection, site_id: int, comment_id: int) -> dict[str, Any] | None:
    """A comment with its `scores` and `model`, as in an item."""
    row = await conn.fetchrow(
        f"""SELECT {COMMENT}::text AS comment, coalesce(scored.labels, '{{}}') AS scores, scored.model FROM comments c
            {COMMENT_TABLES} WHERE c.site_id = $1 AND c.id = $2""",
        site_id,
        comment_id,
    )
    if row is None:
        return None
    return {"comment": orjson.loads(row["comment"]), "scores": row["scores"], "model": row["model"]}
