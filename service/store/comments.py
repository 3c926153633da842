"""Comments one by one: posting, editing, one comment for its readers or its author."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import asyncpg
import orjson

from moderation import nudges, queue
from moderation.database import Connection
from moderation.statuses import Status
from service.store.shapes import own_comment, public_comment
from service.store.warnings import UNREAD

# Deeper replies hang from the comment at this depth, so that ancestors stay short.
MAX_DEPTH = 40
_REPEAT_WINDOW = "10 minutes"


class KeyReusedError(Exception):
    """The idempotency key belongs to another text."""


@dataclass(frozen=True, slots=True)
class NewComment:
    """What a reader posts; `html` is rendered from `body`."""

    site_id: int
    reader_id: int
    article_key: str
    body: str
    html: str
    parent_id: int | None
    article_url: str | None
    article_title: str | None
    idempotency_key: str | None
    # Refuse the same text by the same reader in the same place.
    refuse_repeats: bool
    # Its author would be asked to put it differently, if it were held for its tone.
    nudge: bool = False


@dataclass(frozen=True, slots=True)
class Posted:
    """A stored comment, or (comment_id None) why it was not."""

    comment_id: int | None
    article_mode: str | None
    parent_found: bool
    sanction: str
    sanctioned_until: datetime | None
    repeat_of: int | None
    # A warning that has not been read.
    warned: int | None = None
    # A comment stored just now, as `read_own` gives it; one that the key found has to be read.
    own: dict[str, Any] | None = None


# One statement: look at everything that may stand against the comment, and store it with its revision and its place in
# the queue if nothing does; it gives the comment as its author sees it, which saves reading it.
_POST = f"""
    WITH target AS (
        SELECT a.id AS article_id, a.mode, w.sanctioned_until, p.id AS found_parent,
               CASE WHEN w.sanctioned_until <= now() THEN 'none' ELSE w.sanction END AS sanction, {UNREAD} AS warned,
               CASE WHEN cardinality(p.ancestors) < {MAX_DEPTH} THEN p.id ELSE p.parent_id END AS parent_id,
               coalesce(p.root_id, p.id) AS root_id,
               CASE WHEN p.id IS NULL THEN '{{}}' WHEN cardinality(p.ancestors) < {MAX_DEPTH}
                    THEN p.ancestors || p.id ELSE p.ancestors END AS ancestors,
               CASE WHEN $8 THEN (
                   SELECT max(o.id) FROM (
                       SELECT c.id, c.body, c.article_id, c.parent_id, c.created_at, c.status FROM comments c
                       WHERE c.site_id = $1 AND c.reader_id = $2 ORDER BY c.id DESC LIMIT 10) o
                   WHERE o.body = $4 AND o.article_id = a.id AND o.parent_id IS NOT DISTINCT FROM $6
                         AND o.status <> 'deleted' AND o.created_at > now() - interval '{_REPEAT_WINDOW}') END
               AS repeat_of
        FROM articles a
        JOIN readers w ON w.site_id = $1 AND w.id = $2
        LEFT JOIN comments p ON p.site_id = $1 AND p.id = $6 AND p.article_id = a.id AND p.status = 'published'
        WHERE a.site_id = $1 AND a.key = $3
    ), comment AS (
        INSERT INTO comments (site_id, article_id, reader_id, parent_id, root_id, ancestors, body, html, idempotency_key, nudge)
        SELECT $1, article_id, $2, parent_id, root_id, ancestors, $4, $5, $7, CASE WHEN $9 THEN 'wanted' END FROM target
        WHERE mode <> 'closed' AND repeat_of IS NULL AND ($6::bigint IS NULL OR found_parent IS NOT NULL)
              AND sanction NOT IN ('suspended', 'banned') AND warned IS NULL
        RETURNING *
    ), revision AS (
        INSERT INTO revisions (site_id, comment_id, revision, body, html) SELECT $1, id, 1, $4, $5 FROM comment
        RETURNING *
    ), item AS (
        INSERT INTO queue (site_id, comment_id, lane) SELECT $1, id, 'score' FROM comment
    )
    SELECT c.id, t.mode, t.found_parent IS NOT NULL AS parent_found, t.sanction, t.sanctioned_until, t.repeat_of, t.warned,
           CASE WHEN c.id IS NOT NULL THEN {own_comment()}::text END AS own
    FROM target t LEFT JOIN (comment c JOIN revision r ON true JOIN readers w ON w.site_id = $1 AND w.id = $2) ON true"""


async def post(conn: Connection, new: NewComment) -> Posted:
    """Store a comment, pending, and queue it for the classifier; one statement, so all of it or nothing.

    The same idempotency key finds the comment that it made before; raises KeyReusedError if that one says something
    else.
    """
    arguments = (
        new.site_id,
        new.reader_id,
        new.article_key,
        new.body,
        new.html,
        new.parent_id,
        new.idempotency_key,
    )
    for _ in range(2):
        try:
            row = await conn.fetchrow(_POST, *arguments, new.refuse_repeats, new.nudge)
        except asyncpg.UniqueViolationError as error:
            if error.constraint_name != "comments_idempotency_unique":
                raise
            return await _posted_before(conn, new)
        if row is not None:
            if row["id"] is None and new.idempotency_key and await _find_by_key(conn, new):
                return await _posted_before(conn, new)
            return Posted(
                comment_id=row["id"],
                article_mode=row["mode"],
                parent_found=row["parent_found"],
                sanction=row["sanction"],
                sanctioned_until=row["sanctioned_until"],
                repeat_of=row["repeat_of"],
                warned=row["warned"],
                own=orjson.loads(row["own"]) if row["own"] else None,
            )
        await conn.execute(
            """INSERT INTO articles (site_id, key, url, title) VALUES ($1, $2, $3, $4)
               ON CONFLICT ON CONSTRAINT articles_key_unique DO NOTHING""",
            new.site_id,
            new.article_key,
            new.article_url,
            new.article_title,
        )
    return Posted(None, None, parent_found=False, sanction="none", sanctioned_until=None, repeat_of=None)


async def _find_by_key(conn: Connection, new: NewComment) -> asyncpg.Record | None:
    return await conn.fetchrow(
        """SELECT c.id, a.key, r.body, c.parent_id FROM comments c
           JOIN articles a ON a.site_id = c.site_id AND a.id = c.article_id
           JOIN revisions r ON r.site_id = c.site_id AND r.comment_id = c.id AND r.revision = 1
           WHERE c.site_id = $1 AND c.reader_id = $2 AND c.idempotency_key = $3""",
        new.site_id,
        new.reader_id,
        new.idempotency_key,
    )


async def _posted_before(conn: Connection, new: NewComment) -> Posted:
    row = await _find_by_key(conn, new)
    if row is None or (row["key"], row["body"]) != (new.article_key, new.body):
        raise KeyReusedError
    return Posted(row["id"], None, parent_found=True, sanction="none", sanctioned_until=None, repeat_of=None)


@dataclass(frozen=True, slots=True)
class Comment:
    """What must be known to change a comment."""

    id: int
    article_id: int
    article_key: str
    reader_id: int
    root_id: int
    status: Status
    revision: int
    listed: bool
    reply_count: int
    created_at: datetime
    # Seconds since it was posted, by the database's clock.
    age_s: float


async def find(conn: Connection, site_id: int, comment_id: int, *, lock: bool = False) -> Comment | None:
    """A comment, locked until the transaction ends if asked."""
    row = await conn.fetchrow(
        f"""SELECT c.id, c.article_id, a.key, c.reader_id, coalesce(c.root_id, c.id) AS root_id, c.status, c.revision,
                   c.listed, c.reply_count, c.created_at, extract(epoch FROM now() - c.created_at)::float8 AS age_s
            FROM comments c JOIN articles a ON a.site_id = c.site_id AND a.id = c.article_id
            WHERE c.site_id = $1 AND c.id = $2 {"FOR NO KEY UPDATE OF c" if lock else ""}""",
        site_id,
        comment_id,
    )
    if row is None:
        return None
    return Comment(
        id=row["id"],
        article_id=row["article_id"],
        article_key=row["key"],
        reader_id=row["reader_id"],
        root_id=row["root_id"],
        status=Status(row["status"]),
        revision=row["revision"],
        listed=row["listed"],
        reply_count=row["reply_count"],
        created_at=row["created_at"],
        age_s=row["age_s"],
    )


async def edit(conn: Connection, site_id: int, comment: Comment, *, body: str, html: str) -> int:
    """Store a new text and have it judged, in the caller's transaction; the caller has locked the comment.

    Until then a published text stays up. Returns the new revision.
    """
    revision = comment.revision + 1
    rephrased = await nudges.rephrase(conn, site_id, comment.id)
    await conn.execute(
        "INSERT INTO revisions (site_id, comment_id, revision, body, html) VALUES ($1, $2, $3, $4, $5)",
        site_id,
        comment.id,
        revision,
        body,
        html,
    )
    await conn.execute(
        """UPDATE comments SET revision = $3, body = CASE WHEN $4 THEN $5 ELSE body END,
               html = CASE WHEN $4 THEN $6 ELSE html END WHERE site_id = $1 AND id = $2""",
        site_id,
        comment.id,
        revision,
        rephrased,
        body,
        html,
    )
    await queue.enqueue_score(conn, site_id, comment.id)
    return revision


async def read_public(conn: Connection, site_id: int, comment_id: int) -> bytes | None:
    """A listed comment's JSON."""
    text = await conn.fetchval(
        f"""SELECT {public_comment()}::text FROM comments c JOIN readers w ON w.site_id = $1 AND w.id = c.reader_id
            WHERE c.site_id = $1 AND c.id = $2 AND c.listed""",
        site_id,
        comment_id,
    )
    return text.encode() if text is not None else None


