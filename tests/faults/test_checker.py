"""The checker sees each thing that it is there to see: tampering with balanced books is noticed, by its name."""

from typing import Any

import pytest

from moderation.worker import Worker
from tests.conftest import Api
from tests.faults.checker import violations
from tests.faults.history import History, Outcome, Write


@pytest.fixture
async def history(api: Api, worker: Worker, onlooker: Any) -> History:
    """Four acknowledged writes, one of them a reply, two published, one held, one still pending."""
    history = History()
    ann = await api.guest("Ann")
    parent: str | None = None
    for text in ("First", "You idiot", "A reply", "Pending"):
        write = history.invoke(int(ann.id), text)
        more = {"parent_id": parent} if text == "A reply" else {}
        posted = await ann.post(text, key=write.key, **more)
        assert posted.status == 201
        write.ids.append(int(posted.body["id"]))
        write.outcome = Outcome.OK
        parent = parent or posted.body["id"]
        if text != "Pending":
            await worker.run_once()
    assert await violations(onlooker, history) == []
    return history


@pytest.mark.parametrize(
    ("tampering", "complaint"),
    [
        ("UPDATE comments SET idempotency_key = NULL WHERE body = 'First'", "lost"),
        ("UPDATE revisions SET body = 'Other' WHERE body = 'First'", "lost"),
        ("UPDATE comments SET idempotency_key = 'not-a-key-of-ours' WHERE body = 'First'", "nobody's"),
        ("UPDATE comments SET status = 'rejected' WHERE body = 'You idiot'", "log"),
        ("DELETE FROM decisions WHERE to_status = 'held'", "log"),
        ("UPDATE articles SET version = version + 1", "events"),
        ("DELETE FROM events WHERE seq = 1", "events"),
        ("UPDATE events SET seq = 3 - seq + 10; UPDATE events SET seq = seq - 10", "events"),
        ("UPDATE articles SET comment_count = comment_count + 1", "counter"),
        ("UPDATE comments SET reply_count = 0", "counter"),
        ("UPDATE comments SET up = up + 1 WHERE body = 'First'", "counter"),
        ("DELETE FROM queue WHERE lane = 'review'", "forgotten"),
        ("DELETE FROM queue WHERE lane = 'score'", "forgotten"),
    ],
)
async def test_tampering_is_seen(history: History, onlooker: Any, tampering: str, complaint: str) -> None:
    await onlooker.execute(tampering)
    found = await violations(onlooker, history)
    assert complaint in {line.split(":")[0] for line in found}, found


async def test_two_comments_of_one_key_are_seen(history: History, onlooker: Any) -> None:
    await onlooker.execute("DROP INDEX comments_idempotency_unique")
    await onlooker.execute(
        "UPDATE comments SET idempotency_key = (SELECT min(idempotency_key) FROM comments)"
    )
    assert any(line.startswith("twice") for line in await violations(onlooker, history))


async def test_a_retry_answered_by_another_comment_is_seen(history: History, onlooker: Any) -> None:
    history.writes[0].ids.append(history.writes[1].ids[0])
    assert any(line.startswith("twice") for line in await violations(onlooker, history))


async def test_a_refused_write_must_not_be_stored_and_an_unknown_one_may(
    history: History, onlooker: Any
) -> None:
    write: Write = history.writes[0]
    write.outcome = Outcome.UNKNOWN
    assert await violations(onlooker, history) == []
    write.outcome = Outcome.FAIL
    assert await violations(onlooker, history) == [f"refused but stored: key {write.key}"]
