"""Second looks that show nothing of the first, and what is learnt from them."""

from typing import Any

import pytest

from service.store import samples
from tests.api.appeals import judge as judge_appeal
from tests.api.appeals import reader, rejected, waiting
from tests.api.newsroom import Console, Newsroom

SITE = "/sites/demo"


async def look(console: Console) -> dict[str, Any] | None:
    status, body = await console.call("POST", f"{SITE}/quality/samples")
    assert status == 200, body
    return body["sample"]


async def judge(console: Console, sample: dict[str, Any], verdict: str) -> dict[str, Any]:
    status, body = await console.call("PUT", f"{SITE}/quality/samples/{sample['id']}", {"verdict": verdict})
    assert status == 200, body
    return body


async def decide(console: Console, comment: int, action: str) -> int:
    body: dict[str, Any] = {"action": action, "revision": 1, "status": "held"}
    if action == "reject":
        body["reason"] = "spam"
    status, made = await console.call("POST", f"{SITE}/comments/{comment}/decisions", body)
    assert status == 201, made
    return int(made["decision"]["id"])


async def quality(console: Console) -> dict[str, Any]:
    status, body = await console.call("GET", f"{SITE}/quality")
    assert status == 200, body
    return body


async def test_nothing_to_look_at(room: Newsroom) -> None:
    anna = await room.console("anna", "lead")
    await room.post()
    await room.held()
    assert await look(anna) is None
    body = await quality(anna)
    assert [row["looks"] for row in body["second_looks"]] == [0, 0, 0]
    assert body["appeals"] == {"open": 0, "overdue": 0, "upheld": 0, "overturned": 0, "median_s": None}
    assert (body["languages"], body["labels"], body["drift"]) == ([], [], [])


async def test_what_is_lent_shows_nothing_of_the_judgement_and_stays_lent(room: Newsroom) -> None:
    anna = await room.console("anna")
    await room.published("The trams are late again today.")
    sample = await look(anna)
    assert sample is not None
    assert set(sample) == {"id", "html", "created_at", "article", "parent_html"}
    assert "trams" in sample["html"]
    assert await look(anna) == sample
    bert = await room.console("bert")
    assert await look(bert) is None
    await room.pool.execute("UPDATE samples SET claimed_until = now() - interval '1 second'")
    assert (await look(bert) or {})["id"] == sample["id"]
    code, _ = await anna.call("PUT", f"{SITE}/quality/samples/{sample['id']}", {"verdict": "published"})
    assert code == 404


async def test_a_verdict_reveals_the_decision_changes_nothing_and_is_kept_once(room: Newsroom) -> None:
    anna = await room.console("anna")
    comment = await room.post("Buy my pills")
    await room.judge(comment, "rejected")
    sample = await look(anna)
    assert sample is not None
    body = await judge(anna, sample, "published")
    assert (body["comment_id"], body["actor"], body["status"], body["agrees"]) == (
        str(comment),
        "machine",
        "rejected",
        False,
    )
    assert body["reasons"][0]["code"] == "likely_toxic"
    assert await room.status(comment) == "rejected"
    assert await judge(anna, sample, "published") == body
    code, _ = await anna.call("PUT", f"{SITE}/quality/samples/{sample['id']}", {"verdict": "rejected"})
    assert code == 404
    assert await look(anna) is None


async def test_nobody_looks_at_their_own_decision_a_second_time(room: Newsroom) -> None:
    anna, bert = await room.console("anna"), await room.console("bert")
    await decide(anna, await room.held(), "reject")
    assert await look(anna) is None
    sample = await look(bert)
    assert sample is not None
    body = await judge(bert, sample, "rejected")
    assert (body["actor"], body["agrees"]) == ("staff", True)
    code, mine = await anna.call("GET", f"{SITE}/quality/mine")
    assert code == 200
    assert (mine["decided"], mine["rejected"], mine["looked_at"], mine["agreed"], mine["judged"]) == (
        1,
        1,
        1,
        1,
        0,
    )
    _, of_bert = await bert.call("GET", f"{SITE}/quality/mine")
    assert (of_bert["decided"], of_bert["looked_at"], of_bert["judged"]) == (0, 0, 1)


async def test_what_was_undone_or_edited_or_erased_is_not_looked_at(room: Newsroom) -> None:
    anna, bert = await room.console("anna"), await room.console("bert")
    made = await decide(anna, await room.held(), "reject")
    await anna.call("POST", f"{SITE}/decisions/{made}/undo")
    assert await look(bert) is None
    comment = await room.published()
    async with room.pool.acquire() as conn:
        drawn = await samples.draw(conn, room.site_id)
        await samples.keep(conn, room.site_id, drawn, [None])
    await room.judge(comment, "deleted", start="published")
    assert await look(bert) is None


