"""Another model over the comments that are there, in shadow: its scores judge nothing until somebody has seen what they
would change. Resumable, since a comment that has a score of the model is passed over.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import orjson

from moderation import queue
from moderation.classifier import Classifier
from moderation.database import Connection

BATCH = 64
_LAST = -10.0
"""Behind every new comment."""

Report = Callable[[str, int, int], None]


@dataclass(frozen=True, slots=True)
class Unscored:
    """A comment's newest text that a model has not seen."""

    comment_id: int
    revision: int
    body: str


async def rescore(
    conn: Connection, site_id: int, classifier: Classifier, *, days: int, report: Report
) -> int:
    """Score what the site published, holds and rejected in the last `days` days, the newest first; returns how many."""
    total = await conn.fetchval(f"SELECT count(*) {_UNSCORED}", site_id, classifier.id, days)
    done = 0
    while batch := await _next(conn, site_id, classifier.id, days):
        scores = classifier.score([one.body for one in batch])
        await save_shadow(conn, site_id, classifier.id, batch, scores)
        done += len(batch)
        report("rescoring", done, max(total, done))
    return done


_UNSCORED = """
    FROM comments c JOIN revisions r ON r.site_id = $1 AND r.comment_id = c.id AND r.revision = c.revision
    WHERE c.site_id = $1 AND c.status IN ('published', 'held', 'rejected')
      AND c.created_at > now() - make_interval(days => $3)
      AND NOT EXISTS (SELECT FROM scores s WHERE s.site_id = $1 AND s.comment_id = c.id AND s.revision = c.revision
                      AND s.model = $2)"""


async def _next(conn: Connection, site_id: int, model: str, days: int) -> list[Unscored]:
    rows = await conn.fetch(
        f"SELECT c.id, c.revision, r.body {_UNSCORED} ORDER BY c.id DESC LIMIT $4",
        site_id,
        model,
        days,
        BATCH,
    )
    return [Unscored(*row) for row in rows]


async def save_shadow(
    conn: Connection,
    site_id: int,
    model: str,
    texts: Sequence[Unscored],
    scores: Sequence[Mapping[str, float]],
) -> None:
    """Keep scores that judge nothing; a score that does is left alone, and what was erased meanwhile has none."""
    await conn.execute(
        """INSERT INTO scores (site_id, comment_id, revision, model, labels, shadow)
           SELECT $1, d.comment_id, d.revision, $2, d.labels::jsonb, true
           FROM unnest($3::bigint[], $4::integer[], $5::text[]) AS d(comment_id, revision, labels)
           JOIN revisions r ON r.site_id = $1 AND r.comment_id = d.comment_id AND r.revision = d.revision
           ON CONFLICT ON CONSTRAINT scores_pkey DO NOTHING""",
        site_id,
        model,
        [one.comment_id for one in texts],
        [one.revision for one in texts],
        [orjson.dumps({label: round(value, 4) for label, value in one.items()}).decode() for one in scores],
    )


async def judge_again(conn: Connection, site_id: int, comment_ids: Sequence[int]) -> None:
    """Have the worker judge these comments anew with its own classifier, behind everything that is new."""
    async with conn.transaction():
        for comment_id in comment_ids:
            await queue.enqueue_score(conn, site_id, comment_id, priority=_LAST)
