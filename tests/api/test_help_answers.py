"""Saved answers, tickets by cause over time, and faults that were called mended."""

from datetime import datetime
from itertools import pairwise
from typing import Any

import pytest

from moderation.database import Pool
from service.store import answers as store
from tests.api.newsroom import Console, Newsroom
from tests.conftest import Api

ANSWER = {"title": "Reload", "body": "Hello {name}, about {reference}: reload {article}. {staff}, {site}"}


async def save(console: Console, **change: Any) -> tuple[int, Any]:
    return await console.call("POST", "/sites/demo/answers", {**ANSWER, **change})


async def test_leads_write_them_and_everybody_sees_them(room: Newsroom) -> None:
    lead, anna = await room.console("lena", "lead"), await room.console("anna")
    status, saved = await save(lead)
    assert status == 201
    _, listed = await anna.call("GET", "/sites/demo/answers")
    assert listed["answers"] == [saved]
    assert set(listed["placeholders"]) == {"name", "article", "reference", "site", "staff"}
    changed = {"title": "Reload it", "body": "Hello."}
    path = f"/sites/demo/answers/{saved['id']}"
    assert await lead.call("PUT", path, changed) == (200, {"id": saved["id"], **changed})
    assert (await lead.call("DELETE", path))[0] == 204
    assert (await lead.call("DELETE", path))[0] == 204
    assert (await lead.call("PUT", path, changed))[0] == 404
    _, listed = await anna.call("GET", "/sites/demo/answers")
    assert listed["answers"] == []
    _, record = await lead.call("GET", "/sites/demo/record?action=answers.save")
    assert [act["detail"]["title"] for act in record["items"]] == ["Reload it", "Reload"]


@pytest.mark.parametrize("body", ["Hello {nome}", "{}", "{Name}", "{ name }", "{name.__class__}", "{0}"])
async def test_a_placeholder_that_nobody_could_fill_in_is_refused(room: Newsroom, body: str) -> None:
    status, answer = await save(await room.console("lena", "lead"), body=body)
    assert (status, answer["code"]) == (422, "invalid")
    assert answer["errors"][0]["pointer"] == "/body"
    assert "cannot be filled in" in answer["errors"][0]["message"]


async def test_a_title_stands_for_one_answer_and_there_is_a_limit(
    room: Newsroom, monkeypatch: pytest.MonkeyPatch
) -> None:
    lead = await room.console("lena", "lead")
    _, first = await save(lead)
    status, answer = await save(lead)
    assert (status, answer["errors"][0]["code"]) == (422, "taken")
    _, second = await save(lead, title="Another")
    status, answer = await lead.call("PUT", f"/sites/demo/answers/{second['id']}", ANSWER)
    assert (status, answer["errors"][0]["code"]) == (422, "taken")
    assert (await lead.call("PUT", f"/sites/demo/answers/{first['id']}", ANSWER))[0] == 200
    monkeypatch.setattr(store, "MOST", 2)
    status, answer = await save(lead, title="A third")
    assert (status, answer["errors"][0]["code"]) == (422, "too_many")


async def test_another_sites_answers_cannot_be_reached(room: Newsroom, pool: Pool, other_site: int) -> None:
    lead = await room.console("lena", "lead")
    async with pool.acquire() as conn:
        theirs = await store.add(conn, other_site, title="Theirs", body="Words.", staff_id=1)
    path = f"/sites/demo/answers/{theirs.id}"
    assert (await lead.call("PUT", path, ANSWER))[0] == 404
    await lead.call("DELETE", path)
    assert await pool.fetchval("SELECT title FROM saved_answers") == "Theirs"
    assert (await lead.call("GET", "/sites/demo/answers"))[1]["answers"] == []


