"""Appeals on the desk: never judged by whoever had a part in what is appealed, whatever their role; by others once."""

import asyncio

import pytest

from service import housekeeping
from service.help import mail
from service.settings import Settings
from tests.api.appeals import SITE, Reader, decide, judge, reader, rejected, waiting
from tests.api.newsroom import Console, Newsroom
from tests.conftest import row

ROLES = ("moderator", "lead", "admin")


@pytest.fixture
def settings(settings: Settings) -> Settings:
    # Nobody listens there: what is owed stays in the outbox.
    return settings.model_copy(update={"smtp_url": "smtp://127.0.0.1:9"})


async def refused(call: tuple[int, dict[str, str]]) -> None:
    status, problem = call
    assert (status, problem["code"]) == (403, "not_impartial"), problem


@pytest.mark.parametrize("role", ROLES)
async def test_whoever_decided_can_neither_claim_nor_judge_whatever_their_role(
    room: Newsroom, role: str
) -> None:
    anna, ben, rita = await room.console("anna", role), await room.console("ben"), await reader(room)
    comment = await rejected(room, anna, rita)
    await rita.appeal(comment)
    [appeal] = await waiting(anna)
    claims = f"{SITE}/appeals/claims"

    assert (await anna.call("POST", claims, {"ids": [appeal["id"]]}))[1] == {"items": []}
    assert (await anna.call("POST", claims, {"limit": 5}))[1] == {"items": []}
    for outcome in ("overturn", "uphold"):
        await refused(await judge(anna, appeal["id"], outcome))
    # Nor by the way round: an ordinary decision, or an undo of the one that is appealed.
    await refused(await decide(anna, comment, "publish", status="rejected"))
    await refused(await anna.call("POST", f"{SITE}/decisions/{appeal['decision']['id']}/undo"))
    # For others it is decided as an appeal, and nowhere else.
    for call in (
        decide(ben, comment, "publish", status="rejected"),
        ben.call("POST", f"{SITE}/decisions/{appeal['decision']['id']}/undo"),
    ):
        status, problem = await call
        assert (status, problem["code"], problem["appeal"]) == (409, "under_appeal", appeal["id"])
    assert await room.status(comment) == "rejected"

    _, claimed = await ben.call("POST", claims, {"limit": 5})
    assert [one["claimed_by"]["name"] for one in claimed["items"]] == ["Ben"]
    assert (await judge(ben, appeal["id"], "overturn"))[0] == 201


async def test_after_an_appeal_the_decider_undoes_nothing_and_decides_nothing(room: Newsroom) -> None:
    anna, ben, cleo = (
        await room.console("anna", "admin"),
        await room.console("ben"),
        await room.console("cleo"),
    )
    rita = await reader(room)
    comment = await rejected(room, anna, rita)
    await rita.appeal(comment)
    [appeal] = await waiting(ben)
    _, done = await judge(ben, appeal["id"], "overturn")
    [outcome] = await room.pool.fetch("SELECT id FROM decisions WHERE appeal_id IS NOT NULL")

    await refused(await anna.call("POST", f"{SITE}/appeals/{appeal['id']}/undo"))
    await refused(await anna.call("POST", f"{SITE}/decisions/{outcome['id']}/undo"))
    await refused(await decide(anna, comment, "reject", status="published", reason="spam"))
    assert (await room.status(comment), done["judge"]["name"]) == ("published", "Ben")

    # Another may, and that is a decision of its own, with an appeal of its own.
    assert (await decide(cleo, comment, "reject", status="published", reason="spam"))[0] == 201
    assert (await rita.appeal(comment, "Again?"))[0] == 201
    [again] = await waiting(ben)
    assert [party["name"] for party in again["parties"]] == ["Cleo"]


