"""Explanations for what waits for people, made while there is nothing to score: never in the way of a post."""

from collections import deque
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import orjson
import structlog

from moderation.classifier import ClassifierUnavailable
from moderation.database import Connection, Pool
from moderation.isolation import ClassifierCrashed, ClassifierTimeout, IsolatedClassifier
from moderation.judging import Judged
from moderation.reasons import Reason, ReasonCode
from moderation.statuses import Status

MOST_WAITING = 1_000
_LABEL = "toxicity"
_log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Held:
    """A revision that was held by its score for `label`."""

    site_id: int
    comment_id: int
    revision: int
    body: str
    label: str


class Explainer:
    """Explains the held, the newest first; what it has forgotten (a restart) is found again by `sweep`."""

    def __init__(self, pool: Pool, classifier: IsolatedClassifier, timeout_s: float) -> None:
        self._pool = pool
        self._classifier = classifier
        self._timeout_s = timeout_s
        self._waiting: deque[Held] = deque(maxlen=MOST_WAITING)

    def add(self, judged: Iterable[Judged]) -> None:
        """Remember what was just held because of its scores."""
        for one in judged:
            draft = one.draft
            if draft is None or one.scores is None or draft.to_status is not Status.HELD:
                continue
            label = _label(draft.reasons)
            if label is not None:
                item = one.item
                self._waiting.append(Held(item.site_id, item.comment_id, item.revision, item.body, label))

    async def sweep(self) -> None:
        """Find what waits for people without an explanation of this model."""
        async with self._pool.acquire() as conn:
            found = await unexplained(conn, self._classifier.id, MOST_WAITING)
        known = {(one.site_id, one.comment_id, one.revision) for one in self._waiting}
        self._waiting.extendleft(
            one for one in found if (one.site_id, one.comment_id, one.revision) not in known
        )

    async def explain_one(self) -> bool:
        """Explain one; False if there was none. A text that cannot be explained is not tried again."""
        if not self._waiting:
            return False
        held = self._waiting.pop()
        words: Sequence[Mapping[str, float]] = []
        try:
            words = await self._classifier.explain(held.body, held.label, timeout=self._timeout_s)
        except (ClassifierTimeout, ClassifierCrashed, ClassifierUnavailable) as error:
            _log.warning("not_explained", error=type(error).__name__, comment_id=held.comment_id)
        async with self._pool.acquire() as conn:
            await keep(conn, held, self._classifier.id, words)
        return True


def _label(reasons: Sequence[Reason]) -> str | None:
    """The label that the first reason by score names."""
    return next((one.label or _LABEL for one in reasons if one.code is ReasonCode.LIKELY_TOXIC), None)


async def unexplained(conn: Connection, model: str, limit: int) -> list[Held]:
    """What waits for people and was held by a score of `model` that has no words yet, the most urgent first."""
    rows = await conn.fetch(
        """SELECT c.site_id, c.id, c.revision, r.body, reason.label
           FROM queue q
           JOIN comments c ON c.site_id = q.site_id AND c.id = q.comment_id
           JOIN revisions r ON r.site_id = c.site_id AND r.comment_id = c.id AND r.revision = c.revision
           JOIN scores s ON s.site_id = c.site_id AND s.comment_id = c.id AND s.revision = c.revision AND s.model = $1
           CROSS JOIN LATERAL (
               SELECT coalesce(one ->> 'label', $3) AS label FROM jsonb_array_elements(q.reasons) AS one
               WHERE one ->> 'code' = $4 LIMIT 1) reason
           WHERE q.lane = 'review' AND s.words IS NULL
           ORDER BY q.priority DESC, q.id LIMIT $2""",
        model,
        limit,
        _LABEL,
        ReasonCode.LIKELY_TOXIC,
    )
    return [Held(*row) for row in rows]


async def keep(conn: Connection, held: Held, model: str, words: Sequence[Mapping[str, float]]) -> None:
    """Store the words beside the score that they explain; gone with it if the comment was erased meanwhile."""
    await conn.execute(
        """UPDATE scores SET words = $5::text::jsonb
           WHERE site_id = $1 AND comment_id = $2 AND revision = $3 AND model = $4""",
        held.site_id,
        held.comment_id,
        held.revision,
        model,
        orjson.dumps([{"label": held.label, **word} for word in words]).decode(),
    )
