"""Decisions by people: made once, never over somebody else's, taken back; and the context that they need."""

import asyncio

import pytest

from service.store import participation
from tests.api.newsroom import Console, Newsroom

SITE = "/sites/demo"
PUBLISH = {"action": "publish", "revision": 1, "status": "held"}
REJECT = {
    "action": "reject",
    "revision": 1,
    "status": "held",
    "reason": "personal_attack",
    "note": "Please be kind.",
}


async def decide(console: Console, comment: int, body: object, key: str | None = None) -> tuple[int, dict]:
    return await console.call("POST", f"{SITE}/comments/{comment}/decisions", body, key=key)


async def report(room: Newsroom, comment: int) -> None:
    reader = await room.reader("Rob")
    async with room.pool.acquire() as conn, conn.transaction():
        await participation.report(conn, room.site_id, comment, reader, reason="spam", detail="Buy!")


async def waiting(room: Newsroom) -> list[tuple[int, list[str]]]:
    rows = await room.pool.fetch("SELECT comment_id, reasons FROM queue WHERE lane = 'review' ORDER BY id")
    return [(row["comment_id"], [reason["code"] for reason in row["reasons"]]) for row in rows]


async def test_publishing_shows_the_comment_and_clears_it_from_the_queue(room: Newsroom) -> None:
    comment = await room.held()
    console = await room.console("anna")
    status, body = await decide(console, comment, PUBLISH)
    assert status == 201
    assert body["comment"]["status"] == "published"
    assert body["decision"]["staff"]["name"] == "Anna"
    assert (body["decision"]["from_status"], body["decision"]["to_status"]) == ("held", "published")
    assert await room.status(comment) == "published"
    assert await waiting(room) == []
    assert await room.pool.fetchval("SELECT comment_count FROM articles") == 1


async def test_rejecting_names_a_reason_and_a_note_for_the_author(room: Newsroom) -> None:
    comment = await room.held()
    console = await room.console("anna")
    status, body = await decide(console, comment, REJECT)
    assert (status, body["comment"]["status"]) == (201, "rejected")
    assert [reason["code"] for reason in body["decision"]["reasons"]] == ["personal_attack"]
    assert body["decision"]["note"] == "Please be kind."


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        (REJECT | {"reason": None}, "/reason"),
        (REJECT | {"reason": "likely_toxic"}, "/reason"),
        (REJECT | {"reason": "no such"}, "/reason"),
        (PUBLISH | {"reason": "no such"}, "/reason"),
        (PUBLISH | {"action": "delete"}, "/action"),
        (PUBLISH | {"status": "deleted"}, "/status"),
        (PUBLISH | {"revision": 0}, "/revision"),
        (PUBLISH | {"note": "x" * 2001}, "/note"),
    ],
)
async def test_a_decision_that_makes_no_sense_is_refused(room: Newsroom, body: dict, pointer: str) -> None:
    comment = await room.held()
    status, problem = await decide(await room.console("anna"), comment, body)
    assert (status, problem["code"]) == (422, "invalid")
    assert problem["errors"][0]["pointer"] == pointer
    assert await room.status(comment) == "held"


async def test_of_two_who_decide_one_wins_and_the_other_is_told(room: Newsroom) -> None:
    comment = await room.held()
    anna, ben = await room.console("anna"), await room.console("ben")
    answers = await asyncio.gather(decide(anna, comment, PUBLISH), decide(ben, comment, REJECT))
    assert sorted(status for status, _ in answers) == [201, 409]
    won = next(body for status, body in answers if status == 201)
    lost = next(body for status, body in answers if status == 409)
    assert lost["code"] == "stale"
    assert lost["decided_by"] == won["decision"]["staff"]["name"]
    assert lost["decided_at"] is not None
    assert lost["comment_status"] == won["comment"]["status"] == await room.status(comment)
    assert await room.pool.fetchval("SELECT count(*) FROM decisions WHERE actor = 'staff'") == 1


async def test_a_text_that_changed_since_is_not_decided_on(room: Newsroom) -> None:
    comment = await room.held()
    await room.pool.execute(
        "INSERT INTO revisions (site_id, comment_id, revision, body, html) VALUES ($1, $2, 2, 'New', 'New')",
        room.site_id,
        comment,
    )
    await room.pool.execute("UPDATE comments SET revision = 2")
    status, problem = await decide(await room.console("anna"), comment, PUBLISH)
    assert (status, problem["code"], problem["comment_revision"]) == (409, "stale", 2)
    assert problem["detail"] == "The author has changed the text."


async def test_what_somebody_else_has_claimed_is_theirs_to_decide(room: Newsroom) -> None:
    comment = await room.held()
    anna, ben = await room.console("anna"), await room.console("ben")
    await anna.call("POST", f"{SITE}/queue/claims", {"ids": [str(comment)]})
    status, problem = await decide(ben, comment, PUBLISH)
    assert (status, problem["code"], problem["claimed_by"]) == (409, "claim_lost", "Anna")
    await room.pool.execute("UPDATE queue SET ready_at = now() WHERE lane = 'review'")
    assert (await decide(ben, comment, PUBLISH))[0] == 201
    assert (await decide(anna, comment, PUBLISH))[1]["code"] == "stale"