async def test_what_came_of_it_is_taken_back_by_the_judge_and_judged_anew(room: Newsroom) -> None:
    anna, ben, rita = await room.console("anna"), await room.console("ben"), await reader(room)
    comment = await rejected(room, anna, rita)
    await rita.appeal(comment)
    [appeal] = await waiting(ben)

    status, problem = await judge(ben, appeal["id"], "uphold", note=None)
    assert (status, problem["errors"][0]["pointer"]) == (422, "/note")
    status, problem = await judge(ben, appeal["id"], "uphold", reason=None)
    assert (status, problem["errors"][0]["pointer"]) == (422, "/reason")
    _, upheld = await judge(ben, appeal["id"], "uphold", key="judgement-1")
    assert (upheld["state"], upheld["judge"]["name"], upheld["note"]) == (
        "upheld",
        "Ben",
        "It has nothing to do with the article.",
    )
    assert (await judge(ben, appeal["id"], "uphold", key="judgement-1")) == (201, upheld)
    own = await rita.own(comment)
    assert (own["status"], own["appeal"]["state"], own["note"]) == (
        "rejected",
        "upheld",
        "It has nothing to do with the article.",
    )
    status, problem = await rita.appeal(comment, "And again.")
    assert (status, problem["code"]) == (409, "appealed")

    status, undone = await ben.call("POST", f"{SITE}/appeals/{appeal['id']}/undo")
    assert (status, undone["state"], undone["due_at"]) == (201, "open", appeal["due_at"])
    assert (await rita.own(comment))["appeal"]["state"] == "open"
    _, overturned = await judge(ben, appeal["id"], "overturn")
    own = await rita.own(comment)
    assert (overturned["state"], own["status"], own["appeal"]["state"]) == (
        "overturned",
        "published",
        "overturned",
    )


async def test_of_two_who_judge_at_once_one_is_first_and_a_claim_keeps_others_away(room: Newsroom) -> None:
    anna, ben, cleo = await room.console("anna"), await room.console("ben"), await room.console("cleo")
    rita = await reader(room)
    first, second = await rejected(room, anna, rita), await rejected(room, anna, rita, "Other words.")
    await rita.appeal(first)
    await rita.appeal(second)
    one, two = await waiting(ben)
    answers = await asyncio.gather(judge(ben, one["id"], "overturn"), judge(cleo, one["id"], "uphold"))
    assert sorted(status for status, _ in answers) == [201, 409]
    assert await room.pool.fetchval("SELECT count(*) FROM decisions WHERE appeal_id IS NOT NULL") == 1

    claims = f"{SITE}/appeals/claims"
    await ben.call("POST", claims, {"ids": [two["id"]]})
    assert (await cleo.call("POST", claims, {"ids": [two["id"]]}))[1] == {"items": []}
    status, problem = await judge(cleo, two["id"], "overturn")
    assert (status, problem["code"], problem["claimed_by"]) == (409, "claim_lost", "Ben")
    assert (await ben.call("PUT", claims, {"ids": [two["id"]]}))[1]["ids"] == [two["id"]]
    assert (await ben.call("DELETE", claims, {"ids": [two["id"]]}))[0] == 204
    assert (await judge(cleo, two["id"], "overturn"))[0] == 201


async def test_what_a_machine_decided_anybody_on_the_staff_may_judge_but_an_auditor(room: Newsroom) -> None:
    anna, olga, rita = await room.console("anna"), await room.console("olga", "auditor"), await reader(room)
    comment = await room.post(reader=rita.id)
    await room.judge(comment, "rejected")
    await rita.appeal(comment)
    [appeal] = await waiting(olga)
    assert (appeal["parties"], [one["name"] for one in appeal["judges"]]) == ([], ["Anna"])
    assert (await judge(olga, appeal["id"], "overturn"))[1]["code"] == "forbidden"
    assert (await judge(anna, appeal["id"], "overturn"))[0] == 201


async def test_alone_on_the_desk_nobody_can_judge_and_the_console_can_say_so(room: Newsroom) -> None:
    anna, rita = await room.console("anna", "admin"), await reader(room)
    await room.hire("olga", "auditor")
    comment = await rejected(room, anna, rita)
    await rita.appeal(comment)
    [appeal] = await waiting(anna)
    assert (appeal["barred"], appeal["judges"]) == (True, [])


