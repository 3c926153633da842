"""Many comments decided as one: what was marked, or a band of scores; and all of it taken back as one."""

from typing import Any

from moderation import policies
from moderation.policy import Policy
from moderation.policy_parts import SecondReview
from tests.api.newsroom import Console, Newsroom

SITE = "/sites/demo"


async def scored(room: Newsroom, score: float, **more: Any) -> int:
    comment = await room.held(**more)
    await room.pool.execute(
        "INSERT INTO scores (site_id, comment_id, revision, model, labels) VALUES ($1, $2, 1, 'm@1', $3)",
        room.site_id,
        comment,
        {"toxicity": score, "insult": score / 2},
    )
    return comment


def picked(*comments: int) -> list[dict[str, object]]:
    return [{"id": str(comment), "revision": 1, "status": "held"} for comment in comments]


async def decide(console: Console, body: object, key: str | None = None) -> tuple[int, Any]:
    return await console.call("POST", f"{SITE}/batches", body, key=key)


async def finish(console: Console, batch: dict[str, Any]) -> dict[str, Any]:
    while batch["state"] in ("doing", "undoing"):
        _, batch = await console.call("POST", f"{SITE}/batches/{batch['id']}/steps")
    return batch


async def statuses(room: Newsroom, *comments: int) -> list[str]:
    return [await room.status(comment) for comment in comments]


async def test_what_is_marked_is_decided_as_one_and_undone_as_one(room: Newsroom) -> None:
    comments = [await room.held() for _ in range(3)]
    anna = await room.console("anna")
    asked = {"action": "reject", "reason": "spam", "note": "No advertising.", "items": picked(*comments)}
    status, batch = await decide(anna, asked, "bulk-decision-1")
    assert (status, batch["total"], batch["decided"], batch["skipped"]) == (201, 3, 3, 0)
    assert await statuses(room, *comments) == ["rejected"] * 3
    assert (await decide(anna, asked, "bulk-decision-1"))[1]["id"] == batch["id"]
    made = await room.pool.fetch("SELECT batch_id, note FROM decisions WHERE actor = 'staff'")
    assert {(str(one["batch_id"]), one["note"]) for one in made} == {(batch["id"], "No advertising.")}

    batch = await finish(anna, (await anna.call("POST", f"{SITE}/batches/{batch['id']}/undo"))[1])
    assert (batch["state"], batch["taken_back"]) == ("undone", 3)
    assert await statuses(room, *comments) == ["held"] * 3
    lea = await room.console("lea", "lead")
    _, record = await lea.call("GET", f"{SITE}/record?subject=batch:{batch['id']}")
    assert [act["action"] for act in record["items"]] == ["comments.restore", "comments.decide"]
    assert record["items"][1]["detail"]["decided"] == 3


async def test_what_colleagues_have_or_decided_is_left_and_told(room: Newsroom) -> None:
    await policies_with_two(room, "spam")
    free, claimed, decided, escalated = [await room.held() for _ in range(4)]
    anna, ben = await room.console("anna"), await room.console("ben")
    await ben.call("POST", f"{SITE}/queue/claims", {"ids": [str(claimed)]})
    published = {"action": "publish", "revision": 1, "status": "held"}
    await ben.call("POST", f"{SITE}/comments/{decided}/decisions", published)
    await ben.call("POST", f"{SITE}/comments/{escalated}/escalation", {})
    everything = picked(free, claimed, decided, escalated)
    _, batch = await decide(anna, {"action": "publish", "items": everything})
    batch = await finish(anna, batch)
    assert (batch["decided"], batch["skipped"], batch["claimed"], batch["overtaken"]) == (1, 3, 1, 1)
    assert await statuses(room, free, claimed, decided, escalated) == [
        "published",
        "held",
        "published",
        "held",
    ]


async def policies_with_two(room: Newsroom, *reasons: str) -> None:
    policy = Policy.default().model_copy(update={"second_review": SecondReview(reasons=reasons)})
    async with room.pool.acquire() as conn, conn.transaction():
        await policies.save(conn, room.site_id, policy, by="test", note="")


async def test_no_batch_decides_alone_what_takes_two(room: Newsroom) -> None:
    await policies_with_two(room, "hate")
    comment = await room.held()
    anna = await room.console("anna")
    _, batch = await decide(anna, {"action": "reject", "reason": "hate", "items": picked(comment)})
    assert (batch["decided"], batch["skipped"], await room.status(comment)) == (0, 1, "held")


async def test_a_band_is_seen_sampled_and_decided(room: Newsroom) -> None:
    low, mid, top = [await scored(room, score) for score in (0.62, 0.97, 1.0)]
    unscored = await room.held()
    anna = await room.console("anna")
    _, spread = await anna.call("GET", f"{SITE}/queue/scores?label=toxicity")
    assert len(spread["bins"]) == 20
    assert (spread["bins"][12], spread["bins"][19], sum(spread["bins"]), spread["unscored"]) == (1, 2, 3, 1)
    assert spread["labels"] == ["insult", "toxicity"]
    _, found = await anna.call("GET", f"{SITE}/queue/sample?low=0.95&high=1&size=5")
    assert sorted(item["id"] for item in found["items"]) == sorted([str(mid), str(top)])
    band = {"label": "toxicity", "low": 0.95, "high": 1}
    _, batch = await decide(anna, {"action": "reject", "reason": "hate", "band": band})
    assert (batch["total"], batch["decided"]) == (2, 2)
    assert await statuses(room, low, mid, top, unscored) == ["held", "rejected", "rejected", "held"]


async def test_a_long_act_goes_on_in_steps(room: Newsroom) -> None:
    reader = await room.reader()
    comments = [await room.held(reader=reader) for _ in range(105)]
    anna = await room.console("anna")
    _, batch = await decide(anna, {"action": "publish", "items": picked(*comments)})
    assert (batch["state"], batch["decided"]) == ("doing", 100)
    batch = await finish(anna, batch)
    assert (batch["state"], batch["decided"]) == ("done", 105)


async def test_a_request_that_makes_no_sense_is_refused(room: Newsroom) -> None:
    anna = await room.console("anna")
    for body in (
        {"action": "publish"},
        {"action": "reject", "items": picked(1)},
        {"action": "publish", "items": picked(1), "band": {"low": 0, "high": 1}},
        {"action": "publish", "band": {"low": -1, "high": 1}},
    ):
        assert (await decide(anna, body))[0] == 422, body


async def test_undoing_goes_on_past_what_is_for_others_to_undo(room: Newsroom) -> None:
    comments = [await room.held() for _ in range(3)]
    anna, ben = await room.console("anna"), await room.console("ben")
    _, batch = await decide(anna, {"action": "publish", "items": picked(*comments)})
    last = await room.pool.fetchval("SELECT max(id) FROM decisions WHERE comment_id = $1", comments[2])
    dissent = {"decision": str(last), "body": "It is an insult."}
    assert (await ben.call("POST", f"{SITE}/comments/{comments[2]}/appeals", dissent))[0] == 201
    status, undone = await anna.call("POST", f"{SITE}/batches/{batch['id']}/undo")
    assert (status, undone["state"], undone["taken_back"]) == (200, "undone", 2)
    assert await statuses(room, *comments) == ["held", "held", "published"]
