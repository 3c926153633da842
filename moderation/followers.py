"""Whom a newly published comment is of interest to: noted with the decision, told by mail later, gathered."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from moderation.database import Connection
from moderation.statuses import Status

if TYPE_CHECKING:
    from moderation.decisions import Draft


async def note(conn: Connection, drafts: Sequence["Draft"]) -> None:
    """Note what there is to tell of comments that these decisions published for the first time, in their transaction.

    Told are the author of the comment that is answered and whoever follows the thread, if their address is confirmed:
    nobody of their own comment, nor of one by somebody they muted.
    """
    published = [draft for draft in drafts if draft.to_status is Status.PUBLISHED is not draft.from_status]
    if not published:
        return
    await conn.execute(
        """INSERT INTO notices (site_id, reader_id, comment_id, kind)
           SELECT m.site_id, m.reader_id, c.id, CASE WHEN w.answered THEN 'reply' ELSE 'thread' END
           FROM unnest($1::bigint[], $2::bigint[]) AS d(site_id, id)
           -- The time of this transaction: a comment that comes back is not told of again.
           JOIN comments c ON c.site_id = d.site_id AND c.id = d.id AND c.published_at = now()
           CROSS JOIN LATERAL (
               SELECT p.reader_id, true AS answered FROM comments p WHERE p.site_id = c.site_id AND p.id = c.parent_id
               UNION ALL
               SELECT f.reader_id, false FROM follows f WHERE f.site_id = c.site_id AND f.article_id = c.article_id) w
           JOIN mailboxes m ON m.site_id = c.site_id AND m.reader_id = w.reader_id
           WHERE m.confirmed_at IS NOT NULL AND m.reader_id <> c.reader_id AND (m.replies OR NOT w.answered)
                 AND NOT EXISTS (SELECT FROM mutes u WHERE u.site_id = c.site_id AND u.reader_id = m.reader_id
                                 AND u.muted_id = c.reader_id)
           ORDER BY w.answered DESC
           ON CONFLICT ON CONSTRAINT notices_pkey DO NOTHING""",
        [draft.site_id for draft in published],
        [draft.comment_id for draft in published],
    )