async def test_the_whole_of_it(room: Newsroom) -> None:
    lead, bert = await room.console("lena", "lead"), await room.console("bert")
    for words in (
        "The trams are late again because nobody in this town wants to pay for the new drivers.",
        "Die Straßenbahn kommt heute wieder nicht.",
    ):
        await room.published(words)
    await room.judge(
        await room.post("What a lovely day this was for everybody who lives in our little town."), "rejected"
    )
    verdicts = {"trams": "published", "Stra": "rejected", "lovely": "published"}
    for _ in verdicts:
        sample = await look(lead)
        assert sample is not None
        await judge(lead, sample, next(v for word, v in verdicts.items() if word in sample["html"]))
    assert await look(lead) is None
    for action in ("reject", "reject", "publish"):
        await decide(bert, await room.held(), action)
    undone = await decide(bert, await room.held(), "reject")
    await bert.call("POST", f"{SITE}/decisions/{undone}/undo")
    body = await quality(lead)
    by_kind = {row["stratum"]: row for row in body["second_looks"]}
    assert (by_kind["machine_published"]["looks"], by_kind["machine_published"]["agreed"]) == (2, 0.5)
    assert (by_kind["machine_rejected"]["looks"], by_kind["machine_rejected"]["agreed"]) == (1, 0.0)
    assert by_kind["staff"]["looks"] == 0
    languages = {row["language"]: (row["looks"], row["agreed"]) for row in body["languages"]}
    assert languages == {"en": (2, 0.5), "de": (1, 0.0)}
    [label] = body["labels"]
    assert (label["label"], label["decided"], label["rejected"]) == ("toxicity", 3, 2)
    assert label["precision"] == pytest.approx(2 / 3)


async def test_drift_is_told_by_day_and_model(room: Newsroom) -> None:
    lead = await room.console("lena", "lead")
    for toxicity in (0.1, 0.2, 0.9):
        comment = await room.published()
        await room.pool.execute(
            "INSERT INTO scores (site_id, comment_id, revision, model, labels) VALUES ($1, $2, 1, 'm-1', $3)",
            room.site_id,
            comment,
            {"toxicity": toxicity},
        )
    [day] = (await quality(lead))["drift"]
    assert (day["model"], day["comments"]) == ("m-1", 3)
    assert day["median"] == pytest.approx(0.2)
    assert day["p99"] > day["p90"] > 0.7


async def test_second_looks_are_in_the_record_and_of_one_site_alone(room: Newsroom) -> None:
    lead = await room.console("lena", "lead")
    comment = await room.published()
    sample = await look(lead)
    assert sample is not None
    await judge(lead, sample, "unsure")
    _, record = await lead.call("GET", f"{SITE}/record?action=sample.judge")
    [act] = record["items"]
    assert (act["subject"], act["detail"]) == (f"comment:{comment}", {"verdict": "unsure"})
    other = await room.pool.fetchval("INSERT INTO sites (key, name) VALUES ('other', 'Other') RETURNING id")
    await room.hire("olga", "lead", site_id=other)
    olga = room.browser()
    await olga.sign_in("olga@example.org")
    code, _ = await olga.call("PUT", f"/sites/other/quality/samples/{sample['id']}", {"verdict": "published"})
    assert code == 404


async def test_what_nobody_judged_is_forgotten(room: Newsroom) -> None:
    await room.published()
    async with room.pool.acquire() as conn:
        await samples.keep(conn, room.site_id, await samples.draw(conn, room.site_id), ["en"])
        await samples.forget(conn, older_than_days=30)
        assert await conn.fetchval("SELECT count(*) FROM samples") == 1
        await conn.execute("UPDATE samples SET drawn_at = now() - interval '31 days'")
        await samples.forget(conn, older_than_days=30)
        assert await conn.fetchval("SELECT count(*) FROM samples") == 0


async def test_appeals_are_counted_and_how_many_were_right(room: Newsroom) -> None:
    anna, lead, rita = await room.console("anna"), await room.console("lena", "lead"), await reader(room)
    appealed = [await rejected(room, anna, rita) for _ in range(3)]
    for comment in appealed:
        assert (await rita.appeal(comment))[0] == 201
    first, second, _ = await waiting(lead)
    await judge_appeal(lead, first["id"], "overturn")
    await judge_appeal(lead, second["id"], "uphold")
    await room.pool.execute("UPDATE appeals SET due_at = now() - interval '1 hour' WHERE state = 'open'")
    counted = (await quality(lead))["appeals"]
    assert (counted["open"], counted["overdue"], counted["upheld"], counted["overturned"]) == (1, 1, 1, 1)
    assert counted["median_s"] >= 0
