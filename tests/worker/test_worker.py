"""The machine's half of the queue, against a real database and a classifier in a real child process."""

from moderation.database import Pool
from moderation.worker import Worker
from tests.conftest import Api, row


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
