"""The machine's half of the queue, against a real database and a classifier in a real child process."""

import asyncio
from pathlib import Path

import pytest

from moderation import queue
from moderation.database import Pool
from moderation.decisions import Draft, decide
from moderation.statuses import Actor, Status
from moderation.worker import Worker
from tests.conftest import Api, MakeWorker, row


async def test_a_friendly_comment_is_published_and_counted(api: Api, worker: Worker, pool: Pool) -> None:
    ann = await api.guest("Ann")
    posted = (await ann.post("A good point.")).body
    assert posted["status"] == "pending"

    assert await worker.run_once()

    comment = await row(pool, "SELECT * FROM comments WHERE id = $1", int(posted["id"]))
    assert comment["status"] == "published"
    article = await row(pool, "SELECT * FROM articles")
    assert (article["comment_count"], article["version"]) == (1, 1)
    event = await row(pool, "SELECT * FROM events")
    assert (event["seq"], event["type"]) == (1, "published")
    decision = await row(pool, "SELECT * FROM decisions")
    assert (decision["from_status"], decision["to_status"], decision["actor"]) == (
        "pending",
        "published",
        "machine",
    )
    assert decision["model"] == "cued@1"
    score = await row(pool, "SELECT * FROM scores")
    assert score["labels"] == {"toxicity": 0.02, "insult": 0.01}
    assert await pool.fetchval("SELECT count(*) FROM queue") == 0


async def test_a_toxic_comment_is_held_for_people_with_its_reasons(
    api: Api, worker: Worker, pool: Pool
) -> None:
    ann = await api.guest()
    posted = (await ann.post("You idiot.")).body

    await worker.run_once()

    own = (await ann.call("GET", f"/comments/{posted['id']}")).body
    assert own["status"] == "held"
    assert [reason["code"] for reason in own["reasons"]] == ["likely_toxic"]
    assert "score" not in own["reasons"][0]
    item = await row(pool, "SELECT * FROM queue")
    assert (item["lane"], item["reasons"][0]["label"]) == ("review", "toxicity")
    assert (await api.call("GET", f"/comments/{posted['id']}")).status == 404


async def test_a_text_that_breaks_the_classifier_goes_to_people_alone(
    api: Api, worker: Worker, pool: Pool
) -> None:
    ann = await api.guest()
    texts = ["One", "raise-in-the-classifier", "Two", "kill-the-classifier", "Three", "You idiot"]
    ids = {text: (await ann.post(text)).body["id"] for text in texts}

    while await worker.run_once():
        pass

    statuses = {text: (await ann.call("GET", f"/comments/{id_}")).body for text, id_ in ids.items()}
    assert {text: own["status"] for text, own in statuses.items()} == {
        "One": "published",
        "raise-in-the-classifier": "held",
        "Two": "published",
        "kill-the-classifier": "held",
        "Three": "published",
        "You idiot": "held",
    }
    assert [reason["code"] for reason in statuses["kill-the-classifier"]["reasons"]] == ["unscored"]
    assert await pool.fetchval("SELECT count(*) FROM queue WHERE lane = 'score'") == 0
    assert await pool.fetchval("SELECT count(*) FROM queue WHERE lane = 'review'") == 3


async def test_a_text_that_hangs_the_classifier_does_not_hold_up_the_others(
    api: Api, pool: Pool, make_worker: MakeWorker
) -> None:
    worker = await make_worker(score_timeout_s=1.0)
    ann = await api.guest()
    for text in ("hang-the-classifier", "Fine"):
        await ann.post(text)

    while await worker.run_once():
        pass

    rows = await pool.fetch("SELECT body, status FROM comments ORDER BY id")
    assert [(found["body"], found["status"]) for found in rows] == [
        ("hang-the-classifier", "held"),
        ("Fine", "published"),
    ]


