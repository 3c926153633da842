"""A reader's appeals: of what is theirs, in time, once, with an end that they are told."""

import asyncio

import pytest

from moderation.appeals import DUE_DAYS, Hindrance
from moderation.decisions import Draft, Stale
from moderation.decisions import decide as decide_now
from moderation.statuses import Actor, Status
from service.store import comments
from tests.api.appeals import SITE, decide, judge, reader, rejected, waiting
from tests.api.newsroom import Newsroom


async def test_a_rejection_is_appealed_and_waits_with_all_that_it_takes_to_judge_it(room: Newsroom) -> None:
    anna, ben, rita = await room.console("anna"), await room.console("ben"), await reader(room)
    comment = await rejected(room, anna, rita)
    assert (await rita.own(comment))["appeal_until"] is not None

    status, made = await rita.appeal(comment, "  It is a joke.\r\n ")

    assert (status, made["state"], made["decided_at"]) == (201, "open", None)
    own = await rita.own(comment)
    assert own["appeal"] == made
    assert own["appeal_until"] is None
    [appeal] = await waiting(ben)
    assert (appeal["kind"], appeal["body"], appeal["reader"]["name"]) == ("comment", "It is a joke.", "Rita")
    assert (appeal["decision"]["staff"]["name"], appeal["decision"]["note"]) == ("Anna", "Not here.")
    assert [party["name"] for party in appeal["parties"]] == ["Anna"]
    assert [(one["name"], one["role"]) for one in appeal["judges"]] == [("Ben", "moderator")]
    assert appeal["barred"] is False
    assert (await waiting(anna))[0]["barred"] is True
    days = await room.pool.fetchval("SELECT due_at - created_at FROM appeals")
    assert days.days == DUE_DAYS
    _, whole = await ben.call("GET", f"{SITE}/appeals/{appeal['id']}")
    assert whole["statement"]["decision_visibility"] == ["DECISION_VISIBILITY_CONTENT_REMOVED"]
    assert "six months" in whole["redress"]
    assert (await ben.call("GET", f"{SITE}/counts"))[1]["appeals"] == 1


async def test_there_is_one_appeal_however_often_it_is_sent(room: Newsroom) -> None:
    anna, rita = await room.console("anna"), await reader(room)
    comment = await rejected(room, anna, rita)
    answers = await asyncio.gather(*(rita.appeal(comment, key="appeal-0001") for _ in range(5)))
    assert [status for status, _ in answers] == [201] * 5
    assert len({made["created_at"] for _, made in answers}) == 1
    assert await room.pool.fetchval("SELECT count(*) FROM appeals") == 1

    status, problem = await rita.appeal(comment, "Other words.", key="appeal-0001")
    assert (status, problem["code"]) == (422, "key_reused")
    status, problem = await rita.appeal(comment, "Other words.")
    assert (status, problem["code"]) == (409, "appealed")


async def test_of_two_appeals_at_once_one_is_made(room: Newsroom) -> None:
    anna, rita = await room.console("anna"), await reader(room)
    comment = await rejected(room, anna, rita)
    answers = await asyncio.gather(*(rita.appeal(comment, f"Try {number}.") for number in range(4)))
    assert sorted(status for status, _ in answers) == [201, 409, 409, 409]


async def test_only_what_is_ones_own_can_be_appealed(room: Newsroom) -> None:
    anna, rita, eve = await room.console("anna"), await reader(room), await reader(room, "Eve")
    comment = await rejected(room, anna, rita)
    for path in (f"/comments/{comment}/appeal", "/comments/999/appeal"):
        status, problem = await eve.call("POST", path, {"body": "Let me see."})
        assert (status, problem["code"]) == (404, "not_found")
    assert (await eve.call("GET", f"/comments/{comment}/statement"))[0] == 404
    assert (await eve.call("GET", f"/comments/{comment}"))[0] == 404
    assert await room.pool.fetchval("SELECT count(*) FROM appeals") == 0
    async with room.browser().session.post(
        f"{room.base}/api/v1/sites/demo/comments/{comment}/appeal", json={"body": "x"}
    ) as response:
        assert response.status == 401