async def test_a_colleagues_decision_is_judged_by_a_third(room: Newsroom) -> None:
    anna, ben, lea = await room.console("anna"), await room.console("ben"), await room.console("lea", "lead")
    comment = await room.held()
    _, made = await decide(anna, comment, "publish")
    path, decision = f"{SITE}/comments/{comment}/appeals", made["decision"]["id"]

    async def dissent(
        console: Console, body: str = "It is an insult.", of: str = decision
    ) -> tuple[int, str]:
        status, answer = await console.call("POST", path, {"decision": of, "body": body})
        return status, answer.get("code", answer.get("dissent"))

    assert await dissent(anna) == (409, "not_appealable")
    assert await dissent(ben, of="999") == (409, "not_appealable")
    assert await dissent(ben) == (201, "It is an insult.")
    assert await dissent(ben) == (201, "It is an insult.")
    assert await dissent(lea, "So say I.") == (409, "appealed")
    [appeal] = await waiting(lea)
    assert ([one["name"] for one in appeal["parties"]], appeal["opened_by"]["name"]) == (
        ["Anna", "Ben"],
        "Ben",
    )
    for party in (anna, ben):
        await refused(await judge(party, appeal["id"], "uphold", status="published"))

    status, problem = await judge(lea, appeal["id"], "overturn", status="published")
    assert (status, problem["errors"][0]["pointer"]) == (422, "/reason")
    status, done = await judge(lea, appeal["id"], "overturn", status="published", reason="personal_attack")
    assert (status, done["state"], await room.status(comment)) == (201, "overturned", "rejected")


async def test_a_readers_words_join_a_colleagues_appeal(room: Newsroom) -> None:
    anna, ben, lea, rita = (
        await room.console("anna"),
        await room.console("ben"),
        await room.console("lea", "lead"),
        await reader(room),
    )
    comment = await room.held(reader=rita.id)
    _, made = await decide(anna, comment, "reject", reason="spam")
    body = {"decision": made["decision"]["id"], "body": "It is fine."}
    await ben.call("POST", f"{SITE}/comments/{comment}/appeals", body)
    assert (await rita.own(comment))["appeal"] is None
    assert (await rita.appeal(comment, "It is no spam."))[0] == 201
    [appeal] = await waiting(lea)
    assert (appeal["body"], appeal["dissent"]) == ("It is no spam.", "It is fine.")


async def ticket(rita: Reader, comment: int | None, **more: object) -> dict[str, str]:
    body = {"category": "comment_rejected", "message": "Why was it rejected?", **more}
    if comment is not None:
        body["comment_id"] = str(comment)
    status, receipt = await rita.call("POST", "/tickets", body, key=f"ticket-{comment}-{len(str(more))}")
    assert status == 201, receipt
    return receipt


async def test_a_ticket_about_a_rejection_becomes_an_appeal_and_mirrors_it(room: Newsroom) -> None:
    anna, ben, rita, eve = (
        await room.console("anna"),
        await room.console("ben"),
        await reader(room),
        await reader(room, "Eve"),
    )
    comment = await rejected(room, anna, rita)
    strange = await ticket(eve, comment)
    mine = await ticket(rita, comment, email="rita@example.org")
    more = await ticket(rita, comment, email=None)
    path = f"{SITE}/tickets/{mine['reference']}"
    _, shown = await ben.call("GET", path)
    assert (shown["state"], shown["appeal"]["state"]) == ("handed_over", "open")
    _, other = await ben.call("GET", f"{SITE}/tickets/{more['reference']}")
    assert (other["state"], other["appeal"]) == ("handed_over", shown["appeal"])
    # What is not one's own stays a ticket, also in the hands of staff: it would tell what became of somebody else's comment.
    assert (await ben.call("GET", f"{SITE}/tickets/{strange['reference']}"))[1]["state"] == "received"
    status, problem = await ben.call("PUT", f"{SITE}/tickets/{strange['reference']}/appeal")
    assert (status, problem["code"]) == (404, "not_found")

    [appeal] = await waiting(ben)
    assert (appeal["body"], appeal["tickets"]) == (
        "Why was it rejected?",
        [mine["reference"], more["reference"]],
    )
    await judge(ben, appeal["id"], "uphold")
    _, shown = await ben.call("GET", path)
    assert (shown["state"], shown["appeal"]["state"], shown["appeal"]["note"]) == (
        "resolved",
        "upheld",
        "It has nothing to do with the article.",
    )
    page = await _page(room, mine["url"])
    assert "the decision stands" in page
    assert "It has nothing to do with the article." in page

    await ben.call("POST", f"{SITE}/appeals/{appeal['id']}/undo")
    _, shown = await ben.call("GET", path)
    assert (shown["state"], shown["appeal"]["state"]) == ("handed_over", "open")
    await judge(ben, appeal["id"], "overturn")
    assert "was overturned" in await _page(room, mine["url"])
    steps = [step["to_state"] for step in (await ben.call("GET", path))[1]["steps"]]
    assert steps == ["handed_over", "resolved", "handed_over", "resolved"]


