"""What follows from a decision, in the same transaction: events, counts, the review queue, the outbox.

Called by decisions.py alone, which holds the locks on the articles and comments.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import asyncpg

from moderation import stages, urgency
from moderation.database import Connection
from moderation.reasons import dump_reasons
from moderation.statuses import Actor, Status

if TYPE_CHECKING:
    from moderation.decisions import Draft


_REPORTED = [{"code": "reported"}]


@dataclass(frozen=True, slots=True)
class Change:
    """What readers of an article see of a decision."""

    site_id: int
    article_id: int
    comment_id: int
    ancestors: list[int]
    # published | changed | removed; None if there is nothing to see.
    event: str | None
    # By how much the number of published comments moves: -1, 0 or 1.
    step: int


def change(before: Status, after: Status, row: asyncpg.Record) -> Change:
    """Tell what a move shows to readers; `row` is the comment as it was."""
    event: str | None = None
    if after is Status.PUBLISHED and before is not Status.PUBLISHED:
        event = "published"
    elif after is Status.PUBLISHED and row["shown_revision"] != row["revision"]:
        event = "changed"
    elif before is Status.PUBLISHED and after is not Status.PUBLISHED:
        event = "removed"
    step = (after is Status.PUBLISHED) - (before is Status.PUBLISHED)
    return Change(row["site_id"], row["article_id"], row["id"], row["ancestors"], event, step)


async def publish_events(conn: Connection, changes: Sequence[Change]) -> list[int | None]:
    """Number the visible changes by their article's version and write them as events.

    Returns each change's version, None where there is nothing to see. The article's row is locked by the caller, so
    the numbers of an article have no gaps and become visible in order.
    """
    visible = [item for item in changes if item.event is not None]
    if not visible:
        return [None] * len(changes)
    shown = Counter((item.site_id, item.article_id) for item in visible)
    steps: Counter[tuple[int, int]] = Counter()
    for item in visible:
        steps[item.site_id, item.article_id] += item.step
    rows = await conn.fetch(
        """UPDATE articles a SET version = a.version + d.shown, comment_count = a.comment_count + d.step
           FROM unnest($1::bigint[], $2::bigint[], $3::integer[], $4::integer[]) AS d(site_id, id, shown, step)
           WHERE a.site_id = d.site_id AND a.id = d.id
           RETURNING a.site_id, a.id, a.version - d.shown AS before""",
        [key[0] for key in shown],
        [key[1] for key in shown],
        list(shown.values()),
        [steps[key] for key in shown],
    )
    next_version = {(row["site_id"], row["id"]): row["before"] for row in rows}
    versions: list[int | None] = []
    for item in changes:
        key = (item.site_id, item.article_id)
        if item.event is not None:
            next_version[key] += 1
        versions.append(next_version[key] if item.event is not None else None)
    await conn.execute(
        """INSERT INTO events (site_id, article_id, seq, type, comment_id)
           SELECT * FROM unnest($1::bigint[], $2::bigint[], $3::bigint[], $4::text[], $5::bigint[])""",
        [item.site_id for item in visible],
        [item.article_id for item in visible],
        [version for version in versions if version is not None],
        [item.event for item in visible],
        [item.comment_id for item in visible],
    )
    return versions


async def count_replies(conn: Connection, changes: Sequence[Change]) -> None:
    """Keep reply_count, the number of published comments below each comment."""
    steps: Counter[tuple[int, int]] = Counter()
    for item in changes:
        for ancestor in item.ancestors:
            steps[item.site_id, ancestor] += item.step
    if any(steps.values()):
        await conn.execute(
            """UPDATE comments c SET reply_count = c.reply_count + d.step
               FROM unnest($1::bigint[], $2::bigint[], $3::integer[]) AS d(site_id, id, step)
               WHERE c.site_id = d.site_id AND c.id = d.id""",
            [key[0] for key in steps],
            [key[1] for key in steps],
            list(steps.values()),
        )


async def update_review_queue(conn: Connection, drafts: Sequence[Draft], decision_ids: Sequence[int]) -> None:
    """Queue what is held for people; take off what is settled, with the reports that led there.

    Readers' reports are for people: whatever the machine decides, they stay, and so does the item; so does what was escalated.
    """
    held = [draft for draft in drafts if draft.to_status is Status.HELD]
    if held:
        await conn.execute(
            """INSERT INTO queue (site_id, comment_id, lane, reasons, priority)
               SELECT d.site_id, d.comment_id, 'review', d.reasons::jsonb, d.priority
               FROM unnest($1::bigint[], $2::bigint[], $3::text[], $4::real[])
                    AS d(site_id, comment_id, reasons, priority) ORDER BY d.site_id, d.comment_id
               ON CONFLICT ON CONSTRAINT queue_item_unique DO UPDATE
               SET priority = greatest(queue.priority, excluded.priority),
                   reasons = CASE WHEN queue.reasons @> $5 AND NOT excluded.reasons @> $5
                                  THEN excluded.reasons || $5 ELSE excluded.reasons END""",
            [draft.site_id for draft in held],
            [draft.comment_id for draft in held],
            [dump_reasons(draft.reasons) for draft in held],
            [draft.priority for draft in held],
            _REPORTED,
        )
        await urgency.rank(conn, [(draft.site_id, draft.comment_id) for draft in held])
        await stages.settle(conn, held)
    settled = [
        (draft.site_id, draft.comment_id, decision_id, draft.actor is not Actor.MACHINE)
        for draft, decision_id in zip(drafts, decision_ids, strict=True)
        if draft.to_status is not Status.HELD
    ]
    if settled:
        await _take_off(conn, settled)


async def _take_off(conn: Connection, settled: Sequence[tuple[int, int, int, bool]]) -> None:
    """Settle items, given as site, comment, decision, and whether a person (or the author) decided."""
    sites, comments, ids, by_people = zip(*settled, strict=True)
    await conn.execute(
        """UPDATE reports r SET settled_by = d.id
           FROM unnest($1::bigint[], $2::bigint[], $3::bigint[], $4::boolean[]) AS d(site_id, comment_id, id, by_people)
           WHERE d.by_people AND r.site_id = d.site_id AND r.comment_id = d.comment_id AND r.settled_by IS NULL""",
        sites,
        comments,
        ids,
        by_people,
    )
    await conn.execute(
        """WITH d AS (SELECT d.*, (SELECT count(*) FROM reports r WHERE r.site_id = d.site_id
                                   AND r.comment_id = d.comment_id AND r.settled_by IS NULL) > 0 AS reported
                      FROM unnest($1::bigint[], $2::bigint[], $4::boolean[]) AS d(site_id, comment_id, by_people)),
           kept AS (UPDATE queue q SET reasons = $3 FROM d
                    WHERE d.reported AND q.site_id = d.site_id AND q.comment_id = d.comment_id AND q.lane = 'review')
           DELETE FROM queue q USING d
           WHERE NOT d.reported AND (d.by_people OR q.stage <> 'lead')
             AND q.site_id = d.site_id AND q.comment_id = d.comment_id AND q.lane = 'review'""",
        sites,
        comments,
        _REPORTED,
        by_people,
    )


async def fill_outbox(conn: Connection, drafts: Sequence[Draft], decision_ids: Sequence[int]) -> None:
    """Leave one message per decision for each of the site's webhooks. No text of a comment leaves with it."""
    await conn.execute(
        """INSERT INTO outbox (site_id, webhook_id, type, subject, payload)
           SELECT d.site_id, w.id, 'comment.' || d.to_status, 'comment:' || d.comment_id,
                  jsonb_build_object('comment_id', d.comment_id::text, 'article', a.key, 'revision', d.revision,
                                     'from', d.from_status, 'to', d.to_status, 'actor', d.actor,
                                     'decided_at', d.created_at)
           FROM unnest($1::bigint[], $2::bigint[]) AS made(site_id, id)
           JOIN decisions d ON d.site_id = made.site_id AND d.id = made.id
           JOIN webhooks w ON w.site_id = d.site_id AND w.disabled_at IS NULL
           JOIN comments c ON c.site_id = d.site_id AND c.id = d.comment_id
           JOIN articles a ON a.site_id = d.site_id AND a.id = c.article_id
           ORDER BY d.id""",
        [draft.site_id for draft in drafts],
        list(decision_ids),
    )