async def test_what_is_up_or_not_decided_yet_cannot_be_appealed(room: Newsroom) -> None:
    anna, rita = await room.console("anna"), await reader(room)
    pending = await room.post(reader=rita.id)
    held = await room.held("Other words.", reader=rita.id)
    up = await room.held("More words.", reader=rita.id)
    await decide(anna, up, "publish")
    for comment in (pending, held, up):
        assert (await rita.own(comment))["appeal_until"] is None
        status, problem = await rita.appeal(comment)
        assert (status, problem["code"]) == (409, "not_appealable"), comment


async def test_what_was_taken_down_can_be_appealed_and_waits_nowhere_else(room: Newsroom) -> None:
    anna, ben, rita = await room.console("anna"), await room.console("ben"), await reader(room)
    comment = await room.post(reader=rita.id)
    await room.judge(comment, "published")
    await decide(anna, comment, "hold", status="published")
    assert (await rita.appeal(comment))[0] == 201
    assert (await ben.call("GET", f"{SITE}/queue"))[1]["items"] == []
    [appeal] = await waiting(ben)

    status, done = await judge(ben, appeal["id"], "uphold", status="held")

    # What was only held is decided now.
    assert (status, done["state"], await room.status(comment)) == (201, "upheld", "rejected")


@pytest.mark.parametrize(("hours_left", "status"), [(0, 409), (1, 201)])
async def test_an_appeal_is_possible_for_six_months(room: Newsroom, hours_left: int, status: int) -> None:
    anna, rita = await room.console("anna"), await reader(room)
    comment = await rejected(room, anna, rita)
    await room.pool.execute(
        "UPDATE decisions SET created_at = now() - interval '6 months' + make_interval(hours => $1)",
        hours_left,
    )
    assert ((await rita.own(comment))["appeal_until"] is not None) == (status == 201)
    answered, body = await rita.appeal(comment)
    assert answered == status, body
    assert body.get("code") == (None if status == 201 else "appeal_too_late")


@pytest.mark.parametrize("body", ["", "   ", "x" * 4001, "\x00", None])
async def test_an_appeal_needs_words_of_a_bearable_length(room: Newsroom, body: str | None) -> None:
    anna, rita = await room.console("anna"), await reader(room)
    comment = await rejected(room, anna, rita)
    status, problem = await rita.call("POST", f"/comments/{comment}/appeal", {"body": body})
    assert (status, problem["code"]) == (422, "invalid")


async def test_deleting_a_comment_withdraws_its_appeal(room: Newsroom) -> None:
    anna, ben, rita = await room.console("anna"), await room.console("ben"), await reader(room)
    comment = await rejected(room, anna, rita)
    await rita.appeal(comment)
    [appeal] = await waiting(ben)
    assert (await rita.call("DELETE", f"/comments/{comment}"))[0] == 204
    assert await waiting(ben) == []
    assert (await ben.call("GET", f"{SITE}/counts"))[1]["appeals"] == 0
    _, over = await ben.call("GET", f"{SITE}/appeals?state=over")
    assert [one["state"] for one in over["items"]] == ["withdrawn"]
    status, problem = await judge(ben, appeal["id"], "overturn")
    assert (status, problem["code"]) == (409, "stale")


async def test_erasing_a_comment_erases_what_was_said_for_it(room: Newsroom) -> None:
    anna, rita = await room.console("anna"), await reader(room)
    comment = await rejected(room, anna, rita)
    await rita.appeal(comment)
    async with room.pool.acquire() as conn, conn.transaction():
        draft = Draft(room.site_id, comment, 1, Status.REJECTED, Status.ERASED, Actor.SYSTEM)
        await decide_now(conn, [draft])
    assert tuple(await room.pool.fetchrow("SELECT state, body FROM appeals")) == ("withdrawn", "")


