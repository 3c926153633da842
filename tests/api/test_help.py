"""Tickets through the API: stored before 201, never refused for being one too many, the same however often they are sent."""

import asyncio
import re
from urllib.parse import urlsplit

import orjson
import pytest

from moderation.database import Pool
from service.help.references import make_reference, parse_reference
from service.keys import POOL
from service.settings import Settings
from tests.conftest import Api, row

TICKET = {"category": "cannot_post", "message": "It says network error."}


async def test_a_ticket_is_stored_with_what_the_browser_told(api: Api, pool: Pool) -> None:
    guest = await api.guest()
    posted = await guest.post("Some words.")
    answer = await guest.call(
        "POST",
        "/tickets",
        json={
            **TICKET,
            "email": "otto@example.org",
            "article": "story",
            "comment_id": posted.body["id"],
            "diagnostics": {
                "page": "https://news.example/story?token=secret#top",
                "error": {"code": "network", "status": 0, "password": "x"},
                "online": True,
                "clock_skew_s": 4,
                "cookie": "secret",
                "breadcrumbs": [{"at": n, "what": f"step {n}"} for n in range(30)],
                "browser": "Firefox\u0000 149" + "x" * 900,
            },
        },
    )
    assert answer.status == 201
    assert parse_reference(answer.body["reference"]) == answer.body["reference"]
    stored = await row(pool, "SELECT * FROM tickets")
    assert stored["reference"] == answer.body["reference"]
    assert (stored["category"], stored["message"], stored["email"]) == (
        "cannot_post",
        TICKET["message"],
        "otto@example.org",
    )
    assert (stored["article_key"], str(stored["comment_id"]), str(stored["reader_id"])) == (
        "story",
        posted.body["id"],
        guest.id,
    )
    assert (stored["state"], stored["overflow"]) == ("received", False)
    told = stored["diagnostics"]
    assert told["page"] == "https://news.example/story"
    assert told["error"] == {"code": "network", "status": 0}
    assert "cookie" not in told
    assert [crumb["at"] for crumb in told["breadcrumbs"]] == list(range(10, 30))
    assert told["browser"].startswith("Firefox 149")
    assert len(told["browser"]) == 300


async def test_the_link_has_its_secret_in_the_fragment_and_only_a_hash_is_stored(
    api: Api, pool: Pool
) -> None:
    answer = await api.call("POST", "/tickets", json=TICKET)
    url = urlsplit(answer.body["url"])
    assert url.path == f"/help/demo/tickets/{answer.body['reference']}"
    assert len(url.fragment) == 22
    stored = await row(pool, "SELECT tickets::text AS whole FROM tickets")
    assert url.fragment not in stored["whole"]


async def test_the_same_report_sent_again_is_one_ticket(api: Api, pool: Pool) -> None:
    headers = {"Idempotency-Key": "0123456789abcdef"}
    answers = await asyncio.gather(
        *(api.call("POST", "/tickets", json=TICKET, headers=headers) for _ in range(5))
    )
    assert {answer.status for answer in answers} == {201}
    assert len({answer.body["url"] for answer in answers}) == 1
    assert await pool.fetchval("SELECT count(*) FROM tickets") == 1
    other = await api.call("POST", "/tickets", json={**TICKET, "message": "Other."}, headers=headers)
    assert (other.status, other.body["code"]) == (422, "key_reused")
    unkeyed = [await api.call("POST", "/tickets", json=TICKET) for _ in range(2)]
    assert len({answer.body["reference"] for answer in unkeyed}) == 2


async def test_what_a_page_sends_as_it_goes_away_is_the_same_ticket(api: Api, pool: Pool) -> None:
    guest = await api.guest()
    sent = await guest.call("POST", "/tickets", json=TICKET, headers={"Idempotency-Key": "0123456789abcdef"})
    beacon = orjson.dumps({**TICKET, "key": "0123456789abcdef"})
    # As browsers do: text, no headers of the page's own, the page's origin.
    headers = {"Content-Type": "text/plain;charset=UTF-8", "Origin": "https://news.example"}
    for _ in range(2):
        again = await api.call("POST", "/tickets", data=beacon, headers=headers)
        assert (again.status, again.body) == (201, sent.body)
    assert await pool.fetchval("SELECT count(*) FROM tickets") == 1
    other = await api.call("POST", "/tickets", json={**TICKET, "key": "too\nshort"})
    assert (other.status, other.body["errors"][0]["pointer"]) == (422, "/key")
    post = await guest.call("POST", "/articles/story/comments", data=b'{"body": "x"}', headers=headers)
    assert post.status == 415


async def test_the_same_key_on_two_sites_is_two_tickets_with_links_of_their_own(
    api: Api, pool: Pool, other_site: int
) -> None:
    headers = {"Idempotency-Key": "0123456789abcdef"}
    one = await api.call("POST", "/tickets", json=TICKET, headers=headers)
    two = await api.raw("POST", "/api/v1/sites/other/tickets", json=TICKET, headers=headers)
    assert one.body["reference"] != two.body["reference"]
    assert urlsplit(one.body["url"]).fragment != urlsplit(two.body["url"]).fragment


