"""The machine's half of the queue: claim, score, judge, decide, in batches.

What the classifier cannot read is never shown and never lost: with no classifier, texts are held as `unscored` and
stay queued until one is back; a text that breaks the classifier goes to people alone.
"""

import asyncio
import contextlib
import os
import socket
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import structlog

from moderation import policies, queue, workers
from moderation.classifier import ClassifierUnavailable
from moderation.database import DATABASE_DOWN, Connection, Pool
from moderation.decisions import Decided, Stale, decide, tally
from moderation.explaining import Explainer
from moderation.forever import forever
from moderation.isolation import ClassifierCrashed, ClassifierTimeout, IsolatedClassifier
from moderation.judging import Judged, judge_item
from moderation.notify import Notifier
from moderation.queue import ScoreItem
from moderation.scores import Scored
from moderation.scores import save as save_scores
from moderation.shadow import Shadow
from moderation.statuses import Status
from moderation.workers import WorkerState

POLL_S = 1.0
# While the classifier is away: how soon it is tried again, and how soon an unscored text is.
RETRY_CLASSIFIER_S = 5.0
RETRY_TEXT_S = 15.0
REPORT_S = 10.0
# How often a worker whose classifier is not the first of the order looks whether a better one is there now.
BETTER_S = 300.0
# A text that every classifier reads: if it fails too, the classifier is at fault and not the text before it.
PROBE = "Thank you, that was an interesting article."
_log = structlog.get_logger()

Scores = Mapping[str, float] | None


@dataclass(frozen=True, slots=True)
class Config:
    """How a worker works: texts per batch, seconds that a batch may take (a longer one is halved) and that a claim holds."""

    batch_size: int = 64
    score_timeout_s: float = 20.0
    lease_s: float = queue.SCORE_LEASE_S
    name: str = ""
    # False where the service runs without rate limits, for load tests.
    count_floods: bool = True

    @property
    def identity(self) -> str:
        """Who claims, in the queue."""
        return self.name or f"worker:{socket.gethostname()}:{os.getpid()}"


