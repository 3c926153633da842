"""Posting, editing and deleting, as the API's clients see it."""

import asyncio
from pathlib import Path

import pytest
from aiohttp.test_utils import TestClient, TestServer

from moderation import policies
from moderation.database import Pool
from moderation.policy import Policy
from moderation.policy_parts import Severity, WordList
from moderation.worker import Worker
from service.app import make_app
from service.settings import Settings
from tests.conftest import Api


async def test_a_posted_comment_is_pending_and_its_authors_alone(api: Api) -> None:
    ann, bob = await api.guest("Ann"), await api.guest("Bob")

    answer = await ann.post("**Good** morning")

    assert answer.status == 201
    comment = answer.body
    assert answer.headers["Location"] == f"/api/v1/sites/demo/comments/{comment['id']}"
    assert (comment["status"], comment["body"], comment["author"]["name"]) == (
        "pending",
        "**Good** morning",
        "Ann",
    )
    assert comment["html"] == "<p><strong>Good</strong> morning</p>"
    assert (await ann.call("GET", f"/comments/{comment['id']}")).body["status"] == "pending"
    assert (await bob.call("GET", f"/comments/{comment['id']}")).status == 404
    assert (await api.call("GET", "/articles/story/comments")).body["comments"] == []
    assert [c["id"] for c in (await ann.call("GET", "/me/comments?article=story")).body["items"]] == [
        comment["id"]
    ]
    assert (await ann.call("GET", "/me/comments?article=other")).body["items"] == []


async def test_the_same_key_gives_the_same_comment(api: Api, pool: Pool) -> None:
    ann = await api.guest()

    answers = await asyncio.gather(*(ann.post("Once", key="key-12345678") for _ in range(8)))

    assert {answer.status for answer in answers} == {201}
    assert len({answer.body["id"] for answer in answers}) == 1
    assert await pool.fetchval("SELECT count(*) FROM comments") == 1
    reused = await ann.post("Something else", key="key-12345678")
    assert (reused.status, reused.body["code"]) == (422, "key_reused")
    assert (await (await api.guest()).post("Once", key="key-12345678")).status == 201


@pytest.mark.parametrize(
    ("body", "code"),
    [("", "string_too_short"), (" \n\t", "empty"), ("\u200b\u200b", "invisible"), ("x" * 10_001, "too_long")],
)
async def test_a_text_that_cannot_be_a_comment_is_refused(api: Api, body: str, code: str) -> None:
    ann = await api.guest()

    answer = await ann.post(body)

    assert (answer.status, answer.body["code"]) == (422, "invalid")
    assert answer.body["errors"][0]["pointer"] == "/body"
    assert answer.body["errors"][0]["code"] == code


async def test_posting_needs_a_token(api: Api) -> None:
    answer = await api.call("POST", "/articles/story/comments", json={"body": "Hello"})

    assert (answer.status, answer.body["code"]) == (401, "unauthenticated")


async def test_replies_hang_from_published_comments_only(api: Api, worker: Worker) -> None:
    ann, bob = await api.guest(), await api.guest()
    root = (await ann.post("Root")).body
    early = await bob.post("Too early", parent_id=root["id"])
    assert (early.status, early.body["code"]) == (409, "parent_gone")
    await worker.run_once()

    reply = await bob.post("Reply", parent_id=root["id"])

    assert reply.status == 201
    assert (reply.body["parent_id"], reply.body["root_id"], reply.body["depth"]) == (
        root["id"],
        root["id"],
        1,
    )
    elsewhere = await bob.post("Elsewhere", parent_id=root["id"], article="another")
    assert (elsewhere.status, elsewhere.body["code"]) == (409, "parent_gone")


async def test_a_closed_article_takes_no_comments(api: Api, pool: Pool, site: int) -> None:
    await pool.execute("INSERT INTO articles (site_id, key, mode) VALUES ($1, 'story', 'closed')", site)
    ann = await api.guest()

    answer = await ann.post("Hello")

    assert (answer.status, answer.body["code"]) == (409, "article_closed")
    assert (await api.call("GET", "/articles/story/comments")).body["article"]["state"] == "closed"


async def test_a_suspended_reader_is_told_until_when(api: Api, pool: Pool) -> None:
    ann = await api.guest()
    await pool.execute(
        "UPDATE readers SET sanction = 'suspended', sanctioned_until = now() + interval '1 day'"
    )

    answer = await ann.post("Hello")

    assert (answer.status, answer.body["code"], answer.body["sanction"]) == (403, "sanctioned", "suspended")
    assert answer.body["until"]
    await pool.execute("UPDATE readers SET sanctioned_until = now() - interval '1 second'")
    assert (await ann.post("Hello")).status == 201
    await pool.execute("UPDATE articles SET mode = 'closed'")
    assert (await ann.post("Hello again")).body["code"] == "article_closed", "what has run out is not blamed"


