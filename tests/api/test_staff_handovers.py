"""Items that wait for a lead or for a second person: whose turn it is holds wherever a decision is made."""

from typing import Any

import pytest

from moderation import policies
from moderation.policy import Policy
from moderation.policy_parts import SecondReview
from tests.api.newsroom import Console, Newsroom

SITE = "/sites/demo"
PUBLISH = {"action": "publish", "revision": 1, "status": "held"}
REJECT = {"action": "reject", "revision": 1, "status": "held", "reason": "hate", "note": "Please be kind."}


async def post(
    console: Console, comment: int, call: str, body: object, key: str | None = None
) -> tuple[int, Any]:
    return await console.call("POST", f"{SITE}/comments/{comment}/{call}", body, key=key)


async def queue(console: Console, view: str = "all") -> list[str]:
    _, page = await console.call("GET", f"{SITE}/queue?view={view}")
    return [item["id"] for item in page["items"]]


async def claim(console: Console, **asked: object) -> list[str]:
    _, claimed = await console.call("POST", f"{SITE}/queue/claims", asked)
    return [item["id"] for item in claimed["items"]]


async def two_wanted(room: Newsroom, **rule: tuple[str, ...]) -> None:
    policy = Policy.default().model_copy(update={"second_review": SecondReview(**rule)})
    async with room.pool.acquire() as conn, conn.transaction():
        await policies.save(conn, room.site_id, policy, by="test", note="")


async def deeds(room: Newsroom, comment: int) -> list[str]:
    lead = await room.console("zoe", "lead")
    _, record = await lead.call("GET", f"{SITE}/record?subject=comment:{comment}")
    return [act["action"] for act in reversed(record["items"])]


async def test_what_is_escalated_waits_for_leads_alone(room: Newsroom) -> None:
    comment, other = await room.held(priority=9), await room.held()
    anna, ben, lea = await room.console("anna"), await room.console("ben"), await room.console("lea", "lead")
    await claim(anna, ids=[str(comment)])
    status, made = await post(
        anna, comment, "escalation", {"words": "Is this satire?"}, "escalate-or-propose-1"
    )
    assert (status, made["action"], made["words"]) == (201, "escalate", "Is this satire?")
    assert (await post(anna, comment, "escalation", {"words": "Is this satire?"}, "escalate-or-propose-1"))[
        1
    ]["id"] == made["id"]

    assert await queue(ben) == [str(other)]
    assert await queue(ben, "escalated") == [str(comment)]
    assert await claim(ben, limit=5) == [str(other)]
    assert await claim(ben, ids=[str(comment)]) == []
    assert await claim(ben, view="escalated") == []
    assert await queue(lea) == [str(comment), str(other)]
    assert await claim(lea) == [str(comment)]
    _, counts = await ben.call("GET", f"{SITE}/counts")
    assert (counts["waiting"], counts["escalated"]) == (1, 1)

    for console in (anna, ben):
        await lea.call("DELETE", f"{SITE}/queue/claims", {"ids": [str(comment)]})
        status, problem = await post(console, comment, "decisions", PUBLISH)
        assert (status, problem["code"]) == (409, "escalated")
    status, _ = await post(lea, comment, "decisions", PUBLISH)
    assert (status, await room.status(comment)) == (201, "published")
    assert await deeds(room, comment) == ["comment.escalate", "comment.publish"]


async def test_a_lead_hands_back_and_everybody_may_decide(room: Newsroom) -> None:
    comment = await room.held()
    anna, lea = await room.console("anna"), await room.console("lea", "lead")
    assert (await post(anna, comment, "hand-back", {}))[1]["code"] == "forbidden"
    assert (await post(lea, comment, "hand-back", {}))[1]["code"] == "not_waiting"
    await post(anna, comment, "escalation", {})
    assert (await post(lea, comment, "hand-back", {"words": "Plain insult."}))[0] == 201
    _, context = await anna.call("GET", f"{SITE}/comments/{comment}")
    assert [one["action"] for one in context["handovers"]] == ["hand_back", "escalate"]
    assert context["item"]["stage"] == "first"
    assert (await post(anna, comment, "decisions", REJECT))[0] == 201


async def test_what_the_machine_says_meanwhile_takes_nothing_from_the_leads(room: Newsroom) -> None:
    comment = await room.held()
    anna = await room.console("anna")
    await post(anna, comment, "escalation", {})
    await room.judge(comment, "held", start="held")
    assert await queue(anna, "escalated") == [str(comment)]
    await room.judge(comment, "published", start="held")
    assert await queue(anna, "escalated") == [str(comment)]


async def test_an_escalation_is_taken_back_until_somebody_acts_on_it(room: Newsroom) -> None:
    comment = await room.held()
    anna, ben, lea = await room.console("anna"), await room.console("ben"), await room.console("lea", "lead")
    _, made = await post(anna, comment, "escalation", {})
    undo = f"{SITE}/handovers/{made['id']}/undo"
    assert (await ben.call("POST", undo))[1]["code"] == "not_waiting"
    assert (await anna.call("POST", undo))[0] == 200
    assert await queue(ben) == [str(comment)]
    assert (await anna.call("POST", undo))[1]["code"] == "not_waiting"
    _, made = await post(anna, comment, "escalation", {})
    await post(lea, comment, "decisions", PUBLISH)
    assert (await anna.call("POST", f"{SITE}/handovers/{made['id']}/undo"))[1]["code"] == "not_waiting"