async def test_an_edit_meanwhile_is_judged_only_once_it_was_read(room: Newsroom) -> None:
    anna, ben, rita = await room.console("anna"), await room.console("ben"), await reader(room)
    comment = await room.post(reader=rita.id)
    await room.judge(comment, "published")
    await decide(anna, comment, "hold", status="published")
    await rita.appeal(comment)
    [appeal] = await waiting(ben)
    async with room.pool.acquire() as conn, conn.transaction():
        found = await comments.find(conn, room.site_id, comment, lock=True)
        assert found
        await comments.edit(conn, room.site_id, found, body="Kind words.", html="<p>Kind words.</p>")

    status, problem = await judge(ben, appeal["id"], "overturn", status="held")
    assert (status, problem["code"], problem["comment_revision"]) == (409, "stale", 2)

    status, done = await judge(ben, appeal["id"], "overturn", status="held", revision=2)
    assert (status, done["state"]) == (201, "overturned")
    assert (await rita.own(comment))["html"] == "<p>Kind words.</p>"


async def test_the_machine_never_decides_what_is_under_appeal(room: Newsroom) -> None:
    rita = await reader(room)
    comment = await room.post(reader=rita.id)
    await room.judge(comment, "rejected")
    await rita.appeal(comment)
    for to in (Status.PUBLISHED, Status.HELD, Status.REJECTED):
        async with room.pool.acquire() as conn, conn.transaction():
            draft = Draft(room.site_id, comment, 1, Status.REJECTED, to, Actor.MACHINE)
            [outcome] = await decide_now(conn, [draft])
        assert isinstance(outcome, Stale)
        assert outcome.hindrance is Hindrance.UNDER_APPEAL
    assert await room.pool.fetchval("SELECT count(*) FROM queue WHERE lane = 'appeal'") == 1


async def test_the_author_reads_why_and_how_to_appeal(room: Newsroom) -> None:
    anna, rita = await room.console("anna"), await reader(room)
    comment = await rejected(room, anna, rita)
    status, found = await rita.call("GET", f"/comments/{comment}/statement")
    assert status == 200
    assert found["statement"]["automated_decision"] == "AUTOMATED_DECISION_NOT_AUTOMATED"
    assert "appeal within six months" in found["redress"]
    assert found["appeal_until"] is not None
    await rita.appeal(comment)
    assert (await rita.call("GET", f"/comments/{comment}/statement"))[1]["appeal_until"] is None


async def test_a_sanction_is_appealed_lifted_and_laid_on_again_by_an_undo(room: Newsroom) -> None:
    ben, rita = await room.console("ben"), await reader(room)
    status, problem = await rita.call("POST", "/me/sanction/appeal", {"body": "Why?"})
    assert (status, problem["code"]) == (409, "not_appealable")
    await room.pool.execute(
        "UPDATE readers SET sanction = 'suspended', sanctioned_until = now() + interval '3 days'"
    )

    status, made = await rita.call("POST", "/me/sanction/appeal", {"body": "Why?"}, key="appeal-0001")
    assert (status, made["state"]) == (201, "open")
    again = await rita.call("POST", "/me/sanction/appeal", {"body": "Why?"}, key="appeal-0001")
    assert again == (201, made)
    status, problem = await rita.call("POST", "/me/sanction/appeal", {"body": "Again."})
    assert (status, problem["code"]) == (409, "appealed")

    [appeal] = await waiting(ben)
    assert (appeal["kind"], appeal["sanction"]["sanction"], appeal["sanction"]["staff"]) == (
        "sanction",
        "suspended",
        None,
    )
    status, done = await judge(ben, appeal["id"], "overturn", status=None, revision=None, note="Sorry.")
    assert (status, done["state"]) == (201, "overturned")
    _, own = await rita.call("GET", "/me/sanction")
    assert (own["sanction"], own["appeal"]["state"], own["note"]) == ("none", "overturned", "Sorry.")

    status, undone = await ben.call("POST", f"{SITE}/appeals/{appeal['id']}/undo")
    assert (status, undone["state"]) == (201, "open")
    _, own = await rita.call("GET", "/me/sanction")
    assert (own["sanction"], own["until"] is not None) == ("suspended", True)
    status, done = await judge(
        ben, appeal["id"], "uphold", status=None, revision=None, reason=None, note="It stays."
    )
    assert (status, done["state"]) == (201, "upheld")
    _, own = await rita.call("GET", "/me/sanction")
    assert (own["sanction"], own["appeal"]["state"], own["note"]) == ("suspended", "upheld", "It stays.")