async def test_tickets_are_counted_by_cause_and_time(api: Api, room: Newsroom, pool: Pool) -> None:
    for causes, age in ((["csp"], 0), (["csp"], 0), (["held"], 30), ([], 0), (["csp"], 24 * 10)):
        body = {"category": "other", "message": f"{causes} {age}", "diagnostics": {"causes": causes}}
        answer = await api.call("POST", "/tickets", json=body)
        await pool.execute(
            "UPDATE tickets SET created_at = now() - make_interval(hours => $2) WHERE reference = $1",
            answer.body["reference"],
            age,
        )
    console = await room.console("anna", "auditor")
    _, days = await console.call("GET", "/sites/demo/causes?days=7")
    assert (days["step"], days["causes"]) == ("day", {"csp": 2, "held": 1, "none": 1})
    assert len(days["steps"]) == 8
    assert days["steps"][-1]["tickets"] == {"csp": 2, "none": 1}
    at = [datetime.fromisoformat(step["at"]) for step in days["steps"]]
    assert {(b - a).total_seconds() for a, b in pairwise(at)} == {86400}
    _, hours = await console.call("GET", "/sites/demo/causes?days=2")
    assert (hours["step"], len(hours["steps"])) == ("hour", 49)
    assert (await console.call("GET", "/sites/demo/causes?days=91"))[0] == 422
    _, text = await console.call("GET", "/sites/demo/causes/export?days=30")
    lines = text.split("\r\n")
    assert lines[0] == "at,cause,tickets"
    assert sorted(line.split(",", 1)[1] for line in lines[1:-1]) == ["csp,1", "csp,2", "held,1", "none,1"]


async def test_spam_and_what_was_merged_are_not_counted(api: Api, room: Newsroom, pool: Pool) -> None:
    for number in range(3):
        await api.call("POST", "/tickets", json={"category": "other", "message": f"Words {number}"})
    await pool.execute("UPDATE tickets SET state = 'spam' WHERE message = 'Words 0'")
    await pool.execute("UPDATE tickets SET state = 'merged' WHERE message = 'Words 1'")
    _, days = await (await room.console("anna")).call("GET", "/sites/demo/causes")
    assert days["causes"] == {"none": 1}


async def test_a_fault_is_called_mended_and_comes_back_when_it_is_met_again(api: Api, room: Newsroom) -> None:
    console = await room.console("anna")
    where = {"cause": "origin", "detail": "https://copy.example"}

    async def meet() -> None:
        await api.call("POST", "/diagnosis", json={}, headers={"Origin": where["detail"]})

    await meet()
    status, listed = await console.call("POST", "/sites/demo/faults/mended", where)
    assert status == 200
    assert listed["items"][0]["mended_by"]["name"] == "Anna"
    ben = await room.console("ben")
    await ben.call("POST", "/sites/demo/faults/mended", where)
    _, listed = await ben.call("GET", "/sites/demo/faults")
    assert listed["items"][0]["mended_by"]["name"] == "Anna", "the first one did it"
    await meet()
    _, listed = await console.call("GET", "/sites/demo/faults")
    [fault] = listed["items"]
    assert (fault["seen"], fault["mended_at"], fault["mended_by"]) == (2, None, None)
    unknown = await console.call("POST", "/sites/demo/faults/mended", {**where, "cause": "csp"})
    assert (unknown[0], unknown[1]["code"]) == (404, "not_found")


async def test_incidents_are_told_to_webhooks_and_counted(
    api: Api, room: Newsroom, pool: Pool, site: int
) -> None:
    await pool.execute(
        "INSERT INTO webhooks (site_id, url, secret) VALUES ($1, 'https://x.example', '')", site
    )
    incident = await pool.fetchval(
        "INSERT INTO incidents (site_id, cause, code) VALUES ($1, 'csp', '') RETURNING id", site
    )
    lead = await room.console("lena", "lead")
    assert (await lead.call("GET", "/sites/demo/counts"))[1]["incidents_open"] == 1
    for _ in range(2):
        answer = {"answer": "It works again."}
        assert (await lead.call("POST", f"/sites/demo/incidents/{incident}/resolution", answer))[0] == 200
    assert (await lead.call("GET", "/sites/demo/counts"))[1]["incidents_open"] == 0
    [told] = await pool.fetch("SELECT subject, payload FROM outbox WHERE type = 'incident.resolved'")
    assert told["subject"] == f"incident:{incident}"
    assert told["payload"] == {
        "incident_id": str(incident),
        "cause": "csp",
        "code": "",
        "answered": True,
    }
    _, record = await lead.call("GET", "/sites/demo/record?action=incident.resolve")
    assert [act["detail"] for act in record["items"]] == [{"id": str(incident)}]
