"""What staff set apart: pinned and featured comments, badges."""

import re

from tests.api.newsroom import Newsroom
from tests.conftest import Api, row

SITE = "/sites/demo"
THREAD = "/articles/a1/comments"


async def test_pinned_comments_stand_first_and_only_once(api: Api, room: Newsroom) -> None:
    console = await room.console("anna")
    made = [str(await room.published(f"Text {n}")) for n in range(5)]

    status, answer = await console.call("PUT", f"{SITE}/comments/{made[0]}/marks", {"pinned": True})
    assert (status, answer) == (200, {"pinned": True, "featured": False})

    first = (await api.call("GET", f"{THREAD}?limit=2")).body
    assert [c["id"] for c in first["comments"]] == [made[0], made[4], made[3]]
    assert [c["pinned"] for c in first["comments"]] == [True, False, False]
    second = (await api.call("GET", f"{THREAD}?limit=2&cursor={first['next']}")).body
    assert [c["id"] for c in second["comments"]] == [made[2], made[1]]
    assert second["next"] is None
    oldest = (await api.call("GET", f"{THREAD}?sort=oldest")).body["comments"]
    assert [c["id"] for c in oldest] == made

    page = await api.raw("GET", "/threads/demo/a1")
    assert re.findall(r'id="parley-(\d+)"', page.body)[0] == made[0]
    assert "Pinned" in page.body


async def test_readers_are_told_live_and_the_record_has_it(api: Api, room: Newsroom) -> None:
    console = await room.console("lena", "lead")
    comment = await room.published("Text")
    before = await room.pool.fetchval("SELECT version FROM articles")

    for _ in range(2):
        await console.call("PUT", f"{SITE}/comments/{comment}/marks", {"pinned": True, "featured": True})
    await console.call("PUT", f"{SITE}/comments/{comment}/marks", {"pinned": False})

    events = await room.pool.fetch("SELECT seq, type FROM events WHERE seq > $1 ORDER BY seq", before)
    assert [(e["seq"] - before, e["type"]) for e in events] == [
        (1, "changed"),
        (2, "changed"),
        (3, "changed"),
    ]
    assert await room.pool.fetchval("SELECT count(*) FROM decisions") == 1
    _, record = await console.call("GET", f"{SITE}/record?subject=comment:{comment}")
    assert [act["action"] for act in record["items"]] == ["comment.unpin", "comment.feature", "comment.pin"]
    assert record["items"][0]["staff"]["name"] == "Lena"


async def test_only_three_roots_that_are_up_are_pinned(api: Api, room: Newsroom) -> None:
    console = await room.console("anna")
    roots = [await room.published(f"Text {n}") for n in range(4)]
    reply = await room.published("Reply", parent=roots[0])
    held = await room.held("Held")

    async def pin(comment: int) -> tuple[int, str | None]:
        status, answer = await console.call("PUT", f"{SITE}/comments/{comment}/marks", {"pinned": True})
        return status, answer.get("code")

    assert [await pin(root) for root in roots] == [(200, None)] * 3 + [(409, "too_many_pinned")]
    assert await pin(reply) == (409, "not_to_be_pinned")
    assert await pin(held) == (404, "not_found")
    assert await pin(999) == (404, "not_found")
    await room.judge(roots[0], "rejected", start="published")
    assert await pin(roots[3]) == (200, None)


async def test_featured_comments_can_be_read_alone_replies_too(api: Api, room: Newsroom) -> None:
    console = await room.console("anna")
    root = await room.published("Root")
    reply = await room.published("Reply", parent=root)
    other = await room.published("Other")
    for comment in (reply, other):
        await console.call("PUT", f"{SITE}/comments/{comment}/marks", {"featured": True})

    page = (await api.call("GET", f"{THREAD}?sort=featured&limit=1")).body
    assert (page["article"]["featured_count"], [c["id"] for c in page["comments"]]) == (2, [str(other)])
    rest = (await api.call("GET", f"{THREAD}?sort=featured&limit=1&cursor={page['next']}")).body
    assert [(c["id"], c["featured"], c["root_id"]) for c in rest["comments"]] == [
        (str(reply), True, str(root))
    ]
    await room.judge(other, "held", start="published")
    row_ = await row(room.pool, "SELECT featured_at FROM comments WHERE id = $1", other)
    assert row_["featured_at"] is not None


async def test_a_badge_is_worn_until_it_is_taken_away(api: Api, room: Newsroom) -> None:
    console = await room.console("lena", "lead")
    reader = await room.reader("Rita")
    comment = await room.post("Text", reader=reader)
    await room.judge(comment, "published")

    assert (await console.call("PUT", f"{SITE}/readers/{reader}/badge", {"badge": " staff "}))[0] == 204
    shown = (await api.call("GET", f"/comments/{comment}")).body
    assert shown["author"]["badges"] == ["staff"]
    assert (await console.call("PUT", f"{SITE}/readers/{reader}/badge", {"badge": None}))[0] == 204
    assert (await api.call("GET", f"/comments/{comment}")).body["author"]["badges"] == []
    for badge in ("", " ", "x" * 31):
        assert (await console.call("PUT", f"{SITE}/readers/{reader}/badge", {"badge": badge}))[0] == 422
    assert (await console.call("PUT", f"{SITE}/readers/999/badge", {"badge": "x"}))[0] == 404
    _, record = await console.call("GET", f"{SITE}/record?action=reader.badge")
    assert [act["detail"] for act in record["items"]] == [{"badge": None}, {"badge": "staff"}]
