"""The inbox: searched by everything at once, and behind each ticket the comment, its decision, and the log's lines."""

from typing import Any

import pytest

from moderation.database import Pool
from service import failures as service_failures
from service.failures import Failures
from service.housekeeping import sweep
from service.keys import FAILURES
from service.store import failures
from service.store.failures import Failure
from tests.api.newsroom import Console, Newsroom
from tests.conftest import Api


async def tell(api: Api, message: str, **more: Any) -> str:
    body = {"category": "cannot_post", "message": message, **more}
    answer = await api.call("POST", "/tickets", json=body)
    assert answer.status == 201, answer.body
    return answer.body["reference"]


async def found(console: Console, query: str) -> list[str]:
    status, answer = await console.call("GET", f"/sites/demo/tickets?{query}")
    assert status == 200, answer
    return [item["reference"] for item in answer["items"]]


async def test_what_is_asked_for_must_all_hold(api: Api, room: Newsroom) -> None:
    console = await room.console("anna")
    german = {"causes": ["csp"], "language": "de-AT"}
    tram = await tell(api, "The tram picture hides my comment", article="trams", diagnostics=german)
    river = await tell(
        api, "The river and the tram", article="rivers", diagnostics={"causes": ["held"], "language": "DE"}
    )
    plain = await tell(api, "Nothing at all")
    assert await found(console, "") == [plain, river, tram]
    assert await found(console, "cause=csp") == [tram]
    assert await found(console, "cause=none") == [plain]
    assert await found(console, "article=rivers") == [river]
    assert await found(console, "language=de") == [river, tram]
    assert await found(console, "language=en") == []
    assert await found(console, "words=tram") == [river, tram]
    assert await found(console, "words=tram+-river") == [tram]
    assert await found(console, 'words="tram picture"') == [tram]
    assert await found(console, "words=tram&cause=held&language=de&article=rivers") == [river]
    assert await found(console, "words=tram&cause=held&article=trams") == []


async def test_a_reference_finds_its_ticket_whatever_its_state(api: Api, room: Newsroom) -> None:
    console = await room.console("anna")
    reference = await tell(api, "Spam, as it seems")
    await console.call("PUT", f"/sites/demo/tickets/{reference}/state", {"state": "spam"})
    assert await found(console, "") == []
    assert await found(console, f"words={reference.lower().replace('-', '')}") == [reference]
    assert await found(console, "words=spam") == []
    assert await found(console, "words=spam&state=all") == [reference]


@pytest.mark.parametrize("query", ["cause=", "language=german", "words=", "state=lost"])
async def test_what_cannot_be_asked_is_refused(room: Newsroom, query: str) -> None:
    console = await room.console("anna")
    status, answer = await console.call("GET", f"/sites/demo/tickets?{query}")
    assert (status, answer["code"]) == (422, "invalid")


async def test_pages_of_what_was_asked_for_have_no_gaps(api: Api, room: Newsroom) -> None:
    console = await room.console("anna")
    told = [await tell(api, f"tram {number}") for number in range(5)]
    await tell(api, "Something else")
    seen, cursor = [], ""
    while True:
        status, page = await console.call("GET", f"/sites/demo/tickets?words=tram&limit=2{cursor}")
        assert status == 200, page
        seen += [item["reference"] for item in page["items"]]
        if page["next"] is None:
            break
        cursor = f"&cursor={page['next']}"
    assert seen == told[::-1]


async def test_the_comment_and_its_last_decision_are_there(api: Api, room: Newsroom) -> None:
    console = await room.console("anna")
    comment = await room.held("x" * 900)
    reference = await tell(api, "Where is it?", comment_id=str(comment))
    _, ticket = await console.call("GET", f"/sites/demo/tickets/{reference}")
    about = ticket["comment"]
    assert (about["id"], about["status"], len(about["body"])) == (str(comment), "held", 500)
    assert about["decision"]["to_status"] == "held"
    assert about["decision"]["reasons"][0]["text"]
    decision = {"action": "reject", "revision": 1, "status": "held", "reason": "spam", "note": "Not here."}
    await console.call("POST", f"/sites/demo/comments/{comment}/decisions", decision)
    _, ticket = await console.call("GET", f"/sites/demo/tickets/{reference}")
    assert ticket["comment"]["decision"]["staff"]["name"] == "Anna"
    assert ticket["comment"]["decision"]["note"] == "Not here."