_OWN = f"""SELECT c.id, {own_comment()}::text AS json FROM comments c
           JOIN readers w ON w.site_id = $1 AND w.id = c.reader_id
           JOIN revisions r ON r.site_id = $1 AND r.comment_id = c.id AND r.revision = c.revision
           WHERE c.site_id = $1 AND c.reader_id = $2 AND c.status NOT IN ('deleted', 'erased')"""


async def read_own(conn: Connection, site_id: int, reader_id: int, comment_id: int) -> dict[str, Any] | None:
    """A comment as its author sees it, the reasons as stored."""
    row = await conn.fetchrow(f"{_OWN} AND c.id = $3", site_id, reader_id, comment_id)
    return orjson.loads(row["json"]) if row else None


async def list_own(
    conn: Connection, site_id: int, reader_id: int, *, article_key: str | None, before: int | None, limit: int
) -> list[dict[str, Any]]:
    """A reader's own comments in every status, newest first."""
    rows = await conn.fetch(
        f"""{_OWN} AND ($3::bigint IS NULL OR c.id < $3)
            AND ($4::text IS NULL OR c.article_id = (SELECT a.id FROM articles a WHERE a.site_id = $1 AND a.key = $4))
            ORDER BY c.id DESC LIMIT $5""",
        site_id,
        reader_id,
        before,
        article_key,
        limit,
    )
    return [orjson.loads(row["json"]) for row in rows]
