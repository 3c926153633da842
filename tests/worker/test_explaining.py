"""The words behind a held score: found while there is nothing else to do, kept by revision and model, shown to staff."""

from moderation.database import Pool
from moderation.worker import Worker
from service.staff.queue_shapes import ItemOut
from service.staff.shapes import worded
from service.store.queue import list_items
from tests.conftest import Api, MakeWorker, row


async def test_the_words_behind_a_held_comment_are_kept_with_its_score(
    api: Api, worker: Worker, pool: Pool
) -> None:
    ann = await api.guest()
    text = "So you are an idiot, are you?"
    await ann.post(text)
    await worker.run_once()
    assert (await row(pool, "SELECT words FROM scores"))["words"] is None

    assert await worker.use_idle_time()

    (word,) = (await row(pool, "SELECT words FROM scores"))["words"]
    assert (text[word["start"] : word["end"]], word["label"]) == ("idiot", "toxicity")
    assert word["weight"] > 1
    assert not await worker.use_idle_time()


async def test_a_published_comment_is_not_explained(api: Api, worker: Worker) -> None:
    ann = await api.guest()
    await ann.post("A good point.")
    await worker.run_once()
    assert not await worker.use_idle_time()


async def test_moderators_see_the_words(api: Api, worker: Worker, pool: Pool, site: int) -> None:
    ann = await api.guest()
    await ann.post("An idiot wrote this.")
    await worker.run_once()

    async def shown() -> ItemOut:
        (item,) = await list_items(pool, site, limit=5, after=None)
        return ItemOut.model_validate(worded(item.json))

    assert (await shown()).words is None
    await worker.use_idle_time()
    assert [(word.start, word.end) for word in (await shown()).words or ()] == [(3, 8)]


async def test_a_worker_that_starts_finds_what_was_left_unexplained(
    api: Api, make_worker: MakeWorker, pool: Pool
) -> None:
    ann = await api.guest()
    for n in range(3):
        await ann.post(f"An idiot wrote line {n}.", article=f"story-{n}")
    await (await make_worker()).run_once()

    fresh = await make_worker()

    assert [await fresh.use_idle_time() for _ in range(4)] == [True, True, True, False]
    assert await pool.fetchval("SELECT count(*) FROM scores WHERE words IS NULL") == 0


async def test_a_text_that_cannot_be_explained_is_not_tried_again(
    api: Api, make_worker: MakeWorker, pool: Pool
) -> None:
    ann = await api.guest()
    await ann.post("You idiot.")
    worker = await make_worker("python:tests.classifiers:Inexplicable")
    await worker.run_once()
    assert await worker.use_idle_time()
    assert (await row(pool, "SELECT words FROM scores"))["words"] == []
    assert not await (await make_worker("python:tests.classifiers:Inexplicable")).use_idle_time()