async def test_the_same_key_gives_the_same_decision(room: Newsroom) -> None:
    comment, other = await room.held(), await room.held()
    console = await room.console("anna")
    first = await decide(console, comment, PUBLISH, "key-number-1")
    assert await decide(console, comment, PUBLISH, "key-number-1") == first
    for again in (
        decide(console, comment, REJECT, "key-number-1"),
        decide(console, other, PUBLISH, "key-number-1"),
    ):
        status, problem = await again
        assert (status, problem["code"]) == (422, "key_reused")
    assert (await decide(console, comment, PUBLISH, "short"))[0] == 400
    assert await room.pool.fetchval("SELECT count(*) FROM decisions WHERE actor = 'staff'") == 1


async def test_the_same_call_twice_at_once_is_one_decision(room: Newsroom) -> None:
    comment = await room.held()
    console = await room.console("anna")
    answers = await asyncio.gather(*(decide(console, comment, PUBLISH, "key-number-1") for _ in range(4)))
    assert [status for status, _ in answers] == [201] * 4
    assert len({body["decision"]["id"] for _, body in answers}) == 1
    confirm = PUBLISH | {"status": "published"}
    answers = await asyncio.gather(*(decide(console, comment, confirm, "key-number-2") for _ in range(4)))
    assert len({body["decision"]["id"] for _, body in answers}) == 1
    assert await room.pool.fetchval("SELECT count(*) FROM decisions WHERE actor = 'staff'") == 2


async def test_holding_what_is_held_keeps_its_reasons_and_place_and_gives_the_claim_back(
    room: Newsroom,
) -> None:
    comment = await room.held(priority=3)
    console = await room.console("anna")
    await console.call("POST", f"{SITE}/queue/claims", {"ids": [str(comment)]})
    status, body = await decide(console, comment, PUBLISH | {"action": "hold", "reason": "off_topic"})
    assert (status, body["comment"]["status"]) == (201, "held")
    assert await waiting(room) == [(comment, ["off_topic", "likely_toxic"])]
    row = await room.pool.fetchrow(
        "SELECT priority, claimed_by, ready_at <= now() AS free FROM queue WHERE lane = 'review'"
    )
    assert tuple(row) == (3.0, None, True)


async def test_a_published_comment_can_be_held_and_disappears(room: Newsroom) -> None:
    comment = await room.published()
    status, _ = await decide(
        await room.console("anna"), comment, {"action": "hold", "revision": 1, "status": "published"}
    )
    assert status == 201
    assert await room.pool.fetchval("SELECT comment_count FROM articles") == 0
    assert await waiting(room) == [(comment, [])]


async def test_dismissing_reports_leaves_the_comment_up(room: Newsroom) -> None:
    comment = await room.published()
    await report(room, comment)
    assert await waiting(room) == [(comment, ["reported"])]
    status, _ = await decide(await room.console("anna"), comment, PUBLISH | {"status": "published"})
    assert status == 201
    assert await waiting(room) == []
    assert await room.pool.fetchval("SELECT settled_by IS NOT NULL FROM reports")


async def test_undo_puts_a_rejected_comment_back_before_people(room: Newsroom) -> None:
    comment = await room.held(priority=1)
    console = await room.console("anna")
    _, made = await decide(console, comment, REJECT)
    status, body = await console.call(
        "POST", f"{SITE}/decisions/{made['decision']['id']}/undo", key="undo-key-1"
    )
    assert (status, body["comment"]["status"]) == (201, "held")
    assert body["decision"]["undoes"] == made["decision"]["id"]
    assert await waiting(room) == [(comment, ["likely_toxic"])]
    again = await console.call("POST", f"{SITE}/decisions/{made['decision']['id']}/undo", key="undo-key-1")
    assert again == (status, body)
    status, problem = await console.call("POST", f"{SITE}/decisions/{made['decision']['id']}/undo")
    assert (status, problem["code"]) == (409, "stale")


async def test_an_undo_can_be_undone(room: Newsroom) -> None:
    comment = await room.held()
    console = await room.console("anna")
    _, made = await decide(console, comment, PUBLISH)
    _, undone = await console.call("POST", f"{SITE}/decisions/{made['decision']['id']}/undo")
    status, body = await console.call("POST", f"{SITE}/decisions/{undone['decision']['id']}/undo")
    assert (status, body["comment"]["status"]) == (201, "published")
    assert await waiting(room) == []


async def test_undo_of_a_decision_on_a_pending_comment_holds_it(room: Newsroom) -> None:
    comment = await room.post()
    console = await room.console("anna")
    _, made = await decide(console, comment, PUBLISH | {"status": "pending"})
    _, body = await console.call("POST", f"{SITE}/decisions/{made['decision']['id']}/undo")
    assert body["comment"]["status"] == "held"