async def test_an_undone_decision_of_a_lead_waits_for_leads_again(room: Newsroom) -> None:
    comment = await room.held()
    anna, lea = await room.console("anna"), await room.console("lea", "lead")
    await post(anna, comment, "escalation", {})
    _, made = await post(lea, comment, "decisions", PUBLISH)
    assert (await lea.call("POST", f"{SITE}/decisions/{made['decision']['id']}/undo"))[0] == 201
    assert await queue(anna) == []
    assert await queue(anna, "escalated") == [str(comment)]


async def test_a_rejection_of_high_impact_is_made_by_the_second_person(room: Newsroom) -> None:
    await two_wanted(room, reasons=("hate",))
    comment = await room.held()
    anna, ben = await room.console("anna"), await room.console("ben")
    status, made = await post(anna, comment, "decisions", REJECT, "escalate-or-propose-1")
    assert (status, made["decision"], made["comment"]["status"]) == (201, None, "held")
    proposal = made["proposal"]
    assert (proposal["to_status"], [why["code"] for why in proposal["reasons"]]) == ("rejected", ["hate"])
    assert (await post(anna, comment, "decisions", REJECT, "escalate-or-propose-1"))[1]["proposal"][
        "id"
    ] == proposal["id"]

    # Whoever proposed it does not get it again, and neither decides nor confirms.
    assert await claim(anna) == []
    confirm = {"handover": proposal["id"]}
    for call, body in (("decisions", PUBLISH), ("confirmation", confirm), ("disagreement", {})):
        status, problem = await post(anna, comment, call, body)
        assert (status, problem["code"]) == (403, "not_impartial")
    assert (await post(ben, comment, "decisions", PUBLISH))[1]["code"] == "needs_second"

    assert await claim(ben) == [str(comment)]
    status, made = await post(ben, comment, "confirmation", confirm)
    assert (status, made["decision"]["staff"]["name"], made["decision"]["note"]) == (
        201,
        "Ben",
        "Please be kind.",
    )
    assert await room.status(comment) == "rejected"
    assert await deeds(room, comment) == ["comment.propose", "comment.reject"]


async def test_who_does_not_confirm_leaves_it_to_a_lead_who_did_not_propose_it(room: Newsroom) -> None:
    await two_wanted(room, articles=("a1",))
    comment = await room.held()
    ann, lea, leo = (
        await room.console("ann", "lead"),
        await room.console("lea", "lead"),
        await room.console("leo"),
    )
    assert (await post(ann, comment, "decisions", PUBLISH))[1]["decision"] is None
    assert (await post(leo, comment, "disagreement", {"words": "It names a child."}))[0] == 201
    assert (await post(ann, comment, "decisions", PUBLISH))[1]["code"] == "not_impartial"
    status, made = await post(lea, comment, "decisions", REJECT)
    # Two have looked before: this one needs no other.
    assert (status, made["comment"]["status"]) == (201, "rejected")


async def test_a_proposal_about_an_earlier_text_is_not_confirmed(room: Newsroom) -> None:
    await two_wanted(room, reasons=("hate",))
    comment = await room.held()
    anna, ben = await room.console("anna"), await room.console("ben")
    _, made = await post(anna, comment, "decisions", REJECT)
    await room.pool.execute(
        "INSERT INTO revisions (site_id, comment_id, revision, body, html) VALUES ($1, $2, 2, 'x', 'x')",
        room.site_id,
        comment,
    )
    await room.pool.execute("UPDATE comments SET revision = 2 WHERE id = $1", comment)
    status, problem = await post(ben, comment, "confirmation", {"handover": made["proposal"]["id"]})
    assert (status, problem["code"]) == (409, "stale")
    await room.judge(comment, "held", start="held", revision=2)
    assert (await post(ben, comment, "decisions", PUBLISH | {"revision": 2}))[0] == 201


@pytest.mark.parametrize("undo", ["withdrawn", "undone"])
async def test_a_proposal_and_its_confirmation_can_be_taken_back(room: Newsroom, undo: str) -> None:
    await two_wanted(room, reasons=("hate",))
    comment = await room.held()
    anna, ben = await room.console("anna"), await room.console("ben")
    _, made = await post(anna, comment, "decisions", REJECT)
    proposal = made["proposal"]["id"]
    if undo == "withdrawn":
        assert (await anna.call("POST", f"{SITE}/handovers/{proposal}/undo"))[0] == 200
        assert await claim(anna) == [str(comment)]
        return
    _, made = await post(ben, comment, "confirmation", {"handover": proposal})
    assert (await ben.call("POST", f"{SITE}/decisions/{made['decision']['id']}/undo"))[0] == 201
    assert (await post(ben, comment, "decisions", PUBLISH))[1]["code"] == "needs_second"
    assert (await post(ben, comment, "confirmation", {"handover": proposal}))[0] == 201


async def test_what_is_up_and_reported_by_nobody_leaves_the_queue_with_the_escalation(room: Newsroom) -> None:
    comment = await room.published()
    anna = await room.console("anna")
    _, made = await post(anna, comment, "escalation", {"words": "Look."})
    assert await queue(anna, "escalated") == [str(comment)]
    await anna.call("POST", f"{SITE}/handovers/{made['id']}/undo")
    assert await room.pool.fetchval("SELECT count(*) FROM queue WHERE lane = 'review'") == 0


async def test_what_only_an_escalation_had_put_before_leads_is_before_them_again(room: Newsroom) -> None:
    comment = await room.published()
    anna, lea = await room.console("anna"), await room.console("lea", "lead")
    await post(anna, comment, "escalation", {})
    _, made = await post(lea, comment, "decisions", {**PUBLISH, "status": "published"})
    assert await queue(lea, "escalated") == []
    assert (await lea.call("POST", f"{SITE}/decisions/{made['decision']['id']}/undo"))[0] == 201
    assert await queue(lea, "escalated") == [str(comment)]
