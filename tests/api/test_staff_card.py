"""What a card tells beside the comment: words behind the score, reporters and their records, notes about the author."""

from typing import Any

from service.store import participation
from tests.api.newsroom import Console, Newsroom

SITE = "/sites/demo"


async def report(room: Newsroom, comment: int, reader: int, reason: str = "spam") -> None:
    async with room.pool.acquire() as conn, conn.transaction():
        await participation.report(conn, room.site_id, comment, reader, reason=reason, detail=None)


async def settle(console: Console, comment: int, action: str) -> None:
    body: dict[str, Any] = {"action": action, "revision": 1, "status": "published"}
    if action == "reject":
        body["reason"] = "spam"
    status, problem = await console.call("POST", f"{SITE}/comments/{comment}/decisions", body)
    assert status == 201, problem


async def test_the_words_that_raised_a_score_are_given_wherever_the_comment_stands(room: Newsroom) -> None:
    comment = await room.post("You fool.")
    await room.judge(comment, "published")
    words = [{"label": "toxicity", "start": 4, "end": 8, "weight": 2.5}]
    await room.pool.execute(
        """INSERT INTO scores (site_id, comment_id, revision, model, labels, words)
           VALUES ($1, $2, 1, 'm@1', '{"toxicity": 0.7}', $3)""",
        room.site_id,
        comment,
        words,
    )
    console = await room.console("anna")
    _, context = await console.call("GET", f"{SITE}/comments/{comment}")
    assert (context["words"], context["item"]) == (words, None)
    await report(room, comment, await room.reader("Rob"))
    _, context = await console.call("GET", f"{SITE}/comments/{comment}")
    assert context["item"]["words"] == words


async def test_reports_come_with_each_reporters_record_and_are_counted_by_reason(room: Newsroom) -> None:
    console = await room.console("anna")
    right, wrong, fresh = [await room.reader(name) for name in ("Right", "Wrong", "Fresh")]
    for reader, action in ((right, "reject"), (right, "reject"), (right, "publish"), (wrong, "publish")):
        earlier = await room.published("Earlier.")
        await report(room, earlier, reader)
        await settle(console, earlier, action)
    comment = await room.published("The comment.")
    await report(room, comment, wrong, "abuse")
    await settle(console, comment, "publish")
    await report(room, comment, right, "abuse")
    await report(room, comment, fresh, "spam")
    _, context = await console.call("GET", f"{SITE}/comments/{comment}")
    told = {one["reader"]["name"]: (one["record"], one["settled"]) for one in context["reports"]}
    assert told == {
        "Right": ({"settled": 3, "upheld": 2}, False),
        "Wrong": ({"settled": 2, "upheld": 0}, True),
        "Fresh": ({"settled": 0, "upheld": 0}, False),
    }
    assert context["reported"] == [
        {"reason": "abuse", "open": 1, "settled": 1},
        {"reason": "spam", "open": 1, "settled": 0},
    ]


async def test_many_reports_are_counted_and_the_open_ones_shown_first(room: Newsroom) -> None:
    comment = await room.published()
    await room.pool.execute(
        """WITH crowd AS (INSERT INTO readers (site_id, name, name_skeleton)
                          SELECT $1, 'r' || n, 'r' || n FROM generate_series(1, 70) n RETURNING id)
           INSERT INTO reports (site_id, comment_id, reader_id, reason, settled_by)
           SELECT $1, $2, id, 'spam', CASE WHEN row_number() OVER (ORDER BY id) > 30 THEN 1 END FROM crowd""",
        room.site_id,
        comment,
    )
    console = await room.console("anna")
    _, context = await console.call("GET", f"{SITE}/comments/{comment}")
    assert len(context["reports"]) == 50
    assert sum(not one["settled"] for one in context["reports"]) == 30
    assert context["reported"] == [{"reason": "spam", "open": 30, "settled": 40}]


async def test_notes_about_a_reader_are_for_staff_and_written_once(room: Newsroom) -> None:
    author = await room.reader("Otto")
    comment = await room.post(reader=author)
    anna, olga = await room.console("anna"), await room.console("olga", "auditor")
    path = f"{SITE}/readers/{author}/notes"
    status, first = await anna.call("POST", path, {"body": " Warned by mail. "}, key="key-12345")
    assert (status, first["body"], first["staff"]["name"]) == (201, "Warned by mail.", "Anna")
    assert (await anna.call("POST", path, {"body": "Warned by mail."}, key="key-12345"))[1] == first
    await anna.call("POST", path, {"body": "Again."})
    _, context = await olga.call("GET", f"{SITE}/comments/{comment}")
    assert [note["body"] for note in context["author"]["notes"]] == ["Again.", "Warned by mail."]
    assert (await anna.call("POST", f"{SITE}/readers/999/notes", {"body": "x"}))[0] == 404
    assert (await anna.call("POST", path, {"body": " "}))[0] == 422