async def test_without_a_classifier_texts_are_held_and_scored_when_one_is_back(
    api: Api, pool: Pool, make_worker: MakeWorker, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    weights = tmp_path / "weights"
    monkeypatch.setenv("PARLEY_TEST_MODEL", str(weights))
    worker = await make_worker("python:tests.classifiers:absent")
    ann = await api.guest()
    good, bad = [(await ann.post(text)).body["id"] for text in ("Fine", "You idiot")]

    assert await worker.run_once()
    assert not await worker.run_once(), "tried again later, not at once"

    for id_ in (good, bad):
        own = (await ann.call("GET", f"/comments/{id_}")).body
        assert (own["status"], [reason["code"] for reason in own["reasons"]]) == ("held", ["unscored"])
    weights.touch()
    await worker.prepare()
    assert await worker.run_once()

    assert (await ann.call("GET", f"/comments/{good}")).body["status"] == "published"
    held = (await ann.call("GET", f"/comments/{bad}")).body
    assert (held["status"], [reason["code"] for reason in held["reasons"]]) == ("held", ["likely_toxic"])
    lanes = await pool.fetch("SELECT lane, comment_id FROM queue")
    assert [(item["lane"], str(item["comment_id"])) for item in lanes] == [("review", bad)]


async def test_scores_that_are_no_probabilities_are_not_believed(
    api: Api, pool: Pool, make_worker: MakeWorker
) -> None:
    worker = await make_worker("python:tests.classifiers:Wrong")
    await (await api.guest()).post("Fine")

    await worker.run_once()

    assert await pool.fetchval("SELECT status FROM comments") == "held"
    assert await pool.fetchval("SELECT count(*) FROM scores") == 0


async def test_a_worker_that_lost_its_lease_changes_nothing(api: Api, worker: Worker, pool: Pool) -> None:
    await (await api.guest()).post("Fine")
    async with pool.acquire() as conn:
        [slow] = await queue.claim_scores(conn, "slow", limit=10, lease_s=0)
        [fast] = await queue.claim_scores(conn, "fast", limit=10)
    assert (slow.claim.queue_id, slow.claim.attempts + 1) == (fast.claim.queue_id, fast.claim.attempts)

    await worker._settle([(slow, {"toxicity": 0.9})], final=True)
    assert await pool.fetchval("SELECT count(*) FROM decisions") == 0
    await worker._settle([(fast, {"toxicity": 0.1})], final=True)

    assert await pool.fetchval("SELECT status FROM comments") == "published"
    assert await pool.fetchval("SELECT count(*) FROM decisions") == 1


async def test_a_text_that_ends_workers_goes_to_people_in_the_end(
    api: Api, worker: Worker, pool: Pool
) -> None:
    await (await api.guest()).post("Fine")
    for _ in range(queue.MAX_TRIES):
        async with pool.acquire() as conn:
            assert len(await queue.claim_scores(conn, "doomed", limit=10, lease_s=0)) == 1

    await worker.run_once()

    assert await pool.fetchval("SELECT status FROM comments") == "held"
    assert await pool.fetchval("SELECT lane FROM queue") == "review"


async def test_what_people_decided_stands_against_the_machine(
    api: Api, worker: Worker, pool: Pool, site: int
) -> None:
    ann = await api.guest()
    comment = int((await ann.post("You idiot")).body["id"])
    staff = await pool.fetchval(
        "INSERT INTO staff (email, name, name_skeleton, password_hash) VALUES ('a@b.c', 'Mo', 'mo', '') RETURNING id"
    )
    async with pool.acquire() as conn, conn.transaction():
        draft = Draft(site, comment, 1, Status.PENDING, Status.PUBLISHED, Actor.STAFF, staff_id=staff)
        await decide(conn, [draft])

    await worker.run_once()

    assert await pool.fetchval("SELECT status FROM comments") == "published"
    assert await pool.fetchval("SELECT count(*) FROM scores") == 1, "the score is kept all the same"
    assert await pool.fetchval("SELECT count(*) FROM queue") == 0


async def test_an_edit_while_its_text_is_scored_is_judged_by_the_new_text(
    api: Api, worker: Worker, pool: Pool
) -> None:
    ann = await api.guest()
    comment = (await ann.post("Fine")).body["id"]
    async with pool.acquire() as conn:
        [claimed] = await queue.claim_scores(conn, worker._config.identity, limit=10)
    await ann.call("PATCH", f"/comments/{comment}", json={"body": "You idiot"}, headers={"If-Match": '"1"'})

    await worker._settle([(claimed, {"toxicity": 0.0})], final=True)
    assert await pool.fetchval("SELECT status FROM comments") == "pending"
    await worker.run_once()

    assert await pool.fetchval("SELECT status FROM comments") == "held"


async def test_two_workers_share_the_queue(api: Api, pool: Pool, make_worker: MakeWorker) -> None:
    workers = [await make_worker(batch_size=5), await make_worker(batch_size=5)]
    guests = [await api.guest() for _ in range(4)]
    for guest in guests:
        for number in range(20):
            await guest.post(f"Text {number}")

    async def drain(worker: Worker) -> None:
        while await worker.run_once():
            pass

    await asyncio.gather(*(drain(worker) for worker in workers))

    assert await pool.fetchval("SELECT count(*) FROM comments WHERE status = 'pending'") == 0
    assert await pool.fetchval("SELECT count(*) FROM decisions") == 80
    assert await pool.fetchval("SELECT comment_count FROM articles") == await pool.fetchval(
        "SELECT count(*) FROM comments WHERE status = 'published'"
    )
    assert await pool.fetchval("SELECT version FROM articles") == await pool.fetchval(
        "SELECT count(*) FROM events"
    )


async def test_a_better_classifier_of_the_order_takes_over_once_it_is_there(
    api: Api, pool: Pool, make_worker: MakeWorker, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PARLEY_TEST_MODEL", str(tmp_path / "weights"))
    monkeypatch.setattr("moderation.worker.BETTER_S", -1)
    worker = await make_worker("python:tests.classifiers:better,python:tests.classifiers:Cued")
    ann = await api.guest()

    await ann.post("A fine day.")
    await worker.run_once()
    await worker.look_for_better()
    await worker._report()
    said = await row(pool, "SELECT classifier, state, detail FROM workers")
    assert (said["classifier"], said["state"]) == ("cued@1", "ready")
    assert said["detail"] == "python:tests.classifiers:better: the weights are not there; run the download"

    (tmp_path / "weights").touch()
    await worker.look_for_better()
    await ann.post("Another fine day.")
    await worker.run_once()
    await worker._report()

    models = await pool.fetch("SELECT model FROM scores ORDER BY comment_id")
    assert [score["model"] for score in models] == ["cued@1", "cued@2"]
    assert await pool.fetchval("SELECT detail FROM workers") == ""
