"""The policy in the console's API: read, tried out, changed in versions, taken back."""

from typing import Any

from moderation import policies, workers
from moderation.policy import Policy
from moderation.workers import WorkerState
from tests.api.newsroom import Console, Newsroom

SITE = "/sites/demo"


async def current(console: Console) -> dict[str, Any]:
    status, body = await console.call("GET", f"{SITE}/policy")
    assert status == 200, body
    return body


async def save(console: Console, policy: dict[str, Any], note: str = "") -> tuple[int, Any]:
    body = {"base": policy["version"], "document": policy["document"], "note": note}
    return await console.call("PUT", f"{SITE}/policy", body)


async def test_a_site_begins_with_the_default_and_the_bands_of_the_model_that_reads(room: Newsroom) -> None:
    await workers.report(room.pool, "w", "some:model@3", WorkerState.READY)
    anna = await room.console("anna")
    policy = await current(anna)
    assert (policy["version"], policy["model"]) == (0, "some:model@3")
    assert policy["document"] == Policy.default().model_dump(mode="json")
    assert policy["bands"]["toxicity"] == {"hold_at": 0.6, "reject_at": None}


async def test_a_change_is_a_version_that_judges_at_once_and_says_who_and_what(room: Newsroom) -> None:
    lena = await room.console("lena", "lead")
    policy = await current(lena)
    policy["document"]["premoderate"] = True
    status, first = await save(lena, policy, "Election night")
    assert (status, first["version"], first["document"]["premoderate"]) == (201, 1, True)
    version, active = (await policies.active(room.pool, {room.site_id}))[room.site_id]
    assert (version, active.premoderate) == (1, True)
    first["document"]["links"]["blocked"] = ["spam.example"]
    await save(lena, first)
    _, body = await lena.call("GET", f"{SITE}/policy/versions")
    told = [
        (
            one["version"],
            one["active"],
            one["note"],
            one["staff"]["name"],
            [c["path"] for c in one["changes"]],
        )
        for one in body["items"]
    ]
    assert told == [
        (2, True, "", "Lena", ["links/blocked"]),
        (1, False, "Election night", "Lena", ["premoderate"]),
    ]
    assert body["items"][0]["changes"][0]["added"] == ["spam.example"]


async def test_versions_are_paged_and_each_told_from_the_one_before(room: Newsroom) -> None:
    lena = await room.console("lena", "lead")
    policy = await current(lena)
    for number in range(3):
        policy["document"]["links"]["max_free"] = 10 + number
        _, policy = await save(lena, policy)
    seen, cursor = [], ""
    while cursor is not None:
        _, body = await lena.call("GET", f"{SITE}/policy/versions?limit=2&cursor={cursor}")
        seen += [
            (one["version"], one["changes"][0]["before"], one["changes"][0]["after"]) for one in body["items"]
        ]
        cursor = body["next"]
    assert seen == [(3, 11, 12), (2, 10, 11), (1, 2, 10)]


async def test_who_changes_an_older_version_is_told(room: Newsroom) -> None:
    lena, lars = await room.console("lena", "lead"), await room.console("lars", "admin")
    policy = await current(lena)
    assert (await save(lars, policy))[0] == 201
    status, problem = await save(lena, policy)
    assert (status, problem["code"], problem["version"]) == (409, "stale", 1)
    assert await room.pool.fetchval("SELECT count(*) FROM policies") == 1


async def test_an_earlier_version_is_taken_up_again_as_a_new_one(room: Newsroom) -> None:
    lena = await room.console("lena", "lead")
    policy = await current(lena)
    policy["document"]["flood_at"] = 3
    _, first = await save(lena, policy)
    first["document"]["flood_at"] = 30
    await save(lena, first)
    status, again = await lena.call("POST", f"{SITE}/policy/versions/1/restore", {"base": 2})
    assert (status, again["version"], again["document"]["flood_at"]) == (201, 3, 3)
    _, body = await lena.call("GET", f"{SITE}/policy/versions?limit=1")
    assert body["items"][0]["note"] == "restores version 1"
    assert (await lena.call("POST", f"{SITE}/policy/versions/1/restore", {"base": 1}))[1]["code"] == "stale"
    for missing in ("9", str(2**40)):
        path = f"{SITE}/policy/versions/{missing}/restore"
        assert (await lena.call("POST", path, {"base": 3}))[0] == 404


async def test_what_cannot_be_a_policy_is_refused_by_the_place(room: Newsroom) -> None:
    lena = await room.console("lena", "lead")
    policy = await current(lena)
    document = policy["document"]
    document["word_lists"] = [{"name": "x", "patterns": ["(a+"], "words": ["!!"]}]
    document["links"]["max_free"] = -1
    status, problem = await save(lena, policy)
    assert status == 422
    assert {error["pointer"] for error in problem["errors"]} == {
        "/document/word_lists/0/patterns",
        "/document/word_lists/0/words",
        "/document/links/max_free",
    }
    assert await room.pool.fetchval("SELECT count(*) FROM policies") == 0


async def test_a_policy_is_tried_on_past_comments_before_it_judges(room: Newsroom) -> None:
    for number, score in enumerate((0.1, 0.3, 0.5, 0.9)):
        comment = await room.post(f"Text {number}")
        await room.judge(comment, "held" if score > 0.6 else "published")
        await room.pool.execute(
            "INSERT INTO scores (site_id, comment_id, revision, model, labels) VALUES ($1, $2, 1, 'm@1', $3)",
            room.site_id,
            comment,
            {"toxicity": score},
        )
    lena = await room.console("lena", "lead")
    document = (await current(lena))["document"]
    document["bands"]["*"]["toxicity"]["hold_at"] = 0.2
    status, found = await lena.call("POST", f"{SITE}/policy/simulation", {"document": document})
    assert status == 200, found
    assert (found["comments"], found["active"], found["candidate"]) == (
        4,
        {"publish": 3, "hold": 1, "reject": 0},
        {"publish": 1, "hold": 3, "reject": 0},
    )
    [move] = found["moves"]
    assert (move["before"], move["after"], move["comments"], len(move["samples"])) == (
        "publish",
        "hold",
        2,
        2,
    )
    assert [change["path"] for change in found["changes"]] == ["bands/*/toxicity/hold_at"]
    assert await room.pool.fetchval("SELECT count(*) FROM policies") == 0


async def test_a_word_list_is_tried_on_a_text_and_on_its_own_words_in_disguise(room: Newsroom) -> None:
    lena = await room.console("lena", "lead")
    word_list = {"name": "insults", "words": ["idiot"], "patterns": ["fo+l"]}
    body = {"word_list": word_list, "text": "You 1d10t, you foooool."}
    status, found = await lena.call("POST", f"{SITE}/policy/words", body)
    assert status == 200
    assert found["hits"] == [{"start": 4, "end": 9}, {"start": 15, "end": 22}]
    caught = {one["trick"] for one in found["variants"] if one["caught"]}
    assert caught >= {"as it is", "leetspeak", "spaced", "full-width letters", "invisible characters"}
    word_list["patterns"] = ["("]
    status, problem = await lena.call("POST", f"{SITE}/policy/words", body)
    assert (status, problem["errors"][0]["pointer"]) == (422, "/word_list/patterns")


async def test_a_pattern_that_would_hang_others_takes_no_time_here(room: Newsroom) -> None:
    lena = await room.console("lena", "lead")
    body = {"word_list": {"name": "x", "patterns": ["(a+)+$"]}, "text": "a" * 4_000 + "!"}
    status, found = await lena.call("POST", f"{SITE}/policy/words", body)
    assert (status, found["hits"]) == (200, [])
