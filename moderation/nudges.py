"""A comment that is held for its tone alone: its author is asked once to put it differently, before people see it.

The comment is held like any other, by a decision of its own. All that differs is that its item in the review queue is
not to be claimed for a while, in which its author may rephrase it or send it on; if they do neither, it goes on by itself.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from moderation.database import Connection
from moderation.reasons import Reason, ReasonCode
from moderation.statuses import Status

if TYPE_CHECKING:
    from moderation.decisions import Draft

# How long the author has before people see it.
WINDOW = "10 minutes"


def is_for_tone(reasons: Sequence[Reason]) -> bool:
    """Whether nothing but a label's score speaks against a text."""
    return bool(reasons) and all(reason.code is ReasonCode.LIKELY_TOXIC for reason in reasons)


async def follow(conn: Connection, drafts: Sequence[Draft]) -> None:
    """After decisions that hold comments, in their transaction: ask the authors of some, keep people from waiting for others."""
    held = [draft for draft in drafts if draft.to_status is Status.HELD]
    asked = [draft for draft in held if draft.asks]
    # What was rephrased and is held again has nothing to wait for.
    again = [draft for draft in held if not draft.asks and draft.revision > 1]
    if asked:
        await conn.execute(
            """UPDATE comments c SET nudge = 'asked' FROM unnest($1::bigint[], $2::bigint[]) AS d(site_id, id)
               WHERE c.site_id = d.site_id AND c.id = d.id""",
            [draft.site_id for draft in asked],
            [draft.comment_id for draft in asked],
        )
    if asked or again:
        await conn.execute(
            f"""UPDATE queue q SET ready_at = CASE WHEN d.asks THEN now() + interval '{WINDOW}' ELSE now() END
                FROM unnest($1::bigint[], $2::bigint[], $3::boolean[]) AS d(site_id, id, asks)
                JOIN comments c ON c.site_id = d.site_id AND c.id = d.id
                WHERE q.site_id = d.site_id AND q.comment_id = d.id AND q.lane = 'review' AND q.claimed_by IS NULL
                      AND (d.asks OR c.nudge = 'rephrased')""",
            [draft.site_id for draft in [*asked, *again]],
            [draft.comment_id for draft in [*asked, *again]],
            [draft.asks for draft in [*asked, *again]],
        )


async def send(conn: Connection, site_id: int, reader_id: int, comment_id: int) -> bool:
    """Let people see it as it is, in the caller's transaction; False if its author was not asked, or has answered."""
    sent = await conn.fetchval(
        """UPDATE comments SET nudge = 'sent'
           WHERE site_id = $1 AND id = $2 AND reader_id = $3 AND nudge = 'asked' AND status = 'held' RETURNING true""",
        site_id,
        comment_id,
        reader_id,
    )
    if sent:
        await conn.execute(
            """UPDATE queue SET ready_at = now()
               WHERE site_id = $1 AND comment_id = $2 AND lane = 'review' AND claimed_by IS NULL""",
            site_id,
            comment_id,
        )
    return bool(sent)


async def rephrase(conn: Connection, site_id: int, comment_id: int) -> bool:
    """A new text stands in place of one that its author was asked about, in the caller's transaction; the old one is not kept.

    False if they were not asked.
    """
    return bool(
        await conn.fetchval(
            """WITH asked AS (
                   UPDATE comments SET nudge = 'rephrased'
                   WHERE site_id = $1 AND id = $2 AND nudge = 'asked' AND status = 'held' RETURNING revision
               ), gone AS (
                   UPDATE revisions r SET body = '', html = '' FROM asked
                   WHERE r.site_id = $1 AND r.comment_id = $2 AND r.revision = asked.revision
               ), words AS (
                   UPDATE scores s SET words = '[]' FROM asked
                   WHERE s.site_id = $1 AND s.comment_id = $2 AND s.revision = asked.revision
               )
               SELECT true FROM asked""",
            site_id,
            comment_id,
        )
    )
