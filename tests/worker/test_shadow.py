"""Two models side by side: the second one's scores are kept and judge nothing."""

from collections.abc import Awaitable, Callable, Mapping, Sequence

import pytest

from moderation.database import Pool
from moderation.isolation import IsolatedClassifier
from moderation.notify import Notifier
from moderation.shadow import Shadow
from moderation.worker import Config, Worker
from tests.classifiers import Cued
from tests.conftest import CUED, Api


class Harsh(Cued):
    """Finds everything toxic."""

    id = "harsh@1"

    def score(self, texts: Sequence[str]) -> list[Mapping[str, float]]:
        return [{"toxicity": 0.99, "insult": 0.99} for _ in super().score(texts)]


MakePair = Callable[[str], Awaitable[Worker]]


@pytest.fixture
async def make_pair(pool: Pool):
    made: list[Worker] = []

    async def make(spec: str) -> Worker:
        shadow = Shadow(pool, IsolatedClassifier(spec), 5.0)
        config = Config(batch_size=16, score_timeout_s=5.0, name="pair", count_floods=False)
        worker = Worker(pool, IsolatedClassifier(CUED), Notifier(pool), config, shadow)
        made.append(worker)
        await worker.prepare()
        return worker

    yield make
    for worker in made:
        await worker.close()


async def test_both_models_score_and_one_judges(api: Api, make_pair: MakePair, pool: Pool) -> None:
    worker = await make_pair("python:tests.worker.test_shadow:Harsh")
    for body in ("A good point.", "Another one."):
        await (await api.guest()).post(body)
    await worker.run_once()
    assert await worker.use_idle_time()
    assert not await worker.use_idle_time()
    rows = await pool.fetch("SELECT model, shadow, labels FROM scores ORDER BY model, comment_id")
    assert [(row["model"], row["shadow"]) for row in rows] == [("cued@1", False)] * 2 + [
        ("harsh@1", True)
    ] * 2
    assert rows[-1]["labels"]["toxicity"] == 0.99
    assert await pool.fetchval("SELECT count(*) FROM comments WHERE status = 'published'") == 2


@pytest.mark.parametrize("spec", ["python:tests.worker.test_shadow:Nothing", "nosuch"])
async def test_a_shadow_that_is_not_there_changes_nothing(
    api: Api, make_pair: MakePair, pool: Pool, spec: str
) -> None:
    worker = await make_pair(spec)
    await (await api.guest()).post("A good point.")
    await worker.run_once()
    assert await worker.use_idle_time()
    assert not await worker.use_idle_time()
    assert await pool.fetchval("SELECT status FROM comments") == "published"
    assert await pool.fetchval("SELECT count(*) FROM scores") == 1


async def test_a_text_that_kills_the_shadow_is_left_out_and_the_next_is_scored(
    api: Api, make_pair: MakePair, pool: Pool
) -> None:
    worker = await make_pair("python:tests.worker.test_shadow:Frail")
    await (await api.guest()).post("A point that kill-the-shadow knows.")
    await worker.run_once()
    await worker.use_idle_time()
    await (await api.guest()).post("A good point.")
    await worker.run_once()
    await worker.use_idle_time()
    assert await pool.fetchval("SELECT count(*) FROM scores WHERE shadow") == 1
    assert await pool.fetchval("SELECT count(*) FROM comments WHERE status = 'published'") == 2


class Frail(Harsh):
    """Dies of some texts."""

    def score(self, texts: Sequence[str]) -> list[Mapping[str, float]]:
        return super().score([text.replace("kill-the-shadow", "kill-the-classifier") for text in texts])
