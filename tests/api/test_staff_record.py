"""The record: everything that staff did, searched, paged, and taken away as a file; statements of reasons."""

import csv
import io
from typing import Any

import orjson
import pytest

from service.store import participation
from service.store import record as store
from tests.api.newsroom import Console, Newsroom

SITE = "/sites/demo"


async def file(console: Console, path: str) -> tuple[str, str]:
    """A file's media type and text."""
    async with console.session.get(f"{console.base}/api/v1/staff{SITE}{path}") as response:
        assert response.status == 200, await response.text()
        assert "attachment" in response.headers["Content-Disposition"]
        return response.content_type, await response.text()


async def busy(room: Newsroom) -> tuple[Console, int, int]:
    """A day's work by Anna, and a lead to look at it; gives the lead's console, a comment and its author."""
    author = await room.reader("Otto")
    comment = await room.held("You fool.", reader=author)
    anna = await room.console("anna")
    reject = {"action": "reject", "reason": "hate", "revision": 1, "status": "held", "note": "No."}
    _, made = await anna.call("POST", f"{SITE}/comments/{comment}/decisions", reject)
    await anna.call("POST", f"{SITE}/decisions/{made['decision']['id']}/undo")
    await anna.call("POST", f"{SITE}/readers/{author}/notes", {"body": "=cmd()"})
    await room.pool.execute(
        """INSERT INTO tickets (site_id, reference, secret_hash, category, message, idempotency_key)
           VALUES ($1, 'PX-2222-2222', 'x', 'other', 'Help', 'k')""",
        room.site_id,
    )
    await anna.call("POST", f"{SITE}/tickets/PX-2222-2222/messages", {"kind": "answer", "body": "Yes."})
    return await room.console("lena", "lead"), comment, author


async def acts(console: Console, query: str = "") -> list[tuple[str, str, str | None]]:
    seen, cursor = [], ""
    while cursor is not None:
        status, page = await console.call("GET", f"{SITE}/record?limit=2&{query}&cursor={cursor}")
        assert status == 200, page
        seen += [
            (act["action"], act["subject"], act["staff"] and act["staff"]["name"]) for act in page["items"]
        ]
        cursor = page["next"]
    return seen


async def test_everything_that_was_done_is_in_the_record_newest_first(room: Newsroom) -> None:
    lena, comment, author = await busy(room)
    seen = await acts(lena)
    ids = dict(await room.pool.fetch("SELECT name, id FROM staff"))
    # An answer and the move that comes with it are of one moment.
    assert sorted(seen[1:3]) == [
        ("ticket.answer", "ticket:PX-2222-2222", "Anna"),
        ("ticket.move", "ticket:PX-2222-2222", "Anna"),
    ]
    assert [seen[0], *seen[3:]] == [
        ("session.sign_in", f"staff:{ids['Lena']}", "Lena"),
        ("reader.note", f"reader:{author}", "Anna"),
        ("comment.undo", f"comment:{comment}", "Anna"),
        ("comment.reject", f"comment:{comment}", "Anna"),
        ("session.sign_in", f"staff:{ids['Anna']}", "Anna"),
    ]


async def test_the_record_is_searched_by_who_what_about_and_when(room: Newsroom) -> None:
    lena, comment, author = await busy(room)
    anna = await room.pool.fetchval("SELECT id FROM staff WHERE name = 'Anna'")
    assert len(await acts(lena, f"staff={anna}")) == 6
    assert [act for act, _, _ in await acts(lena, "action=comment.reject")] == ["comment.reject"]
    assert [act for act, _, _ in await acts(lena, f"subject=comment:{comment}")] == [
        "comment.undo",
        "comment.reject",
    ]
    assert [act for act, _, _ in await acts(lena, f"subject=reader:{author}&action=reader.note")] == [
        "reader.note"
    ]
    assert await acts(lena, "until=2020-01-01") == []
    await room.pool.execute(
        "UPDATE decisions SET created_at = '2026-03-02T23:59:59Z' WHERE actor = 'staff' AND undoes IS NULL"
    )
    assert [act for act, _, _ in await acts(lena, "since=2026-03-02&until=2026-03-02")] == ["comment.reject"]


async def test_an_act_says_what_it_was_and_no_text(room: Newsroom) -> None:
    lena, _, _ = await busy(room)
    _, page = await lena.call("GET", f"{SITE}/record?action=comment.reject")
    [act] = page["items"]
    assert act["detail"] == {
        "from": "held",
        "to": "rejected",
        "revision": 1,
        "reasons": ["hate"],
        "noted": True,
    }
    _, page = await lena.call("GET", f"{SITE}/record")
    assert "fool" not in str(page)
    assert "No." not in str(page)


async def test_versions_of_the_policy_are_acts_of_whoever_saved_them(room: Newsroom) -> None:
    lena = await room.console("lena", "lead")
    id_ = await room.pool.fetchval("SELECT id FROM staff")
    for version, by in ((1, f"staff:{id_}"), (2, "operator")):
        await room.pool.execute(
            "INSERT INTO policies (site_id, version, document, created_by) VALUES ($1, $2, '{}', $3)",
            room.site_id,
            version,
            by,
        )
    assert await acts(lena, "action=policy.save") == [
        ("policy.save", "policy:2", None),
        ("policy.save", "policy:1", "Lena"),
    ]


