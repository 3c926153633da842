"""A second model beside the one that judges: it scores the same comments while there is nothing else to do, and its
scores are kept in shadow. `parley model rescore` tells what they would change.
"""

from collections import deque
from collections.abc import Iterable

import structlog

from moderation.classifier import ClassifierUnavailable
from moderation.database import Pool
from moderation.isolation import ClassifierCrashed, ClassifierTimeout, IsolatedClassifier
from moderation.judging import Judged
from moderation.queue import ScoreItem
from moderation.scores import Scored, save_shadow

MOST_WAITING = 10_000
_BATCH = 8
"""Few, so that a post that comes meanwhile waits for little."""
_log = structlog.get_logger()


class Shadow:
    """Scores what was judged. It gives way to everything: what it cannot score, or has no room for, it leaves out."""

    def __init__(self, pool: Pool, classifier: IsolatedClassifier, timeout_s: float) -> None:
        self._pool = pool
        self._classifier = classifier
        self._timeout_s = timeout_s
        self._waiting: deque[ScoreItem] = deque(maxlen=MOST_WAITING)

    def add(self, judged: Iterable[Judged]) -> None:
        """Remember what was just scored."""
        self._waiting.extend(one.item for one in judged if one.scores is not None)

    async def score_some(self) -> bool:
        """Score a few of one site; False if there are none."""
        if not self._waiting:
            return False
        first = self._waiting.popleft()
        items = [first]
        while self._waiting and len(items) < _BATCH and self._waiting[0].site_id == first.site_id:
            items.append(self._waiting.popleft())
        try:
            scores = await self._classifier.score([one.body for one in items], timeout=self._timeout_s)
        except (ClassifierTimeout, ClassifierCrashed, ClassifierUnavailable) as error:
            _log.warning("shadow_failed", error=type(error).__name__, detail=str(error), texts=len(items))
            return True
        scored = [
            Scored(one.site_id, one.comment_id, one.revision, labels)
            for one, labels in zip(items, scores, strict=True)
        ]
        async with self._pool.acquire() as conn:
            await save_shadow(conn, self._classifier.id, scored)
        return True

    async def close(self) -> None:
        """End the model."""
        await self._classifier.close()
