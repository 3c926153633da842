"""The review queue through the API: what a card shows, the order, claims, counts."""

import asyncio

from moderation import workers
from moderation.workers import WorkerState
from service.store import participation
from tests.api.newsroom import Newsroom

SITE = "/sites/demo"


async def test_a_card_has_everything_a_decision_needs(room: Newsroom) -> None:
    parent = await room.published("A claim.")
    author = await room.reader("Otto")
    await room.judge(await room.post("Fine.", reader=author), "published")
    comment = await room.post("You fool.", reader=author, parent=parent)
    await room.judge(comment, "held", priority=2.5)
    await room.pool.execute(
        """INSERT INTO scores (site_id, comment_id, revision, model, labels)
           VALUES ($1, $2, 1, 'bundled:1', '{"toxicity": 0.8}')""",
        room.site_id,
        comment,
    )
    console = await room.console("anna")
    status, page = await console.call("GET", f"{SITE}/queue")
    assert status == 200
    [item] = page["items"]
    assert page["next"] is None
    assert item["reasons"] == [
        {"code": "likely_toxic", "text": "Likely toxic", "label": "toxicity", "score": 0.8, "threshold": 0.6}
        | {"start": None, "end": None}
    ]
    assert {
        key: item[key] for key in ("id", "lane", "priority", "claimed_by", "attempts", "scores", "model")
    } == {
        "id": str(comment),
        "lane": "review",
        "priority": 2.5,
        "claimed_by": None,
        "attempts": 0,
        "scores": {"toxicity": 0.8},
        "model": "bundled:1",
    }
    shown = item["comment"]
    assert shown["author"] == {
        "id": str(author),
        "name": "Otto",
        "badge": None,
        "published": 1,
        "rejected": 0,
        "held": 1,
    }
    assert shown["article"] == {"key": "a1", "title": "An article", "url": None}
    assert shown["parent"] == {"id": str(parent), "author_name": "Rita", "html": "<p>A claim.</p>"}
    assert (shown["body"], shown["html"], shown["revision"], shown["status"]) == (
        "You fool.",
        "<p>You fool.</p>",
        1,
        "held",
    )
    assert shown["created_at"].endswith(("Z", "+00:00"))


async def test_pages_follow_priority_and_miss_nothing(room: Newsroom) -> None:
    wanted = []
    for number, priority in enumerate([0.1, 7.25, 0.1, 3, 7.25, 0]):
        wanted.append((-priority, number, await room.held(f"Text {number}", priority=priority)))
    wanted.sort()
    console = await room.console("anna")
    seen, cursor = [], ""
    while cursor is not None:
        _, page = await console.call("GET", f"{SITE}/queue?limit=2&cursor={cursor}")
        seen += [int(item["id"]) for item in page["items"]]
        cursor = page["next"]
    assert seen == [comment for _, _, comment in wanted]


async def test_a_cursor_of_another_kind_is_refused(room: Newsroom) -> None:
    console = await room.console("anna")
    for cursor in ("x", "1", "1.2.3", "9223372036854775808.1"):
        status, problem = await console.call("GET", f"{SITE}/queue?cursor={cursor}")
        assert (status, problem["code"]) == (400, "malformed")


async def test_the_newest_text_is_what_is_judged(room: Newsroom) -> None:
    comment = await room.held("First.")
    await room.pool.execute(
        "INSERT INTO revisions (site_id, comment_id, revision, body, html) VALUES ($1, $2, 2, 'Second.', '<p>Second.</p>')",
        room.site_id,
        comment,
    )
    await room.pool.execute("UPDATE comments SET revision = 2 WHERE id = $1", comment)
    console = await room.console("anna")
    _, page = await console.call("GET", f"{SITE}/queue")
    assert (page["items"][0]["comment"]["body"], page["items"][0]["comment"]["revision"]) == ("Second.", 2)


async def test_claims_take_the_next_items_for_five_minutes(room: Newsroom) -> None:
    low, high = await room.held(priority=1), await room.held(priority=2)
    anna, ben = await room.console("anna"), await room.console("ben")
    _, first = await anna.call("POST", f"{SITE}/queue/claims", {})
    assert [item["id"] for item in first["items"]] == [str(high)]
    assert first["items"][0]["claimed_by"]["name"] == "Anna"
    assert first["items"][0]["attempts"] == 1
    _, second = await ben.call("POST", f"{SITE}/queue/claims", {"limit": 5})
    assert [item["id"] for item in second["items"]] == [str(low)]
    assert (await anna.call("POST", f"{SITE}/queue/claims", {}))[1] == {"items": []}
    left = await room.pool.fetchval("SELECT max(ready_at - now()) FROM queue WHERE lane = 'review'")
    assert 240 < left.total_seconds() <= 300
    _, page = await anna.call("GET", f"{SITE}/queue")
    assert [item["claimed_by"]["name"] for item in page["items"]] == ["Anna", "Ben"]


async def test_two_who_claim_the_same_item_get_it_once(room: Newsroom) -> None:
    comment = await room.held()
    consoles = [await room.console(name) for name in ("anna", "ben", "cleo")]
    answers = await asyncio.gather(
        *(console.call("POST", f"{SITE}/queue/claims", {"ids": [str(comment)]}) for console in consoles)
    )
    assert sorted(len(body["items"]) for _, body in answers) == [0, 0, 1]
    assert await room.pool.fetchval("SELECT attempts FROM queue WHERE lane = 'review'") == 1


