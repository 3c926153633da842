"""Another model over the comments that are there, in shadow: its scores judge nothing until somebody has seen what they
would change. Resumable, since a comment that has a score of the model is passed over.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from moderation import queue
from moderation.database import Connection
from moderation.isolation import ClassifierCrashed, ClassifierTimeout, IsolatedClassifier
from moderation.scores import Scored, save_shadow

BATCH = 64
_NEWEST = 2**63 - 1
_LAST = -10.0
"""Behind every new comment."""
_TIMEOUT_S = 60.0
"""For a batch, or for one comment where a batch broke the model: there is no hurry."""

Report = Callable[[str, int, int], None]


@dataclass(frozen=True, slots=True)
class Unscored:
    """A comment's newest text that a model has not seen."""

    comment_id: int
    revision: int
    body: str


@dataclass(frozen=True, slots=True)
class Rescored:
    """How many comments got a score, and which broke the model and got none."""

    scored: int
    broken: Sequence[int]


async def rescore(
    conn: Connection, site_id: int, classifier: IsolatedClassifier, *, days: int, report: Report
) -> Rescored:
    """Score what the site published, holds and rejected in the last `days` days, the newest first.

    A comment that the model breaks on is passed over; the next run tries it again. Raises ClassifierUnavailable.
    """
    await classifier.start()
    total = await conn.fetchval(f"SELECT count(*) {_UNSCORED}", site_id, classifier.id, days)
    done, broken, before = 0, list[int](), _NEWEST
    while batch := await _next(conn, site_id, classifier.id, days, before):
        scores = await _scores(classifier, batch)
        scored = [Scored(site_id, one.comment_id, one.revision, labels) for one, labels in scores]
        await save_shadow(conn, classifier.id, scored)
        broken += {one.comment_id for one in batch} - {one.comment_id for one in scored}
        done, before = done + len(batch), batch[-1].comment_id
        report("rescoring", done, max(total, done))
    return Rescored(done - len(broken), sorted(broken))


async def _scores(
    classifier: IsolatedClassifier, batch: Sequence[Unscored]
) -> list[tuple[Unscored, Mapping[str, float]]]:
    """All of the batch at once; where that breaks the model, one by one, without those it breaks on."""
    try:
        scores = await classifier.score([one.body for one in batch], timeout=_TIMEOUT_S)
    except (ClassifierCrashed, ClassifierTimeout):
        if len(batch) == 1:
            return []
        return [pair for one in batch for pair in await _scores(classifier, [one])]
    return list(zip(batch, scores, strict=True))


_UNSCORED = """
    FROM comments c JOIN revisions r ON r.site_id = $1 AND r.comment_id = c.id AND r.revision = c.revision
    WHERE c.site_id = $1 AND c.status IN ('published', 'held', 'rejected')
      AND c.created_at > now() - make_interval(days => $3)
      AND NOT EXISTS (SELECT FROM scores s WHERE s.site_id = $1 AND s.comment_id = c.id AND s.revision = c.revision
                      AND s.model = $2)"""


async def _next(conn: Connection, site_id: int, model: str, days: int, before: int) -> list[Unscored]:
    rows = await conn.fetch(
        f"SELECT c.id, c.revision, r.body {_UNSCORED} AND c.id < $5 ORDER BY c.id DESC LIMIT $4",
        site_id,
        model,
        days,
        BATCH,
        before,
    )
    return [Unscored(*row) for row in rows]


async def judge_again(conn: Connection, site_id: int, comment_ids: Sequence[int]) -> None:
    """Have the worker judge these comments anew with its own classifier, behind everything that is new."""
    async with conn.transaction():
        for comment_id in comment_ids:
            await queue.enqueue_score(conn, site_id, comment_id, priority=_LAST)
