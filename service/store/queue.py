"""The review queue as the console shows it: everything a card needs, in one query; and all the context of one comment.

Postgres builds the JSON, as for readers; reasons come as stored, and the caller puts them into words.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import asyncpg
import orjson

from moderation.database import Connection
from moderation.urgency import DOUBLES_EVERY_H
from moderation.views import EVERYTHING, ORDERS, Order, Selection
from service.store.handovers import HANDOVER

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
    'created_at', c.created_at, 'is_reply', c.parent_id IS NOT NULL,
    'pinned', c.pinned_at IS NOT NULL, 'featured', c.featured_at IS NOT NULL,
    'author', json_build_object('id', w.id::text, 'name', w.name, 'badge', w.badge, 'published', record.published,
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
    SELECT q.id, q.urgency, json_build_object(
        'id', q.comment_id::text, 'lane', q.lane, 'reasons', q.reasons, 'priority', q.priority,
        'urgency', json_build_object('rank', q.urgency, 'reach', q.reach, 'reporters', q.reporters,
                                     'doubles_every_h', {DOUBLES_EVERY_H}),
        'queued_at', q.queued_at, 'attempts', q.attempts,
        'stage', q.stage, 'handover', CASE WHEN h.id IS NOT NULL THEN {HANDOVER} END,
        'claimed_by', CASE WHEN q.ready_at > now() AND s.id IS NOT NULL
                           THEN json_build_object('id', s.id::text, 'name', s.name, 'until', q.ready_at) END,
        'comment', {COMMENT}, 'scores', coalesce(scored.labels, '{{}}'), 'model', scored.model,
        'words', scored.words)::text AS json
    FROM queue q
    JOIN comments c ON c.site_id = $1 AND c.id = q.comment_id
    {COMMENT_TABLES}
    LEFT JOIN staff s ON q.claimed_by = 'staff:' || s.id
    LEFT JOIN handovers h ON h.site_id = $1 AND h.id = q.handover_id
    LEFT JOIN staff y ON y.id = h.staff_id
    -- What its author is asked about is not before people yet.
    WHERE q.site_id = $1 AND q.lane = 'review' AND (q.ready_at <= now() OR q.claimed_by IS NOT NULL)"""
# The first half of the condition bounds the walk of the index, the second finds the very place.
_AFTER = {Order.URGENT: "q.urgency <= $3 AND (q.urgency < $3 OR q.id > $4)", Order.OLDEST: "q.id > $3"}


def list_query(selection: Selection, place: Sequence[float]) -> str:
    """$1 the site, $2 how many, then the place after which to begin, if any."""
    after = _AFTER[selection.order] if place else "true"
    return f"""{_ITEM} AND {selection.condition} AND {after}
        ORDER BY {ORDERS[selection.order]} LIMIT $2"""


@dataclass(frozen=True, slots=True)
class Item:
    """A queue item's JSON, and where it stands: by `urgency`, falling, then by `id`, or by `id` alone."""

    id: int
    urgency: float
    json: dict[str, Any]


async def list_items(
    conn: Connection,
    site_id: int,
    *,
    limit: int,
    after: tuple[float, int] | None,
    selection: Selection = EVERYTHING,
) -> list[Item]:
    """Up to `limit` items that wait for people, after the place (urgency, id), first to be decided first."""
    place = () if after is None else after[1:] if selection.order is Order.OLDEST else after
    query = list_query(selection, place)
    return _items(await conn.fetch(query, site_id, limit, *place))


async def find_items(conn: Connection, site_id: int, comment_ids: Sequence[int]) -> list[Item]:
    """The items of these comments, first to be decided first."""
    return _items(
        await conn.fetch(
            f"{_ITEM} AND q.comment_id = ANY($2) ORDER BY {ORDERS[Order.URGENT]}", site_id, list(comment_ids)
        )
    )


async def article_id(conn: Connection, site_id: int, key: str) -> int:
    """An article's id; 0, which no article has, if there is none of this key."""
    found = await conn.fetchval("SELECT id FROM articles WHERE site_id = $1 AND key = $2", site_id, key)
    return found or 0


async def list_articles(conn: Connection, site_id: int, *, limit: int) -> list[dict[str, Any]]:
    """The articles with the most items that wait for people: `key`, `title`, `url`, `waiting`."""
    rows = await conn.fetch(
        """SELECT a.key, a.title, a.url, count(*) AS waiting
           FROM queue q JOIN comments c ON c.site_id = $1 AND c.id = q.comment_id
           JOIN articles a ON a.site_id = $1 AND a.id = c.article_id
           WHERE q.site_id = $1 AND q.lane = 'review' GROUP BY a.id, a.key, a.title, a.url
           ORDER BY count(*) DESC, a.id LIMIT $2""",
        site_id,
        limit,
    )
    return [dict(row) for row in rows]


def _items(rows: Sequence[asyncpg.Record]) -> list[Item]:
    return [Item(row["id"], row["urgency"], orjson.loads(row["json"])) for row in rows]


async def read_comment(conn: Connection, site_id: int, comment_id: int) -> dict[str, Any] | None:
    """A comment with its `scores`, their `model` and `words`, as in an item."""
    row = await conn.fetchrow(
        f"""SELECT {COMMENT}::text AS comment, coalesce(scored.labels, '{{}}') AS scores, scored.model, scored.words FROM comments c
            {COMMENT_TABLES} WHERE c.site_id = $1 AND c.id = $2""",
        site_id,
        comment_id,
    )
    if row is None:
        return None
    return {
        "comment": orjson.loads(row["comment"]),
        "scores": row["scores"],
        "model": row["model"],
        "words": row["words"],
    }
