"""A reader's page: sanctions and warnings with their history, strikes, hints, and taking everything down at once."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from moderation.database import Pool
from service.housekeeping import sweep
from service.reader.marking import mailbox
from service.store import marks
from tests.api.newsroom import Console, Newsroom
from tests.conftest import Api, row

READERS = "/sites/demo/readers"


async def lay(console: Console, reader: int, action: str, **more: Any) -> tuple[int, Any]:
    body = {"action": action, "seen": "none", "reason": "hate", **more}
    return await console.call("POST", f"{READERS}/{reader}/sanctions", body, key=more.pop("key", None))


async def test_a_suspension_is_one_row_of_the_log_with_an_end_and_a_note_for_colleagues(
    room: Newsroom,
) -> None:
    console = await room.console("anna")
    reader = await room.reader()
    status, person = await lay(
        console, reader, "suspend", hours=24, words="Three warnings, no change.", note="Same as in May."
    )
    assert status == 201
    assert person["sanction"] == "suspended"
    until = datetime.fromisoformat(person["sanctioned_until"])
    assert timedelta(hours=23) < until - datetime.now(UTC) < timedelta(hours=25)
    [past] = person["history"]
    assert (past["kind"], past["reason_text"], past["words"], past["staff"]["name"]) == (
        "suspended",
        "Hate",
        "Three warnings, no change.",
        "Anna",
    )
    assert [note["body"] for note in person["notes"]] == ["Same as in May."]
    assert await room.pool.fetchval("SELECT sanction FROM readers WHERE id = $1", reader) == "suspended"


async def test_lifting_is_another_row_and_the_history_keeps_both(room: Newsroom) -> None:
    console = await room.console("anna")
    reader = await room.reader()
    await lay(console, reader, "ban")
    status, person = await lay(console, reader, "lift", seen="banned", reason=None)
    assert (status, person["sanction"]) == (201, "none")
    assert [past["kind"] for past in person["history"]] == ["lifted", "banned"]


async def test_what_has_run_out_counts_as_over(room: Newsroom) -> None:
    console = await room.console("anna")
    reader = await room.reader()
    await lay(console, reader, "premoderate", hours=1)
    await room.pool.execute("UPDATE readers SET sanctioned_until = now() - interval '1 second'")
    status, person = await console.call("GET", f"{READERS}/{reader}")
    assert (status, person["sanction"], person["sanctioned_until"]) == (200, "none", None)
    assert (await lay(console, reader, "ban"))[0] == 201


async def test_nobody_is_sanctioned_over_a_colleagues_head(room: Newsroom) -> None:
    anna, bert = await room.console("anna"), await room.console("bert")
    reader = await room.reader()
    await lay(anna, reader, "suspend", hours=1)
    status, problem = await lay(bert, reader, "ban")
    assert (status, problem["code"], problem["decided_by"]) == (409, "stale", "Anna")
    assert await room.pool.fetchval("SELECT count(*) FROM sanctions") == 1


async def test_the_same_key_sanctions_once(room: Newsroom) -> None:
    console = await room.console("anna")
    reader, other = await room.reader(), await room.reader("Otto")
    body = {"action": "ban", "seen": "none", "reason": "spam"}
    for _ in range(2):
        status, person = await console.call(
            "POST", f"{READERS}/{reader}/sanctions", body, key="ban-once-please"
        )
        assert (status, len(person["history"])) == (201, 1)
    status, problem = await console.call("POST", f"{READERS}/{other}/sanctions", body, key="ban-once-please")
    assert (status, problem["code"]) == (422, "key_reused")


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({"action": "suspend"}, "/until"),
        ({"action": "suspend", "until": "2020-01-01T00:00:00Z"}, "/until"),
        ({"action": "suspend", "hours": 1, "until": "2090-01-01T00:00:00Z"}, "/until"),
        ({"action": "suspend", "hours": 0}, "/hours"),
        ({"action": "ban", "reason": None}, "/reason"),
        ({"action": "ban", "reason": "likely_toxic"}, "/reason"),
        ({"action": "warn", "hours": 3}, "/until"),
        ({"action": "delete"}, "/action"),
    ],
)
async def test_what_makes_no_sense_is_refused_by_name(
    room: Newsroom, body: dict[str, Any], pointer: str
) -> None:
    console = await room.console("anna")
    status, problem = await lay(console, await room.reader(), **body)
    assert (status, problem["errors"][0]["pointer"]) == (422, pointer)
    assert await room.pool.fetchval("SELECT count(*) FROM sanctions") == 0


async def test_a_suspended_reader_is_told_why_and_until_when(room: Newsroom, api: Api) -> None:
    guest = await api.guest()
    console = await room.console("anna")
    await lay(console, int(guest.id), "suspend", hours=2, words="Read the rules, please.")
    answer = await guest.post("Hello")
    assert (answer.status, answer.body["code"]) == (403, "sanctioned")
    assert answer.body["sanction"] == "suspended"
    assert answer.body["reason"] == "Hate. Read the rules, please."
    assert answer.body["until"]
    assert answer.body["sanction_id"] == str(await room.pool.fetchval("SELECT id FROM sanctions"))


async def test_a_warning_is_read_before_the_next_comment_is_taken(room: Newsroom, api: Api) -> None:
    guest, other = await api.guest(), await api.guest()
    console = await room.console("anna")
    status, person = await lay(console, int(guest.id), "warn", words="Attack views, not people.")
    assert (status, person["sanction"]) == (201, "none")
    refused = await guest.post("Hello")
    assert (refused.status, refused.body["code"]) == (403, "warned")
    assert refused.body["detail"] == "Hate. Attack views, not people."
    warning = refused.body["warning"]
    listed = await guest.call("GET", "/me/warnings")
    assert listed.body == {"items": [warning]}

    path = f"/me/warnings/{warning['id']}/acknowledgement"
    assert (await other.call("POST", path)).status == 404
    assert (await guest.post("Hello")).status == 403
    assert (await guest.call("POST", path)).status == 204
    assert (await guest.call("POST", path)).status == 204
    assert (await guest.post("Hello")).status == 201
    _, person = await console.call("GET", f"{READERS}/{guest.id}")
    assert person["history"][0]["acknowledged_at"]


async def test_a_warning_can_be_taken_back(room: Newsroom, api: Api) -> None:
    guest = await api.guest()
    console = await room.console("anna")
    _, person = await lay(console, int(guest.id), "warn")
    path = f"/sites/demo/warnings/{person['history'][0]['id']}/withdrawal"
    status, person = await console.call("POST", path)
    assert (status, bool(person["history"][0]["withdrawn_at"])) == (200, True)
    assert (await guest.post("Hello")).status == 201
    assert (await console.call("POST", path))[0] == 404


async def reject(room: Newsroom, console: Console, reader: int, reason: str = "hate") -> tuple[int, str]:
    comment = await room.held(reader=reader)
    body = {"action": "reject", "revision": 1, "status": "held", "reason": reason}
    status, made = await console.call("POST", f"/sites/demo/comments/{comment}/decisions", body)
    assert status == 201
    return comment, made["decision"]["id"]


async def test_strikes_add_up_to_a_suggestion_and_to_nothing_else(room: Newsroom) -> None:
    console = await room.console("anna")
    reader = await room.reader()
    made = [await reject(room, console, reader) for _ in range(3)]
    _, person = await console.call("GET", f"{READERS}/{reader}")
    assert (person["strikes"]["count"], person["strikes"]["limit"], person["strikes"]["suggests"]) == (
        3,
        3,
        "warn",
    )
    assert person["sanction"] == "none"
    await lay(console, reader, "warn")
    _, person = await console.call("GET", f"{READERS}/{reader}")
    assert person["strikes"]["suggests"] == "suspend"

    # What was undone, or the machine rejected, is no strike; nor is what is too long ago.
    await console.call("POST", f"/sites/demo/decisions/{made[0][1]}/undo")
    await room.pool.execute("UPDATE warnings SET acknowledged_at = now()")
    machine = await room.post(reader=reader)
    await room.judge(machine, "rejected")
    _, person = await console.call("GET", f"{READERS}/{reader}")
    assert (person["strikes"]["count"], person["strikes"]["suggests"]) == (2, None)
    await room.pool.execute(
        "UPDATE decisions SET created_at = created_at - interval '91 days' WHERE id = $1", int(made[1][1])
    )
    _, context = await console.call("GET", f"/sites/demo/comments/{machine}")
    assert (context["author"]["strikes"], context["author"]["strike_limit"]) == (1, 3)


async def test_hints_name_those_under_a_sanction_only(room: Newsroom, pool: Pool) -> None:
    console = await room.console("anna")
    reader = await room.reader("Rita")
    banned, namesake, innocent = await room.reader("Max"), await room.reader("Rita"), await room.reader("Ina")
    for other, kind, mark in (
        (reader, "network", "n1"),
        (banned, "network", "n1"),
        (innocent, "network", "n1"),
        (reader, "mail", "m1"),
        (banned, "mail", "m1"),
    ):
        await marks.remember(pool, room.site_id, other, kind, mark)
    _, person = await console.call("GET", f"{READERS}/{reader}")
    assert person["hints"] == []
    for other in (banned, namesake):
        await lay(console, other, "ban")
    _, person = await console.call("GET", f"{READERS}/{reader}")
    told = {(hint["kind"], hint["reader"]["id"], hint["shared_by"]) for hint in person["hints"]}
    assert told == {("network", str(banned), 3), ("mail", str(banned), 2), ("name", str(namesake), None)}
    assert person["sanction"] == "none"

    await pool.execute("UPDATE reader_marks SET seen_at = now() - interval '31 days'")
    async with pool.acquire() as conn:
        await sweep(conn)
    _, person = await console.call("GET", f"{READERS}/{reader}")
    assert {hint["kind"] for hint in person["hints"]} == {"mail", "name"}


async def test_a_guests_network_is_remembered_as_a_hash(api: Api, pool: Pool) -> None:
    guest = await api.guest()
    kept = await row(pool, "SELECT kind, mark FROM reader_marks WHERE reader_id = $1", int(guest.id))
    assert kept["kind"] == "network"
    assert "127" not in kept["mark"] or len(kept["mark"]) == 32


def test_one_mailbox_has_many_addresses() -> None:
    same = {"Jo.Doe@gmail.com", "jodoe@googlemail.com", "j.o.d.o.e+spam@GMAIL.com"}
    assert {mailbox(address) for address in same} == {"jodoe@gmail.com"}
    assert mailbox("jo@a.example") != mailbox("jo@b.example")
    assert mailbox("+x@a.example") == "+x@a.example"


async def take_down(console: Console, reader: int) -> Any:
    status, batch = await console.call(
        "POST", f"{READERS}/{reader}/removals", {"reason": "spam", "note": "All of it is advertising."}
    )
    assert status == 201
    return batch


async def test_all_of_a_readers_comments_go_and_come_back_as_one(
    room: Newsroom, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("service.store.batches.STEP", 100)
    console = await room.console("anna")
    reader = await room.reader()
    before: dict[int, str] = {}
    for n in range(230):
        comment = await room.post(f"Buy number {n}.", reader=reader)
        if n % 3:
            await room.judge(comment, "published" if n % 3 == 1 else "held")
        before[comment] = ("pending", "published", "held")[n % 3]
    bystander = await room.published("Quite another voice.")

    batch = await take_down(console, reader)
    assert (batch["state"], batch["total"], batch["decided"]) == ("doing", 230, 100)
    while batch["state"] == "doing":
        status, batch = await console.call("POST", f"/sites/demo/batches/{batch['id']}/steps")
        assert status == 200
    assert (batch["state"], batch["decided"], batch["skipped"]) == ("done", 230, 0)
    assert {await room.status(comment) for comment in before} == {"rejected"}
    assert await room.status(bystander) == "published"
    # One act is one strike.
    _, person = await console.call("GET", f"{READERS}/{reader}")
    assert person["strikes"]["count"] == 1

    status, batch = await console.call("POST", f"/sites/demo/batches/{batch['id']}/undo")
    while batch["state"] == "undoing":
        _, batch = await console.call("POST", f"/sites/demo/batches/{batch['id']}/steps")
    assert (batch["state"], batch["taken_back"]) == ("undone", 230)
    # The classifier had not read what was pending: that is before people now.
    wanted = {comment: "held" if status == "pending" else status for comment, status in before.items()}
    assert {comment: await room.status(comment) for comment in before} == wanted
    changes = await room.pool.fetchval("SELECT count(*) FROM decisions WHERE actor = 'staff'")
    assert changes == 460


async def test_what_a_colleague_has_before_them_is_left_alone(room: Newsroom) -> None:
    anna, bert = await room.console("anna"), await room.console("bert")
    reader = await room.reader()
    first, second = await room.held(reader=reader), await room.held(reader=reader)
    await bert.call("POST", "/sites/demo/queue/claims", {"ids": [str(first)]})
    batch = await take_down(anna, reader)
    assert (batch["state"], batch["decided"], batch["skipped"]) == ("done", 1, 1)
    assert (await room.status(first), await room.status(second)) == ("held", "rejected")


async def test_undoing_leaves_what_somebody_decided_since(room: Newsroom) -> None:
    anna, bert = await room.console("anna"), await room.console("bert")
    reader = await room.reader()
    comments = [await room.held(reader=reader) for _ in range(2)]
    batch = await take_down(anna, reader)
    body = {"action": "publish", "revision": 1, "status": "rejected"}
    assert (await bert.call("POST", f"/sites/demo/comments/{comments[0]}/decisions", body))[0] == 201
    _, batch = await anna.call("POST", f"/sites/demo/batches/{batch['id']}/undo")
    assert (batch["state"], batch["taken_back"]) == ("undone", 1)
    assert [await room.status(comment) for comment in comments] == ["published", "held"]


async def test_the_record_has_it_all(room: Newsroom) -> None:
    lena = await room.console("lena", "lead")
    reader = await room.reader()
    await room.held(reader=reader)
    _, person = await lay(lena, reader, "warn")
    await lena.call("POST", f"/sites/demo/warnings/{person['history'][0]['id']}/withdrawal")
    await lay(lena, reader, "ban")
    await lay(lena, reader, "lift", seen="banned", reason=None)
    batch = await take_down(lena, reader)
    await lena.call("POST", f"/sites/demo/batches/{batch['id']}/undo")
    _, record = await lena.call("GET", f"/sites/demo/record?subject=reader:{reader}")
    assert [act["action"] for act in record["items"]] == [
        "reader.restore_comments",
        "reader.remove_comments",
        "reader.lift",
        "reader.sanction",
        "reader.withdraw_warning",
        "reader.warn",
    ]


async def test_a_reader_of_another_site_is_not_found(room: Newsroom, other_site: int) -> None:
    stranger = await room.pool.fetchval(
        "INSERT INTO readers (site_id, name, name_skeleton) VALUES ($1, 'Eve', 'eve') RETURNING id",
        other_site,
    )
    console = await room.console("anna")
    assert (await console.call("GET", f"{READERS}/{stranger}"))[0] == 404
    assert (await lay(console, stranger, "ban"))[0] == 404
    assert (await console.call("POST", f"{READERS}/{stranger}/removals", {"reason": "spam"}))[0] == 404
