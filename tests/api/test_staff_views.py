"""The queue seen from one side: views, per article, in both orders; and what makes an item urgent."""

import pytest

from service.store import participation
from tests.api.newsroom import Newsroom

SITE = "/sites/demo"


async def report(room: Newsroom, comment: int, reader: int) -> None:
    async with room.pool.acquire() as conn, conn.transaction():
        await participation.report(conn, room.site_id, comment, reader, reason="abuse", detail=None)


async def because(room: Newsroom, comment: int, code: str) -> int:
    """Make `code` the only reason why a comment waits."""
    await room.pool.execute(
        "UPDATE queue SET reasons = $2 WHERE comment_id = $1 AND lane = 'review'", comment, [{"code": code}]
    )
    return comment


async def ids(room: Newsroom, query: str) -> list[int]:
    console = room.browser()
    if not await room.pool.fetchval("SELECT count(*) FROM staff"):
        await room.hire("anna")
    await console.sign_in("anna@example.org")
    seen: list[int] = []
    cursor: str | None = ""
    while cursor is not None:
        status, page = await console.call("GET", f"{SITE}/queue?limit=2&{query}&cursor={cursor}")
        assert status == 200, page
        seen += [int(item["id"]) for item in page["items"]]
        cursor = page["next"]
    return seen


async def test_a_view_has_what_waits_for_that_reason_and_pages_in_both_orders(room: Newsroom) -> None:
    first = await room.held("One.", priority=2)
    second = await because(room, await room.held("Two.", priority=9), "unscored")
    third = await because(room, await room.held("Three.", priority=1), "new_reader")
    fourth = await because(room, await room.held("Four.", priority=8), "link")
    up = await room.published("Five.")
    await report(room, up, await room.reader("Rob"))
    views = {view: await ids(room, f"view={view}&order=oldest") for view in ("all", "held", "unscored")}
    assert views == {
        "all": [first, second, third, fourth, up],
        "held": [first, second, third, fourth],
        "unscored": [second],
    }
    assert await ids(room, "view=reported") == [up]
    assert await ids(room, "view=new_readers") == [fourth, third]
    assert await ids(room, "view=new_readers&order=oldest") == [third, fourth]
    # Reported and up, it is seen by more than what is held: twice the reach, twice the weight of a report.
    assert await ids(room, "order=urgent") == [up, second, fourth, first, third]


async def test_a_view_of_one_article_has_only_its_comments(room: Newsroom) -> None:
    here = await room.held("Here.")
    there = await room.held("There.")
    await room.pool.execute(
        """WITH a AS (INSERT INTO articles (site_id, key, title) VALUES ($1, 'b2', 'Another') RETURNING id)
           UPDATE comments SET article_id = a.id FROM a WHERE comments.id = $2""",
        room.site_id,
        there,
    )
    assert await ids(room, "article=a1") == [here]
    assert await ids(room, "article=b2&view=held&order=oldest") == [there]
    assert await ids(room, "article=nowhere") == []
    console = await room.console("ben")
    _, body = await console.call("GET", f"{SITE}/queue/articles")
    assert body["articles"] == [
        {"key": "a1", "title": "An article", "url": None, "waiting": 1},
        {"key": "b2", "title": "Another", "url": None, "waiting": 1},
    ]
    _, claimed = await console.call("POST", f"{SITE}/queue/claims", {"limit": 5, "article": "b2"})
    assert [item["id"] for item in claimed["items"]] == [str(there)]


async def test_an_articles_mode_is_changed_and_that_is_in_the_record(room: Newsroom) -> None:
    await room.held()
    anna, olga = await room.console("anna"), await room.console("olga", "auditor")
    path = f"{SITE}/articles/a1"
    assert (await olga.call("GET", path))[1]["mode"] == "post"
    for _ in range(2):
        status, body = await anna.call("PUT", f"{path}/mode", {"mode": "closed"})
        assert (status, body["mode"], body["title"]) == (200, "closed", "An article")
    assert await room.pool.fetchval("SELECT mode FROM articles") == "closed"
    assert (await anna.call("PUT", f"{path}/mode", {"mode": "ajar"}))[0] == 422
    assert (await anna.call("PUT", f"{SITE}/articles/nowhere/mode", {"mode": "pre"}))[0] == 404
    _, page = await olga.call("GET", f"{SITE}/record?action=article.mode")
    [act] = page["items"]
    assert (act["detail"]["from"], act["detail"]["to"], act["detail"]["key"]) == ("post", "closed", "a1")
    assert (await olga.call("GET", f"{SITE}/record?subject={act['subject']}"))[1]["items"] == [act]


async def test_claims_follow_the_selection(room: Newsroom) -> None:
    old = await room.held("Old.", priority=1)
    await room.held("Severe.", priority=9)
    unscored = await because(room, await room.held("Unread.", priority=2), "unscored")
    console = await room.console("anna")
    _, claimed = await console.call("POST", f"{SITE}/queue/claims", {"order": "oldest"})
    assert [item["id"] for item in claimed["items"]] == [str(old)]
    _, claimed = await console.call("POST", f"{SITE}/queue/claims", {"limit": 5, "view": "unscored"})
    assert [item["id"] for item in claimed["items"]] == [str(unscored)]


async def test_age_doubles_an_items_urgency_every_six_hours(room: Newsroom) -> None:
    old, new = await room.held("Old.", priority=2), await room.held("New.", priority=3.9)
    await room.pool.execute(
        "UPDATE queue SET queued_at = queued_at - interval '6 hours' WHERE comment_id = $1", old
    )
    assert await ids(room, "order=urgent") == [old, new]
    await room.pool.execute("UPDATE queue SET priority = 4.1 WHERE comment_id = $1", new)
    assert await ids(room, "order=urgent") == [new, old]


@pytest.mark.parametrize(("upheld", "weight"), [(True, 1 + 2 * 5 / 6), (False, 1 + 2 * 1 / 6), (None, 2)])
async def test_a_report_weighs_by_how_often_its_reader_was_right(
    room: Newsroom, upheld: bool | None, weight: float
) -> None:
    reporter = await room.reader("Rob")
    for number in range(4 if upheld is not None else 0):
        comment = await room.published(f"Text {number}.")
        await report(room, comment, reporter)
        console = await room.console(f"judge{number}")
        decision = {"action": "reject", "reason": "spam"} if upheld else {"action": "publish"}
        status, _ = await console.call(
            "POST",
            f"{SITE}/comments/{comment}/decisions",
            {**decision, "revision": 1, "status": "published"},
        )
        assert status == 201
    comment = await room.published("The next.")
    await report(room, comment, reporter)
    console = await room.console("anna")
    _, page = await console.call("GET", f"{SITE}/queue")
    [item] = page["items"]
    assert item["urgency"]["reporters"] == pytest.approx(weight, rel=1e-5)
    assert item["urgency"]["reach"] > 2
    assert item["priority"] == 5