async def test_another_sites_comment_is_not_there(
    api: Api, room: Newsroom, pool: Pool, other_site: int
) -> None:
    console = await room.console("anna")
    comment = await room.held()
    reference = await tell(api, "Where is it?", comment_id=str(comment + 1000))
    _, ticket = await console.call("GET", f"/sites/demo/tickets/{reference}")
    assert ticket["comment"] is None
    api.site = "other"
    theirs = await tell(api, "Where is it?", comment_id=str(comment))
    await room.hire("eve", "moderator", site_id=other_site)
    eve = room.browser()
    await eve.sign_in("eve@example.org")
    _, ticket = await eve.call("GET", f"/sites/other/tickets/{theirs}")
    assert (ticket["comment_id"], ticket["comment"]) == (str(comment), None)


class TestFailedRequests:
    async def keep(self, api: Api, pool: Pool) -> None:
        await api.client.server.app[FAILURES].flush(pool)

    async def lines_of(self, api: Api, room: Newsroom, request_id: str) -> list[dict[str, Any]]:
        console = await room.console("anna")
        error = {"code": "unauthenticated", "status": 401, "request_id": request_id}
        reference = await tell(api, "It failed.", diagnostics={"error": error})
        _, ticket = await console.call("GET", f"/sites/demo/tickets/{reference}")
        return ticket["requests"]

    async def test_the_line_is_found_and_holds_nothing_of_the_reader(
        self, api: Api, room: Newsroom, pool: Pool
    ) -> None:
        secret = {"Authorization": "Bearer a.secret.token"}
        refused = await api.call(
            "POST", "/articles/a-story/comments", json={"body": "My words"}, headers=secret
        )
        await self.keep(api, pool)
        [line] = await self.lines_of(api, room, refused.headers["X-Request-Id"])
        assert line["route"] == "POST /api/v1/sites/{site}/articles/{article}/comments"
        assert (line["status"], line["code"], line["error"]) == (401, "token_refused", None)
        kept = await pool.fetchval("SELECT string_agg(f::text, ' ') FROM failed_requests f")
        for private in ("secret", "My words", "a-story", "127.0.0.1"):
            assert private not in kept

    async def test_what_went_wrong_on_our_side_is_named_by_its_kind(
        self, api: Api, room: Newsroom, pool: Pool
    ) -> None:
        await pool.execute("ALTER TABLE comments RENAME TO mislaid")
        failed = await api.call("GET", "/comments/1")
        await pool.execute("ALTER TABLE mislaid RENAME TO comments")
        assert failed.status == 500
        await self.keep(api, pool)
        [line] = await self.lines_of(api, room, failed.headers["X-Request-Id"])
        assert (line["code"], line["error"]) == ("internal", "UndefinedTableError")

    async def test_what_succeeds_and_what_staff_do_is_not_kept(
        self, api: Api, room: Newsroom, pool: Pool
    ) -> None:
        await api.guest()
        console = await room.console("anna")
        await console.call("GET", "/sites/demo/tickets/PX-2222-2222")
        await self.keep(api, pool)
        assert await pool.fetchval("SELECT count(*) FROM failed_requests") == 0

    async def test_another_sites_line_is_not_shown(
        self, api: Api, room: Newsroom, pool: Pool, other_site: int
    ) -> None:
        api.site = "other"
        refused = await api.call("GET", "/comments/999")
        api.site = "demo"
        await self.keep(api, pool)
        assert await pool.fetchval("SELECT site_id FROM failed_requests") == other_site
        assert await self.lines_of(api, room, refused.headers["X-Request-Id"]) == []

    async def test_a_flood_keeps_the_newest_and_a_lost_database_keeps_them_waiting(
        self, api: Api, pool: Pool, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        lines: Failures = api.client.server.app[FAILURES]
        monkeypatch.setattr(service_failures, "_MOST", 20)

        async def down(*_: object) -> None:
            raise ConnectionResetError

        with monkeypatch.context() as patch:
            patch.setattr(failures, "add", down)
            await lines.flush(pool)
            for _ in range(30):
                last = await api.call("GET", "/me/comments")
            with pytest.raises(ConnectionResetError):
                await lines.flush(pool)
        await lines.flush(pool)
        await lines.flush(pool)
        kept = [row["request_id"] for row in await pool.fetch("SELECT request_id FROM failed_requests")]
        assert (len(kept), len(set(kept))) == (20, 20)
        assert last.headers["X-Request-Id"] in kept

    @pytest.mark.usefixtures("site")
    async def test_lines_are_forgotten_by_age_and_by_number(
        self, pool: Pool, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(failures, "MOST", 3)
        async with pool.acquire() as conn:
            at = await conn.fetchval("SELECT now()")
            line = Failure("demo", "request-1", "GET /x", 404, "not_found", None, 1.0, at)
            await failures.add(conn, [line] * 6)
            await conn.execute(
                "UPDATE failed_requests SET at = now() - interval '8 days' WHERE id = (SELECT max(id) FROM failed_requests)"
            )
            async with conn.transaction():
                await sweep(conn)
            assert await conn.fetchval("SELECT count(*) FROM failed_requests") == 3