async def test_signing_out_is_in_the_record_of_every_site_and_only_once(room: Newsroom) -> None:
    lena = await room.console("lena", "lead")
    anna = await room.console("anna")
    await anna.call("DELETE", "/session")
    await anna.call("DELETE", "/session")
    assert [act for act, _, who in await acts(lena) if who == "Anna"] == [
        "session.sign_out",
        "session.sign_in",
    ]


@pytest.mark.parametrize("query", ["action=none", "subject=x", "since=x", "staff=x", "limit=0", "unknown=1"])
async def test_what_the_record_cannot_be_asked(room: Newsroom, query: str) -> None:
    lena = await room.console("lena", "lead")
    assert (await lena.call("GET", f"{SITE}/record?{query}"))[0] == 422


@pytest.mark.parametrize("cursor", ["x", "1.event", "1.event.x", f"{10**30}.event.1"])
async def test_a_cursor_that_the_record_did_not_give(room: Newsroom, cursor: str) -> None:
    lena = await room.console("lena", "lead")
    status, problem = await lena.call("GET", f"{SITE}/record?cursor={cursor}")
    assert (status, problem["code"]) == (400, "malformed")


async def test_the_record_is_taken_away_whole_in_either_format_and_that_is_an_act(
    room: Newsroom, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("service.exporting.PAGE", 2)
    lena, _, _ = await busy(room)
    before = await acts(lena)
    kind, text = await file(lena, "/record/export?format=jsonl")
    lines = [orjson.loads(line) for line in text.splitlines()]
    assert kind == "application/x-ndjson"
    assert [(line["action"], line["subject"], line["staff"]) for line in lines[1:]] == before
    assert (lines[0]["action"], lines[0]["detail"]["of"]) == ("record.export", "record")
    kind, text = await file(lena, "/record/export?format=csv&action=reader.note")
    rows = list(csv.DictReader(io.StringIO(text)))
    assert kind == "text/csv"
    assert [(row["action"], row["staff"], row["detail"]) for row in rows] == [("reader.note", "Anna", "{}")]


async def test_a_name_is_no_formula_in_a_spreadsheet(room: Newsroom) -> None:
    lena = await room.console("lena", "lead")
    await room.pool.execute("UPDATE staff SET name = '=HYPERLINK(1)'")
    _, text = await file(lena, "/record/export?format=csv")
    assert next(csv.DictReader(io.StringIO(text)))["staff"] == "'=HYPERLINK(1)"


async def test_the_record_reads_a_page_of_each_log_at_a_time(room: Newsroom) -> None:
    """However long the logs: the walk of each ends after a page."""
    staff = await room.hire("anna", "lead")
    comment = await room.post()
    await room.pool.execute(
        """INSERT INTO decisions (site_id, comment_id, revision, from_status, to_status, actor, staff_id, created_at)
           SELECT $1, $2, 1, 'held', 'published', 'staff', $3, now() - n * interval '1 second'
           FROM generate_series(1, 20000) n""",
        room.site_id,
        comment,
        staff,
    )
    await room.pool.execute("ANALYZE")
    text, values = store.record_query(store.Wanted(), limit=51, after=None)
    async with room.pool.acquire() as conn:
        plan = await conn.fetchval(f"EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) {text}", room.site_id, *values)
    top: dict[str, Any] = (orjson.loads(plan) if isinstance(plan, str) else plan)[0]["Plan"]
    assert top["Shared Hit Blocks"] + top["Shared Read Blocks"] < 400
    assert "decisions_by_staff" in str(plan)


async def test_a_statement_for_each_restriction_that_stands_and_nothing_personal(room: Newsroom) -> None:
    anna = await room.console("anna")
    rob = await room.reader("Rob")

    async def decide(comment: int, action: str, status: str) -> Any:
        body = {"action": action, "revision": 1, "status": status}
        if action == "reject":
            body["reason"] = "hate"
        code, made = await anna.call("POST", f"{SITE}/comments/{comment}/decisions", body)
        assert code == 201, made
        return made["decision"]["id"]

    found = await decide(await room.held("You fool, Una."), "reject", "held")
    up = await room.published("Una is a fool.")
    async with room.pool.acquire() as conn, conn.transaction():
        await participation.report(conn, room.site_id, up, rob, reason="illegal", detail="I am Rob")
    reported = await decide(up, "reject", "published")
    taken_back = await decide(await room.held("Fine."), "reject", "held")
    await anna.call("POST", f"{SITE}/decisions/{taken_back}/undo")
    await decide(await room.held("Also fine."), "publish", "held")
    machine = await room.judge(await room.post("Awful."), "rejected")
    olga = await room.console("olga", "auditor")
    _, text = await file(olga, "/statements/export?since=2020-01-01&until=2100-01-01")
    made = {line["puid"]: line for line in map(orjson.loads, text.splitlines())}
    told = {
        puid: (one["source_type"], one["automated_detection"], one["automated_decision"])
        for puid, one in made.items()
    }
    assert told == {
        f"decision-{found}": ("SOURCE_VOLUNTARY", "Yes", "AUTOMATED_DECISION_NOT_AUTOMATED"),
        f"decision-{reported}": ("SOURCE_ARTICLE_16", "No", "AUTOMATED_DECISION_NOT_AUTOMATED"),
        f"decision-{machine.id}": ("SOURCE_VOLUNTARY", "Yes", "AUTOMATED_DECISION_FULLY"),
    }
    assert not any(word in text for word in ("fool", "Una", "Rob", "Rita", "Anna", "Awful"))
    _, text = await file(olga, "/statements/export?since=2020-01-01&until=2020-02-01&format=csv")
    assert len(text.splitlines()) == 1
