"""Asked to put it differently: once, before people see it; whether that helps is counted, and the first text is not kept."""

import pytest

from moderation.database import Pool
from moderation.worker import Worker
from service.keys import SITES
from tests.api.newsroom import Newsroom
from tests.conftest import Api, Guest, row


async def harsh(api: Api, worker: Worker, text: str = "You idiot", **more: object) -> tuple[Guest, str]:
    """A comment whose author was asked about it."""
    guest = await api.guest()
    posted = (await guest.post(text, **{"nudge": True, **more})).body["id"]
    await worker.run_once()
    return guest, posted


async def waiting(room: Newsroom) -> list[str]:
    """What people see of the queue."""
    console = room.browser()
    await console.sign_in("anna@example.org")
    _, queue = await console.call("GET", "/sites/demo/queue")
    _, claimed = await console.call("POST", "/sites/demo/queue/claims", {})
    await console.call(
        "DELETE", "/sites/demo/queue/claims", {"ids": [item["id"] for item in claimed["items"]]}
    )
    assert bool(claimed["items"]) == bool(queue["items"])
    return [item["id"] for item in queue["items"]]


async def test_people_see_it_when_its_author_had_time_to_answer(
    api: Api, worker: Worker, room: Newsroom, pool: Pool
) -> None:
    await room.hire("anna")
    guest, comment = await harsh(api, worker)

    own = (await guest.call("GET", f"/comments/{comment}")).body
    assert (own["status"], own["rephrase"]) == ("held", True)
    assert "score" not in str(own)
    assert await waiting(room) == []
    await pool.execute("UPDATE queue SET ready_at = ready_at - interval '10 minutes'")
    assert await waiting(room) == [comment]
    assert (await guest.call("GET", f"/comments/{comment}")).body["rephrase"] is False


async def test_sent_as_it_is_people_see_it_at_once(api: Api, worker: Worker, room: Newsroom) -> None:
    await room.hire("anna")
    guest, comment = await harsh(api, worker)
    other = await api.guest()

    assert (await other.call("POST", f"/comments/{comment}/review")).status == 404
    sent = await guest.call("POST", f"/comments/{comment}/review")
    assert (sent.status, sent.body["status"], sent.body["rephrase"]) == (200, "held", False)
    assert await waiting(room) == [comment]
    assert (await guest.call("POST", f"/comments/{comment}/review")).status == 200


async def test_put_differently_it_is_published_and_the_first_text_is_gone(
    api: Api, worker: Worker, room: Newsroom, pool: Pool
) -> None:
    await room.hire("anna", "lead")
    guest, comment = await harsh(api, worker, "You perfect idiot")

    edit = await guest.call(
        "PATCH", f"/comments/{comment}", json={"body": "I do not agree"}, headers={"If-Match": '"1"'}
    )
    assert edit.status == 200
    await worker.run_once()
    assert (await api.call("GET", f"/comments/{comment}")).body["html"] == "<p>I do not agree</p>"
    for table, column in (
        ("revisions", "body"),
        ("revisions", "html"),
        ("comments", "body"),
        ("comments", "html"),
    ):
        assert await pool.fetchval(f"SELECT count(*) FROM {table} WHERE {column} LIKE '%idiot%'") == 0
    assert await waiting(room) == []
    console = room.browser()
    await console.sign_in("anna@example.org")
    _, insight = await console.call("GET", "/sites/demo/insight")
    assert insight["nudges"] == [{"answer": "rephrased", "status": "published", "comments": 1}]


async def test_put_differently_and_still_harsh_it_is_not_asked_about_again(
    api: Api, worker: Worker, room: Newsroom
) -> None:
    await room.hire("anna")
    guest, comment = await harsh(api, worker)

    await guest.call(
        "PATCH", f"/comments/{comment}", json={"body": "Still an idiot"}, headers={"If-Match": '"1"'}
    )
    await worker.run_once()
    assert (await guest.call("GET", f"/comments/{comment}")).body["rephrase"] is False
    assert await waiting(room) == [comment]


@pytest.mark.parametrize(
    ("change", "more"),
    [
        ("", {"nudge": False}),
        ("UPDATE sites SET nudges = false", {}),
        ("UPDATE articles SET mode = 'pre'", {}),
    ],
)
async def test_nobody_is_asked_where_it_would_not_help(
    api: Api, worker: Worker, room: Newsroom, pool: Pool, change: str, more: dict[str, object]
) -> None:
    await room.hire("anna")
    await (await api.guest()).post("First")
    if change:
        await pool.execute(change)
        api.client.server.app[SITES]._kept.clear()  # type: ignore[union-attr]
    guest, comment = await harsh(api, worker, **more)

    assert (await guest.call("GET", f"/comments/{comment}")).body["rephrase"] is not True
    assert comment in await waiting(room)
    assert (await row(pool, "SELECT nudge FROM comments WHERE id = $1", int(comment)))["nudge"] != "asked"