class Worker:
    """Scores and judges until it is told to stop."""

    def __init__(
        self,
        pool: Pool,
        classifier: IsolatedClassifier,
        notifier: Notifier,
        config: Config,
        shadow: Shadow | None = None,
    ) -> None:
        self._pool = pool
        self._classifier = classifier
        self._notifier = notifier
        self._config = config
        self._shadow = shadow
        self._explainer = Explainer(pool, classifier, config.score_timeout_s)
        self._wake = asyncio.Event()
        self._stopping = False
        # Nothing is claimed before the first start of the classifier has come to an end: it is seconds away, not absent.
        self._tried = False
        # The database went away with a batch in hand.
        self._interrupted = False
        self._ready = False
        self._looked_at = 0.0
        self._detail = ""

    def wake(self) -> None:
        """There may be something to do."""
        self._wake.set()

    def stop(self) -> None:
        """Finish the batch in hand, then return from `run`."""
        self._stopping = True
        self._wake.set()

    async def run(self) -> None:
        """Work until `stop` is called. A lost database or classifier is waited for."""
        reporter = asyncio.create_task(forever("report", self._report, REPORT_S))
        starter = asyncio.create_task(forever("classifier", self._keep_classifier, RETRY_CLASSIFIER_S))
        try:
            while not self._stopping:
                self._wake.clear()
                try:
                    busy = self._tried and (await self.run_once() or await self.use_idle_time())
                except DATABASE_DOWN as error:
                    _log.warning("worker_waits_for_database", error=type(error).__name__)
                    self._interrupted = True
                    busy = False
                    await asyncio.sleep(POLL_S)
                except Exception:  # noqa: BLE001 -- one bad batch must not end the worker
                    # The items stay claimed until their lease ends, then count one try more; nothing is lost.
                    _log.exception("batch_failed")
                    busy = False
                    await asyncio.sleep(POLL_S)
                if not busy and not self._stopping:
                    with contextlib.suppress(TimeoutError):
                        await asyncio.wait_for(self._wake.wait(), POLL_S)
        finally:
            for task in (reporter, starter):
                task.cancel()
            await asyncio.gather(reporter, starter, return_exceptions=True)
            await self.close()

    async def run_once(self) -> bool:
        """Claim and settle one batch; False if there was none."""
        async with self._pool.acquire() as conn:
            if self._interrupted:
                await queue.give_back(conn, self._config.identity)
                self._interrupted = False
            items = await queue.claim_scores(
                conn, self._config.identity, limit=self._config.batch_size, lease_s=self._config.lease_s
            )
        if not items:
            return False
        worn_out = [item for item in items if item.tries > queue.MAX_TRIES]
        # An item that was claimed before and not finished may be what ended its worker: it goes alone.
        suspects = [item for item in items if 1 < item.tries <= queue.MAX_TRIES]
        fresh = [item for item in items if item.tries <= 1]
        await self._settle([(item, None) for item in worn_out], final=True)
        for batch in [fresh, *([item] for item in suspects)]:
            if batch:
                await self._score_and_settle(batch)
        return True

    async def use_idle_time(self) -> bool:
        """Look for the words behind one held score, else have a few texts scored in shadow, else look for a better
        classifier; False if all is done.
        """
        if self._ready and await self._explainer.explain_one():
            return True
        if self._shadow is not None and await self._shadow.score_some():
            return True
        await self.look_for_better()
        return False

    async def _score_and_settle(self, items: Sequence[ScoreItem]) -> None:
        if not self._ready:
            await self._settle([(item, None) for item in items], final=False)
            return
        timeout = self._config.score_timeout_s
        try:
            scores = await self._classifier.score([item.body for item in items], timeout=timeout)
        except (ClassifierTimeout, ClassifierCrashed, ClassifierUnavailable) as error:
            _log.warning("classifier_failed", error=type(error).__name__, texts=len(items))
            await self._after_failure(items)
            return
        await self._settle(list(zip(items, scores, strict=True)), final=True)

    async def _after_failure(self, items: Sequence[ScoreItem]) -> None:
        """Find out whether the classifier is at fault or one of the texts, and let that one alone suffer."""
        if not await self._probe():
            await self._settle([(item, None) for item in items], final=False)
        elif len(items) == 1:
            _log.warning("text_breaks_classifier", comment_id=items[0].comment_id, site_id=items[0].site_id)
            await self._settle([(items[0], None)], final=True)
        else:
            middle = len(items) // 2
            await self._score_and_settle(items[:middle])
            await self._score_and_settle(items[middle:])

    async def _probe(self) -> bool:
        try:
            await self._classifier.score([PROBE], timeout=self._config.score_timeout_s)
        except (ClassifierTimeout, ClassifierCrashed, ClassifierUnavailable) as error:
            self._ready, self._detail = False, str(error) or type(error).__name__
            return False
        return True

    async def _settle(self, scored: Sequence[tuple[ScoreItem, Scores]], *, final: bool) -> None:
        """Judge, decide, and take the items off the queue, or (not final) leave them there for another try.

        An item whose lease ran out belongs to somebody else: the batch is rolled back and done again without it.
        """
        mine = list(scored)
        while mine:
            claims = [item.claim for item, _ in mine]
            async with self._pool.acquire() as conn:
                judged = await self._judge(conn, mine)
                transaction = conn.transaction()
                await transaction.start()
                try:
                    outcome = await decide(conn, [one.draft for one in judged if one.draft is not None])
                    owned = await queue.owned(conn, claims)
                    if len(owned) == len(claims):
                        await save_scores(conn, self._classifier.id, _scored(judged))
                        await (
                            queue.finish(conn, claims)
                            if final
                            else queue.postpone(conn, claims, RETRY_TEXT_S)
                        )
                        await transaction.commit()
                        self._announce(outcome)
                        self._explainer.add(judged)
                        if self._shadow is not None:
                            self._shadow.add(judged)
                        return
                    await transaction.rollback()
                except BaseException:
                    await transaction.rollback()
                    raise
            mine = [(item, scores) for item, scores in mine if item.claim.queue_id in owned]

    async def _judge(self, conn: Connection, scored: Sequence[tuple[ScoreItem, Scores]]) -> list[Judged]:
        active = await policies.active(conn, {item.site_id for item, _ in scored})
        judged = []
        for item, scores in scored:
            version, policy = active[item.site_id]
            judged.append(
                judge_item(
                    item, scores, self._classifier.id, policy, version, count_floods=self._config.count_floods
                )
            )
        return judged

    def _announce(self, outcome: Sequence[Decided | Stale]) -> None:
        for decided in outcome:
            if not isinstance(decided, Decided):
                continue
            draft = decided.draft
            if decided.version is not None:
                self._notifier.article(draft.site_id, decided.article_id, decided.version)
            if draft.to_status is Status.HELD:
                self._notifier.staff(draft.site_id, "item.added", draft.comment_id)
            elif draft.from_status is Status.HELD:
                self._notifier.staff(draft.site_id, "item.decided", draft.comment_id)
        if outcome:
            _log.info("batch_decided", **tally(outcome))

    async def _keep_classifier(self) -> None:
        """Start the classifier, or start it again when it was found away."""
        if self._ready:
            return
        try:
            await self.prepare()
        finally:
            self._tried = True
            self.wake()
        await self._report()

    async def prepare(self) -> None:
        """Try to start the classifier; if it is there, what waits for one is scored at once."""
        try:
            await self._classifier.start()
        except ClassifierUnavailable as error:
            self._detail = str(error)
            _log.warning("classifier_unavailable", detail=self._detail)
            return
        self._ready, self._detail = True, "; ".join(self._classifier.skipped)
        self._looked_at = time.monotonic()
        _log.info("classifier_ready", classifier=self._classifier.id, skipped=self._detail)
        with contextlib.suppress(*DATABASE_DOWN):
            async with self._pool.acquire() as conn:
                await queue.hasten(conn)
            await self._explainer.sweep()
        self.wake()

    async def look_for_better(self) -> None:
        """Now and then, where an earlier classifier of the order could not be loaded: load again.

        Only between batches, so that no score is taken for another model's.
        """
        due = time.monotonic() - self._looked_at > BETTER_S
        if not (self._ready and self._classifier.skipped and due):
            return
        try:
            await self._classifier.restart()
        except ClassifierUnavailable:
            self._ready = False
        await self.prepare()

    async def close(self) -> None:
        """End the classifier, and say goodbye."""
        await self._classifier.close()
        if self._shadow is not None:
            await self._shadow.close()
        with contextlib.suppress(*DATABASE_DOWN):
            async with self._pool.acquire() as conn:
                await workers.leave(conn, self._config.identity)

    async def _report(self) -> None:
        state = WorkerState.READY if self._ready else WorkerState.UNAVAILABLE
        model = self._classifier.id if self._ready else None
        with contextlib.suppress(*DATABASE_DOWN):
            async with self._pool.acquire() as conn:
                await workers.report(conn, self._config.identity, model, state, self._detail)


def _scored(judged: Sequence[Judged]) -> list[Scored]:
    return [
        Scored(one.item.site_id, one.item.comment_id, one.item.revision, one.scores)
        for one in judged
        if one.scores is not None
    ]