async def test_an_edit_is_judged_while_the_old_text_stays_up(api: Api, worker: Worker) -> None:
    ann = await api.guest()
    posted = (await ann.post("First text")).body
    await worker.run_once()

    edited = await ann.call(
        "PATCH", f"/comments/{posted['id']}", json={"body": "You idiot"}, headers={"If-Match": '"1"'}
    )

    assert (edited.status, edited.body["revision"], edited.body["body"]) == (200, 2, "You idiot")
    assert (await api.call("GET", f"/comments/{posted['id']}")).body["html"] == "<p>First text</p>"
    await worker.run_once()
    assert (await api.call("GET", f"/comments/{posted['id']}")).status == 404
    assert (await ann.call("GET", f"/comments/{posted['id']}")).body["status"] == "held"


async def test_a_judged_edit_is_shown_as_edited(api: Api, worker: Worker) -> None:
    ann = await api.guest()
    posted = (await ann.post("First text")).body
    await worker.run_once()
    await ann.call(
        "PATCH", f"/comments/{posted['id']}", json={"body": "Second text"}, headers={"If-Match": '"1"'}
    )
    await worker.run_once()

    shown = (await api.call("GET", f"/comments/{posted['id']}")).body

    assert (shown["html"], shown["revision"]) == ("<p>Second text</p>", 2)
    assert shown["edited_at"] is not None


async def test_edits_need_the_right_revision_in_time_and_by_the_author(api: Api, pool: Pool) -> None:
    ann, bob = await api.guest(), await api.guest()
    path = f"/comments/{(await ann.post('Text')).body['id']}"

    async def edit(who: object, **headers: str) -> str:
        answer = await who.call("PATCH", path, json={"body": "New"}, headers=headers)  # type: ignore[attr-defined]
        return str(answer.body.get("code", answer.status))

    assert await edit(ann) == "precondition_required"
    assert await edit(ann, **{"If-Match": '"7"'}) == "precondition_failed"
    assert await edit(bob, **{"If-Match": '"1"'}) == "not_found"
    await pool.execute("UPDATE comments SET created_at = now() - interval '1 hour'")
    assert await edit(ann, **{"If-Match": '"1"'}) == "edit_window_over"


async def test_a_deleted_comment_with_replies_leaves_a_tombstone(
    api: Api, worker: Worker, pool: Pool
) -> None:
    ann, bob = await api.guest("Ann"), await api.guest("Bob")
    root = (await ann.post("Root")).body
    await worker.run_once()
    await bob.post("Reply", parent_id=root["id"])
    await worker.run_once()

    assert (await bob.call("DELETE", f"/comments/{root['id']}")).status == 404
    assert (await ann.call("DELETE", f"/comments/{root['id']}")).status == 204
    assert (await ann.call("DELETE", f"/comments/{root['id']}")).status == 204

    [shown] = (await api.call("GET", "/articles/story/comments?sort=oldest")).body["comments"]
    assert (shown["status"], shown["author"], shown["html"], shown["reply_count"]) == (
        "deleted",
        None,
        None,
        1,
    )
    assert shown["replies"]["items"][0]["html"] == "<p>Reply</p>"
    assert await pool.fetchval("SELECT comment_count FROM articles") == 1
    assert await pool.fetchval("SELECT body FROM comments WHERE parent_id IS NULL") == ""


async def test_repeats_and_floods_are_refused_when_limits_are_on(
    database: str, site: int, tmp_path: Path
) -> None:
    async with TestClient(TestServer(make_app(Settings(data_dir=tmp_path), database))) as client:
        api = Api(client)
        ann = await api.guest()
        first = await ann.post("Same text")
        again = await ann.post("Same text")
        assert (again.status, again.body["code"]) == (409, "duplicate")
        assert again.body["comment_id"] == first.body["id"]
        assert first.headers["RateLimit-Policy"] == '"comment";q=6;w=60'

        answers = [await ann.post(f"Text {number}") for number in range(6)]

        assert [answer.status for answer in answers] == [201] * 4 + [429] * 2
        assert answers[-1].body["code"] == "rate_limited"
        assert 1 <= int(answers[-1].headers["Retry-After"]) <= 20


async def test_a_blocked_word_is_shown_to_its_author_with_its_place(api: Api, pool: Pool, site: int) -> None:
    policy = Policy(word_lists=(WordList(name="house", severity=Severity.BLOCK, words=("nincompoop",)),))
    async with pool.acquire() as conn, conn.transaction():
        await policies.save(conn, site, policy, by="test", note="")
    ann = await api.guest()

    answer = await ann.post("What a n1ncompoop you are")

    assert (answer.status, answer.body["code"]) == (422, "invalid")
    [error] = answer.body["errors"]
    assert (error["code"], error["start"], error["end"]) == ("blocked_word", 7, 17)