@pytest.mark.parametrize("action", [PUBLISH | {"status": "published"}, REJECT | {"status": "published"}])
async def test_undo_brings_the_reports_back(room: Newsroom, action: dict) -> None:
    comment = await room.published()
    await report(room, comment)
    console = await room.console("anna")
    _, made = await decide(console, comment, action)
    _, body = await console.call("POST", f"{SITE}/decisions/{made['decision']['id']}/undo")
    assert body["comment"]["status"] == "published"
    assert await waiting(room) == [(comment, ["reported"])]
    assert await room.pool.fetchval("SELECT settled_by FROM reports") is None


async def test_undoing_a_hold_does_not_dismiss_the_reports(room: Newsroom) -> None:
    comment = await room.published()
    await report(room, comment)
    console = await room.console("anna")
    _, made = await decide(console, comment, {"action": "hold", "revision": 1, "status": "published"})
    await console.call("POST", f"{SITE}/decisions/{made['decision']['id']}/undo")
    assert await room.status(comment) == "published"
    assert await waiting(room) == [(comment, ["reported"])]


async def test_only_the_last_decision_can_be_undone_and_only_staffs(room: Newsroom) -> None:
    comment = await room.held()
    console = await room.console("anna")
    machine = await room.pool.fetchval("SELECT id FROM decisions")
    assert (await console.call("POST", f"{SITE}/decisions/{machine}/undo"))[1]["code"] == "forbidden"
    assert (await console.call("POST", f"{SITE}/decisions/999/undo"))[1]["code"] == "not_found"
    _, first = await decide(console, comment, PUBLISH)
    await decide(console, comment, PUBLISH | {"status": "published"})
    status, problem = await console.call("POST", f"{SITE}/decisions/{first['decision']['id']}/undo")
    assert (status, problem["code"]) == (409, "stale")
    assert await room.status(comment) == "published"
    assert await room.pool.fetchval("SELECT count(*) FROM decisions") == 3


async def test_undo_and_a_new_decision_at_once_leave_one_of_them(room: Newsroom) -> None:
    comment = await room.held()
    anna, ben = await room.console("anna"), await room.console("ben")
    _, made = await decide(anna, comment, PUBLISH)
    answers = await asyncio.gather(
        anna.call("POST", f"{SITE}/decisions/{made['decision']['id']}/undo"),
        decide(ben, comment, PUBLISH | {"status": "published"}),
        decide(ben, comment, REJECT | {"status": "published"}),
    )
    statuses = [status for status, _ in answers]
    assert set(statuses) <= {201, 409}
    assert statuses.count(201) >= 1
    assert statuses[0] == 409 or statuses == [201, 409, 409]
    published = await room.pool.fetchval("SELECT count(*) FROM comments WHERE status = 'published'")
    assert await room.pool.fetchval("SELECT comment_count FROM articles") == published


async def test_a_comment_its_author_deleted_is_not_brought_back(room: Newsroom) -> None:
    comment = await room.held()
    console = await room.console("anna")
    _, made = await decide(console, comment, PUBLISH)
    await room.judge(comment, "deleted", start="published")
    status, problem = await console.call("POST", f"{SITE}/decisions/{made['decision']['id']}/undo")
    assert (status, problem["code"], problem["comment_status"]) == (409, "stale", "deleted")


async def test_the_context_of_a_comment(room: Newsroom) -> None:
    root = await room.published("Root.")
    author = await room.reader("Otto")
    earlier = await room.post("Earlier.", reader=author)
    await room.judge(earlier, "rejected")
    comment = await room.post("Reply.", reader=author, parent=root)
    await room.judge(comment, "published")
    below = await room.published("Below.", parent=comment)
    beside = await room.published("Beside.", parent=root)
    await report(room, comment)
    console = await room.console("anna")
    await decide(console, comment, {"action": "hold", "revision": 1, "status": "published"})
    status, context = await console.call("GET", f"{SITE}/comments/{comment}")
    assert status == 200
    assert context["comment"]["id"] == str(comment)
    assert context["parent"]["id"] == str(root)
    assert {near["id"] for near in context["thread"]} == {str(root), str(below), str(beside)}
    assert [decision["actor"] for decision in context["decisions"]] == ["staff", "machine"]
    [reported] = context["reports"]
    assert (reported["reason"], reported["detail"], reported["reader"]["name"], reported["settled"]) == (
        "spam",
        "Buy!",
        "Rob",
        False,
    )
    assert context["author"]["name"] == "Otto"
    assert (context["author"]["rejected"], context["author"]["held"]) == (1, 1)
    assert [recent["id"] for recent in context["author"]["recent"]] == [str(earlier)]
    assert context["item"]["id"] == str(comment)
    assert [revision["body"] for revision in context["revisions"]] == ["Reply."]
    assert (await console.call("GET", f"{SITE}/comments/999"))[1]["code"] == "not_found"
    assert (await console.call("GET", f"{SITE}/comments/x"))[1]["code"] == "not_found"
    assert (await decide(console, 999, PUBLISH))[1]["code"] == "not_found"