async def _page(room: Newsroom, url: str) -> str:
    link, _, secret = url.partition("#")
    path = "/" + link.split("/", 3)[3]
    async with room.browser().session.post(room.base + path, data={"secret": secret}) as response:
        assert response.status == 200
        return await response.text()


async def test_the_outcome_is_mailed_once_and_not_before_it_could_be_taken_back(room: Newsroom) -> None:
    anna, ben, rita = await room.console("anna"), await room.console("ben"), await reader(room)
    comment = await rejected(room, anna, rita)
    await ticket(rita, comment, email="rita@example.org")
    [appeal] = await waiting(ben)
    await judge(ben, appeal["id"], "uphold")
    await ben.call("POST", f"{SITE}/appeals/{appeal['id']}/undo")
    await judge(ben, appeal["id"], "overturn")
    owed = await row(
        room.pool, "SELECT count(*), min(ready_at) > now() AS later FROM outbox WHERE type = 'mail.appeal'"
    )
    assert (owed["count"], owed["later"]) == (1, True)

    # Taken back before it was sent: there is nothing to tell.
    await ben.call("POST", f"{SITE}/appeals/{appeal['id']}/undo")
    await room.pool.execute("DELETE FROM outbox WHERE type <> 'mail.appeal'")
    await room.pool.execute("UPDATE outbox SET ready_at = now()")
    assert await mail.send_due(room.app) == 1
    assert await room.pool.fetchval("SELECT count(*) FROM outbox") == 0


async def test_a_ticket_about_a_sanction_becomes_an_appeal_by_the_hand_of_staff(room: Newsroom) -> None:
    ben, rita = await room.console("ben"), await reader(room)
    receipt = await ticket(rita, None, category="cannot_post")
    path = f"{SITE}/tickets/{receipt['reference']}/appeal"
    status, problem = await ben.call("PUT", path)
    assert (status, problem["code"]) == (409, "not_appealable")
    await room.pool.execute("UPDATE readers SET sanction = 'banned'")
    status, shown = await ben.call("PUT", path)
    assert (status, shown["state"], shown["appeal"]["state"]) == (200, "handed_over", "open")
    assert [one["kind"] for one in await waiting(ben)] == ["sanction"]


async def test_the_record_tells_who_appealed_and_who_judged(room: Newsroom) -> None:
    anna, lea, rita = await room.console("anna"), await room.console("lea", "lead"), await reader(room)
    comment = await rejected(room, anna, rita)
    await rita.appeal(comment)
    [appeal] = await waiting(lea)
    await judge(lea, appeal["id"], "uphold")
    await lea.call("POST", f"{SITE}/appeals/{appeal['id']}/undo")
    await judge(lea, appeal["id"], "overturn")
    _, page = await lea.call("GET", f"{SITE}/record?subject=comment:{comment}")
    acts = [(act["action"], (act["staff"] or {"name": None})["name"]) for act in page["items"]]
    assert acts == [
        ("appeal.overturn", "Lea"),
        ("appeal.undo", "Lea"),
        ("appeal.uphold", "Lea"),
        ("appeal.file", None),
        ("comment.reject", "Anna"),
    ]
    for action, _ in acts:
        _, page = await lea.call("GET", f"{SITE}/record?action={action}")
        assert [act["action"] for act in page["items"]] == [action]
    _, text = await lea.call("GET", f"{SITE}/record/export?format=csv")
    assert text.count("appeal.") == 4
    days = "since=2000-01-01&until=2100-01-01"
    _, statements = await lea.call("GET", f"{SITE}/statements/export?{days}&format=csv")
    # To uphold a rejection is no further one, and to overturn it none at all.
    assert len(statements.splitlines()) == 2