@pytest.mark.parametrize("token", ["rubbish", "Bearer", "Bearer a.b.c", "Basic eDp5"])
async def test_a_token_that_is_no_good_does_not_keep_a_reader_from_help(
    api: Api, pool: Pool, token: str
) -> None:
    answer = await api.call("POST", "/tickets", json=TICKET, headers={"Authorization": token})
    assert answer.status == 201
    assert await pool.fetchval("SELECT reader_id FROM tickets") is None


async def test_help_may_be_asked_for_from_any_page(api: Api) -> None:
    answer = await api.call("POST", "/tickets", json=TICKET, headers={"Origin": "https://unlisted.example"})
    assert answer.status == 201
    assert answer.headers["Access-Control-Allow-Origin"] == "*"


@pytest.mark.parametrize(
    ("change", "pointer"),
    [
        ({"message": ""}, "/message"),
        ({"message": " \n "}, "/message"),
        ({"message": "\u202e"}, "/message"),
        ({"message": "x" * 4001}, "/message"),
        ({"category": "nonsense"}, "/category"),
        ({"email": "not an address"}, "/email"),
        ({"email": "a@b\n.org"}, "/email"),
        ({"article": "x" * 513}, "/article"),
        ({"unknown": 1}, "/unknown"),
    ],
)
async def test_what_the_reader_can_put_right_is_named(
    api: Api, pool: Pool, change: dict, pointer: str
) -> None:
    answer = await api.call("POST", "/tickets", json={**TICKET, **change})
    assert (answer.status, answer.body["code"]) == (422, "invalid")
    assert answer.body["errors"][0]["pointer"] == pointer
    assert await pool.fetchval("SELECT count(*) FROM tickets") == 0


@pytest.mark.parametrize(
    "change",
    [
        {"email": ""},
        {"email": None},
        {"comment_id": "not a number"},
        {"comment_id": "9" * 25},
        {"message": "x" * 4000},
        {"message": "Nul \u0000 and \ufffe and \u202e and 💥"},
        {"article": "a\u0000b"},
        {"diagnostics": {"browser": "x" * 40_000}},
        {"diagnostics": {"breadcrumbs": "no list", "error": [], "online": "yes", "clock_skew_s": 1e300}},
        {"diagnostics": {"breadcrumbs": [{"what": "💥" * 150}] * 20, "causes": ["é" * 300] * 10}},
        {"diagnostics": {}},
        {"diagnostics": None},
    ],
)
async def test_what_the_reader_cannot_put_right_keeps_no_ticket_out(
    api: Api, pool: Pool, change: dict
) -> None:
    answer = await api.call("POST", "/tickets", json={**TICKET, **change})
    assert answer.status == 201
    assert await pool.fetchval("SELECT octet_length(diagnostics::text) FROM tickets") <= 17 * 1024


class TestOverTheLimit:
    @pytest.fixture
    def settings(self, settings: Settings) -> Settings:
        return settings.model_copy(update={"rate_limits": "on"})

    async def test_tickets_are_taken_and_marked(self, api: Api, pool: Pool) -> None:
        guest = await api.guest()
        answers = [await guest.call("POST", "/tickets", json=TICKET) for _ in range(8)]
        assert {answer.status for answer in answers} == {201}
        marked = [row["overflow"] for row in await pool.fetch("SELECT overflow FROM tickets ORDER BY id")]
        assert marked[:5] == [False] * 5
        assert marked[-1]


async def test_tickets_are_taken_while_all_other_connections_are_busy(api: Api, pool: Pool) -> None:
    await api.call("POST", "/tickets", json=TICKET)
    busy = api.client.server.app[POOL]
    held = [await busy.acquire() for _ in range(busy.get_max_size())]
    try:
        answer = await api.call("POST", "/tickets", json=TICKET)
    finally:
        for connection in held:
            await busy.release(connection)
    assert answer.status == 201
    assert await pool.fetchval("SELECT count(*) FROM tickets") == 2


def test_references_are_read_however_they_are_typed() -> None:
    reference = make_reference(123456789)
    assert re.fullmatch(r"PX-[2-9A-HJKMNP-Z]{4}-[2-9A-HJKMNP-Z]{4}", reference)
    plain = reference.replace("-", "")
    for typed in (reference, reference.lower(), plain, f" {reference} ", f"{plain[:6]} {plain[6:]}"):
        assert parse_reference(typed) == reference


def test_every_slip_of_the_pen_is_noticed() -> None:
    alphabet = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
    for number in (0, 1, 31**7 - 1, 8_765_432_109):
        code = make_reference(number).replace("-", "")[2:]
        for place, char in enumerate(code):
            for other in alphabet:
                if other != char:
                    assert parse_reference(f"PX{code[:place]}{other}{code[place + 1 :]}") is None
        for place in range(7):
            swapped = code[:place] + code[place + 1] + code[place] + code[place + 2 :]
            assert (parse_reference(f"PX{swapped}") is None) == (swapped != code)
    for text in ("", "PX", "PX-0000-0000", "AB-2222-2222", "PX-2222-222", "💥"):
        assert parse_reference(text) is None
