"""How the work goes: what came in, what was decided and how soon."""

import csv
import io
from typing import Any

import pytest

from service.store import participation
from tests.api.newsroom import Console, Newsroom

SITE = "/sites/demo"


async def decide(console: Console, comment: int, status: str = "held") -> int:
    body = {"action": "publish", "revision": 1, "status": status}
    code, made = await console.call("POST", f"{SITE}/comments/{comment}/decisions", body)
    assert code == 201, made
    return int(made["decision"]["id"])


async def insight(console: Console, days: int = 1) -> dict[str, Any]:
    status, body = await console.call("GET", f"{SITE}/insight?days={days}")
    assert status == 200, body
    return body


async def test_nothing_came_in(room: Newsroom) -> None:
    body = await insight(await room.console("anna"))
    assert (body["inbound"], body["automatic"], body["decided"], body["median_s"]) == (0, None, 0, None)
    assert len(body["hours"]) == 25
    assert body["articles"] == []


async def test_what_came_in_and_what_became_of_it(room: Newsroom) -> None:
    anna = await room.console("anna")
    for _ in range(6):
        await room.published()
    await room.judge(await room.post(), "rejected")
    held = [await room.held() for _ in range(3)]
    made = [await decide(anna, comment) for comment in held[:2]]
    for decision, waited in zip(made, ("10 minutes", "30 minutes"), strict=True):
        await room.pool.execute(
            """UPDATE decisions SET created_at = d.created_at - $2::text::interval FROM decisions d
               WHERE decisions.comment_id = d.comment_id AND decisions.to_status = 'held' AND d.id = $1""",
            decision,
            waited,
        )
    body = await insight(anna)
    assert (body["inbound"], body["decided"], body["counts"]["waiting"]) == (10, 2, 1)
    assert body["automatic"] == pytest.approx(0.7)
    assert body["median_s"] == pytest.approx(1200, abs=5)
    assert body["p95_s"] == pytest.approx(1740, abs=5)
    for column, total in (("inbound", 10), ("held", 3), ("rejected", 1), ("decided", 2)):
        assert sum(hour[column] for hour in body["hours"]) == total
    [article] = body["articles"]
    assert (article["key"], article["inbound"], article["held"], article["decided"]) == ("a1", 10, 3, 2)


async def test_what_was_reported_waited_since_its_first_report_and_what_was_undone_counts_once(
    room: Newsroom,
) -> None:
    anna = await room.console("anna")
    comment = await room.published()
    async with room.pool.acquire() as conn, conn.transaction():
        reader = await room.reader("Rob")
        await participation.report(conn, room.site_id, comment, reader, reason="spam", detail=None)
    await room.pool.execute("UPDATE reports SET created_at = now() - interval '2 hours'")
    decision = await decide(anna, comment, "published")
    body = await insight(anna)
    assert body["median_s"] == pytest.approx(7200, abs=30)
    await anna.call("POST", f"{SITE}/decisions/{decision}/undo")
    assert (await insight(anna))["decided"] == 1


async def test_what_is_older_or_of_another_site_is_not_counted(room: Newsroom) -> None:
    anna = await room.console("anna")
    await room.held()
    await room.pool.execute("UPDATE comments SET created_at = now() - interval '3 days'")
    await room.pool.execute("UPDATE decisions SET created_at = now() - interval '3 days'")
    assert (await insight(anna))["inbound"] == 0
    week = await insight(anna, 7)
    assert (week["inbound"], len(week["hours"])) == (1, 169)
    other = await room.pool.fetchval("INSERT INTO sites (key, name) VALUES ('other', 'Other') RETURNING id")
    await room.hire("eve", "admin", site_id=other)
    eve = room.browser()
    await eve.sign_in("eve@example.org")
    assert (await eve.call("GET", "/sites/other/insight?days=7"))[1]["inbound"] == 0


async def test_the_hours_are_taken_away_as_csv(room: Newsroom) -> None:
    console = await room.console("anna")
    await room.held()
    path = f"{console.base}/api/v1/staff{SITE}/insight/export?days=1"
    async with console.session.get(path) as response:
        rows = list(csv.DictReader(io.StringIO(await response.text())))
    assert len(rows) == 25
    assert (rows[-1]["inbound"], rows[-1]["held"], rows[-1]["median_s"]) == ("1", "1", "")


async def test_only_so_many_days_can_be_asked_for(room: Newsroom) -> None:
    console = await room.console("anna")
    for days in ("0", "32", "x"):
        assert (await console.call("GET", f"{SITE}/insight?days={days}"))[0] == 422