async def test_appeals_come_by_their_deadline_page_by_page(room: Newsroom) -> None:
    ben, rita = await room.console("ben"), await reader(room)
    for number in range(5):
        comment = await room.post(f"Words {number}.", reader=rita.id)
        await room.judge(comment, "rejected")
        await rita.appeal(comment, f"Appeal {number}.")
    await room.pool.execute("UPDATE appeals SET due_at = now() - interval '1 day' WHERE body = 'Appeal 3.'")
    seen, cursor = [], ""
    while cursor is not None:
        _, page = await ben.call("GET", f"{SITE}/appeals?limit=2{cursor and f'&cursor={cursor}'}")
        seen += [one["body"][7] for one in page["items"]]
        cursor = page["next"]
    assert seen == ["3", "0", "1", "2", "4"]
    _, first = await ben.call("POST", f"{SITE}/appeals/claims", {})
    assert [one["body"] for one in first["items"]] == ["Appeal 3."]


async def test_one_sites_appeals_are_not_anothers(room: Newsroom, other_site: int) -> None:
    anna, rita = await room.console("anna"), await reader(room)
    comment = await rejected(room, anna, rita)
    await rita.appeal(comment)
    await room.hire("eve", "admin", site_id=other_site)
    eve = room.browser()
    await eve.sign_in("eve@example.org")
    other = "/sites/other/appeals"
    [id_] = await room.pool.fetch("SELECT id::text FROM appeals")
    verdict = {"outcome": "overturn", "revision": 1, "status": "rejected"}
    assert (await eve.call("GET", other))[1]["items"] == []
    assert (await eve.call("GET", f"{other}/{id_['id']}"))[0] == 404
    assert (await eve.call("POST", f"{other}/{id_['id']}/decision", verdict))[0] == 404
    assert (await eve.call("POST", f"{other}/{id_['id']}/undo"))[0] == 404
    assert (await eve.call("POST", f"{other}/claims", {"ids": [id_["id"]]}))[1]["items"] == []


async def test_housekeeping_loses_no_appeal_however_long_it_waits(room: Newsroom) -> None:
    anna, ben, rita = await room.console("anna"), await room.console("ben"), await reader(room)
    comment = await rejected(room, anna, rita)
    receipt = await ticket(rita, comment, email="rita@example.org")
    for table in ("appeals", "queue", "tickets", "ticket_steps", "decisions"):
        column = "queued_at" if table == "queue" else "created_at"
        await room.pool.execute(f"UPDATE {table} SET {column} = {column} - interval '2 years'")
    await room.pool.execute("UPDATE appeals SET due_at = due_at - interval '2 years'")
    async with room.pool.acquire() as conn:
        await housekeeping.sweep(conn)
    [appeal] = await waiting(ben)
    assert (await judge(ben, appeal["id"], "overturn"))[0] == 201
    _, shown = await ben.call("GET", f"{SITE}/tickets/{receipt['reference']}")
    assert (shown["state"], shown["email"]) == ("resolved", "rita@example.org")


async def test_a_ticket_whose_cause_is_a_sanction_is_an_appeal_by_itself(room: Newsroom) -> None:
    ben, rita = await room.console("ben"), await reader(room)
    more = {"category": "cannot_post", "diagnostics": {"causes": ["sanctioned"]}}
    early = await ticket(rita, None, **more)
    # Nothing to appeal yet: it stays a ticket, and is not lost.
    assert (await ben.call("GET", f"{SITE}/tickets/{early['reference']}"))[1]["state"] == "diagnosed"
    await room.pool.execute("UPDATE readers SET sanction = 'banned'")
    receipt = await ticket(rita, None, message="Why am I banned?", **more)
    assert (await ben.call("GET", f"{SITE}/tickets/{receipt['reference']}"))[1]["state"] == "handed_over"
    [appeal] = await waiting(ben)
    assert (appeal["kind"], appeal["body"]) == ("sanction", "Why am I banned?")


async def test_whoever_left_it_to_others_does_not_judge_an_appeal_against_just_that(room: Newsroom) -> None:
    anna, ben, cleo = [await room.console(name) for name in ("anna", "ben", "cleo")]
    comment = await room.held(reader=(await reader(room)).id)
    _, held = await decide(ben, comment, "hold")
    body = {"decision": held["decision"]["id"], "body": "It is plain."}
    assert (await anna.call("POST", f"{SITE}/comments/{comment}/appeals", body))[0] == 201
    [appeal] = await waiting(ben)
    for party in (anna, ben):
        await refused(await judge(party, appeal["id"], "uphold", status="held"))
    assert (await judge(cleo, appeal["id"], "overturn", status="held"))[0] == 201