async def test_two_who_claim_the_next_items_share_them(room: Newsroom) -> None:
    wanted = {str(await room.held(f"Text {n}")) for n in range(20)}
    consoles = [await room.console(name) for name in ("anna", "ben", "cleo")]
    answers = await asyncio.gather(
        *(
            console.call("POST", f"{SITE}/queue/claims", {"limit": 4})
            for console in consoles
            for _ in range(2)
        )
    )
    taken = [item["id"] for _, body in answers for item in body["items"]]
    assert len(taken) == len(set(taken))
    assert set(taken) <= wanted
    _, rest = await consoles[0].call("POST", f"{SITE}/queue/claims", {"limit": 20})
    assert len(taken) + len(rest["items"]) == 20


async def test_a_claim_can_be_renewed_until_somebody_else_has_it(room: Newsroom) -> None:
    comment, other = await room.held(), await room.held()
    anna, ben = await room.console("anna"), await room.console("ben")
    ids = [str(comment), str(other)]
    await anna.call("POST", f"{SITE}/queue/claims", {"ids": ids})
    await room.pool.execute("UPDATE queue SET ready_at = now() - interval '1 second' WHERE lane = 'review'")
    await ben.call("POST", f"{SITE}/queue/claims", {"ids": [str(comment)]})
    status, held = await anna.call("PUT", f"{SITE}/queue/claims", {"ids": ids})
    assert (status, held["ids"]) == (200, [str(other)])
    assert held["until"] is not None
    assert (await anna.call("PUT", f"{SITE}/queue/claims", {"ids": [str(comment)]}))[1] == {
        "ids": [],
        "until": None,
    }


async def test_only_ones_own_claims_are_released(room: Newsroom) -> None:
    comment = await room.held()
    anna, ben = await room.console("anna"), await room.console("ben")
    await anna.call("POST", f"{SITE}/queue/claims", {"ids": [str(comment)]})
    assert await ben.call("DELETE", f"{SITE}/queue/claims", {"ids": [str(comment)]}) == (204, None)
    assert (await ben.call("POST", f"{SITE}/queue/claims", {}))[1]["items"] == []
    assert await anna.call("DELETE", f"{SITE}/queue/claims", {"ids": [str(comment)]}) == (204, None)
    assert len((await ben.call("POST", f"{SITE}/queue/claims", {}))[1]["items"]) == 1


async def test_ids_that_cannot_be_ids_are_refused(room: Newsroom) -> None:
    console = await room.console("anna")
    for ids in ([], ["x"], ["0"], ["1"] * 51, ["9" * 19], [1]):
        status, problem = await console.call("PUT", f"{SITE}/queue/claims", {"ids": ids})
        assert (status, problem["code"]) == (422, "invalid"), ids
    assert (await console.call("POST", f"{SITE}/queue/claims", {"limit": 51}))[0] == 422


async def test_counts_tell_what_waits(room: Newsroom) -> None:
    console = await room.console("anna")
    assert (await console.call("GET", f"{SITE}/counts"))[1] == {
        "waiting": 0,
        "held": 0,
        "reported": 0,
        "unscored": 0,
        "new_readers": 0,
        "pending": 0,
        "appeals": 0,
        "second": 0,
        "escalated": 0,
        "incidents_open": 0,
        "tickets_open": 0,
        "oldest_held_at": None,
        "classifier": {"id": None, "state": "absent", "detail": ""},
    }
    await room.held()
    await room.post()
    published = await room.published()
    reader = await room.reader("Rob")
    async with room.pool.acquire() as conn, conn.transaction():
        await participation.report(conn, room.site_id, published, reader, reason="spam", detail=None)
    await workers.report(room.pool, "w1", None, WorkerState.UNAVAILABLE, "no weights")
    await workers.report(room.pool, "w2", "bundled:1", WorkerState.READY)
    _, counts = await console.call("GET", f"{SITE}/counts")
    # What the worker has not taken off the score lane is only pending while its comment is.
    assert (counts["waiting"], counts["held"], counts["reported"], counts["pending"]) == (2, 1, 1, 1)
    assert counts["oldest_held_at"] is not None
    assert counts["classifier"] == {"id": "bundled:1", "state": "ready", "detail": ""}
    await room.pool.execute("UPDATE workers SET seen_at = now() - interval '2 minutes' WHERE name = 'w2'")
    _, counts = await console.call("GET", f"{SITE}/counts")
    assert counts["classifier"] == {"id": None, "state": "unavailable", "detail": "no weights"}


async def test_one_sites_queue_is_not_anothers(room: Newsroom) -> None:
    comment = await room.held()
    elsewhere = await room.pool.fetchval(
        "INSERT INTO sites (key, name) VALUES ('other', 'Other') RETURNING id"
    )
    await room.hire("ben", "admin", site_id=elsewhere)
    ben = room.browser()
    await ben.sign_in("ben@example.org")
    assert (await ben.call("GET", f"{SITE}/queue"))[0] == 403
    assert (await ben.call("GET", "/sites/other/queue"))[1]["items"] == []
    assert (await ben.call("POST", "/sites/other/queue/claims", {"ids": [str(comment)]}))[1]["items"] == []
    assert (await ben.call("GET", f"/sites/other/comments/{comment}"))[0] == 404
    decision = {"action": "publish", "revision": 1, "status": "held"}
    assert (await ben.call("POST", f"/sites/other/comments/{comment}/decisions", decision))[0] == 404
    assert await room.status(comment) == "held"


async def test_the_reasons_a_rejection_may_name_come_with_the_authors_words(room: Newsroom) -> None:
    console = await room.console("anna", "auditor")
    _, body = await console.call("GET", f"{SITE}/reasons")
    assert body["reasons"][0] == {
        "code": "personal_attack",
        "title": "Personal attack",
        "text": "It attacks a person instead of what was said or done.",
    }
    assert "likely_toxic" not in {reason["code"] for reason in body["reasons"]}
