"""Help without scripts: plain forms, and nothing typed is ever lost."""

import re
from html import unescape
from html.parser import HTMLParser
from typing import Any

import pytest

from moderation.database import Pool
from service.help import forms, intake, words
from service.help.causes import CAUSES
from service.keys import SIGNER
from service.store.ticket_states import State
from tests.api.newsroom import Newsroom
from tests.conftest import Answer, Api, row

FIELDS = {"category": "display", "message": "Nothing loads.\r\nAt all.", "email": ""}


@pytest.fixture(autouse=True)
def _unhurried(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(forms, "_HASTE_S", 0)


def stamp_in(answer: Answer) -> str:
    return unescape(re.search(r'name="stamp" value="([^"]+)"', answer.body)[1])


async def filled_in(api: Api, **fields: str) -> dict[str, str]:
    form = await api.raw("GET", "/help/demo")
    return {**FIELDS, "stamp": stamp_in(form), **fields}


async def send(api: Api, fields: dict[str, str]) -> Answer:
    return await api.raw("POST", "/help/demo", data=fields)


async def ticket(api: Api) -> tuple[str, str]:
    """A new ticket's path and secret."""
    answer = await send(api, await filled_in(api))
    path, secret = re.search(r'href="(/help/demo/tickets/PX-[^"#]+)#([^"]+)"', answer.body).groups()
    return path, secret


class Audit(HTMLParser):
    """Collects what accessibility and the content security policy ask of a page."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, Any]]] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def all(self, tag: str) -> list[dict[str, Any]]:
        return [attributes for name, attributes in self.tags if name == tag]


async def test_the_form_works_without_scripts_cookies_or_frames(api: Api) -> None:
    answer = await api.raw("GET", "/help/demo")
    assert answer.status == 200
    policy = answer.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe-inline" not in policy
    assert "Set-Cookie" not in answer.headers
    page = Audit(answer.body)
    assert page.all("html") == [{"lang": "en"}]
    assert page.all("script") == []
    labels = {label["for"] for label in page.all("label")}
    visible = [
        f for tag in ("input", "select", "textarea") for f in page.all(tag) if f.get("type") != "hidden"
    ]
    assert {field["id"] for field in visible} == labels
    assert not any(
        name in attributes for _, attributes in page.tags for name in ("style", "onclick", "onsubmit")
    )
    [css] = [link["href"] for link in page.all("link") if link["rel"] == "stylesheet"]
    sheet = await api.raw("GET", css)
    assert (sheet.status, sheet.headers["Content-Type"]) == (200, "text/css; charset=utf-8")
    assert "immutable" in sheet.headers["Cache-Control"]


def found_in(answer: Answer) -> list[str]:
    return [item["data-cause"] for item in Audit(answer.body).all("li") if "data-cause" in item]


@pytest.mark.parametrize(
    ("error", "cause"),
    [
        ("csp", "csp"),
        ("rate_limited", "rate_limited"),
        ("token_refused", "token_wrong"),
        ("blocked", "blocked"),
    ],
)
async def test_the_error_that_the_reader_saw_is_answered_first(api: Api, error: str, cause: str) -> None:
    answer = await api.raw("GET", "/help/demo", params={"error": error})
    assert found_in(answer) == [cause]
    assert CAUSES[cause].what in unescape(answer.body)


async def test_what_the_service_knows_is_told_without_scripts(api: Api, pool: Pool, room: Newsroom) -> None:
    assert found_in(await api.raw("GET", "/help/demo", params={"article": "a1", "error": "nonsense"})) == []
    await room.post()
    await pool.execute("UPDATE articles SET mode = 'closed'")
    assert found_in(await api.raw("GET", "/help/demo", params={"article": "a1"})) == ["closed"]
    assert found_in(await api.raw("GET", "/help/demo", params={"article": "a2"})) == []


async def test_every_cause_can_be_looked_through(api: Api) -> None:
    text = unescape((await api.raw("GET", "/help/demo")).body)
    for code, cause in CAUSES.items():
        words = cause.what.split("{")[0]
        assert (words in text) == (code != "unknown"), code
    assert "{host}" not in text
    assert "{time}" not in text


async def test_sending_it_stores_a_ticket_and_shows_the_reference_and_the_link(api: Api, pool: Pool) -> None:
    answer = await send(api, await filled_in(api, article="story", comment_id="17", error="network"))
    assert answer.status == 201
    stored = await row(pool, "SELECT * FROM tickets")
    assert stored["reference"] in answer.body
    assert f'href="/help/demo/tickets/{stored["reference"]}#' in answer.body
    assert (stored["category"], stored["message"]) == ("display", "Nothing loads.\nAt all.")
    assert (stored["article_key"], stored["comment_id"], stored["overflow"]) == ("story", 17, False)
    assert stored["diagnostics"]["error"] == {"code": "network"}
    assert stored["diagnostics"]["scripts"] is False
    assert "aiohttp" in stored["diagnostics"]["browser"]


async def test_sending_it_twice_is_one_ticket(api: Api, pool: Pool) -> None:
    fields = await filled_in(api)
    first, second = await send(api, fields), await send(api, fields)
    assert first.body == second.body
    assert await pool.fetchval("SELECT count(*) FROM tickets") == 1


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"message": " "}, "message"),
        ({"message": "x" * 4001}, "message"),
        ({"category": ""}, "category"),
        ({"email": "otto"}, "email"),
        ({"category": "made-up"}, "category"),
    ],
)
async def test_what_is_wrong_is_said_at_its_field_and_nothing_is_lost(
    api: Api, pool: Pool, change: dict[str, str], field: str
) -> None:
    fields = {**await filled_in(api, email="a@example.org", article="story"), **change}
    answer = await send(api, fields)
    assert answer.status == 422
    page = Audit(answer.body)
    [marked] = [f for tag in ("input", "select", "textarea") for f in page.all(tag) if "aria-invalid" in f]
    assert marked["id"] == field
    assert f"{field}-error" in marked["aria-describedby"]
    assert f'href="#{field}"' in answer.body
    assert fields["message"].replace("\r\n", "\n").strip() in unescape(answer.body)
    assert 'name="article" value="story"' in answer.body
    assert await pool.fetchval("SELECT count(*) FROM tickets") == 0
    corrected = await send(api, {**fields, **FIELDS, "stamp": stamp_in(answer)})
    assert corrected.status == 201


async def test_a_form_that_is_too_old_is_shown_again_with_all_that_was_typed(
    api: Api, pool: Pool, monkeypatch: pytest.MonkeyPatch
) -> None:
    fields = await filled_in(api)
    monkeypatch.setattr(forms, "_GOOD_FOR_S", 0)
    answer = await send(api, fields)
    monkeypatch.undo()
    assert answer.status == 422
    assert "Nothing loads.\nAt all." in answer.body
    assert (await send(api, {**fields, "stamp": stamp_in(answer)})).status == 201
    assert await pool.fetchval("SELECT count(*) FROM tickets") == 1


@pytest.mark.parametrize("stamp", ["", "x", "1.2.3", "💥.💥.💥", "99999999999999999999.a."])
async def test_a_stamp_that_is_not_ours_is_no_stamp(api: Api, pool: Pool, stamp: str) -> None:
    assert (await send(api, await filled_in(api, stamp=stamp))).status == 422
    assert await pool.fetchval("SELECT count(*) FROM tickets") == 0


async def test_another_sites_stamp_is_no_stamp(api: Api, other_site: int) -> None:
    other = await api.raw("GET", "/help/other")
    assert (await send(api, await filled_in(api, stamp=stamp_in(other)))).status == 422


async def test_programs_get_the_same_answer_and_are_marked(
    api: Api, pool: Pool, monkeypatch: pytest.MonkeyPatch
) -> None:
    trapped = await send(api, await filled_in(api, website="https://spam.example"))
    monkeypatch.setattr(forms, "_HASTE_S", 3600)
    hasty = await send(api, await filled_in(api))
    assert trapped.status == hasty.status == 201
    assert [line["overflow"] for line in await pool.fetch("SELECT overflow FROM tickets")] == [True, True]


async def test_what_was_typed_is_text_wherever_it_is_shown(api: Api) -> None:
    nasty = "<script>alert(1)</script>\"'>{{ 7777 * 7777 }}"
    answer = await send(api, await filled_in(api, message=nasty, email=nasty, article=nasty, error=nasty))
    assert Audit(answer.body).all("script") == []
    query = {"article": nasty, "message": nasty, "error": nasty, "comment_id": nasty, "category": nasty}
    answer = await api.raw("GET", "/help/demo", params=query)
    assert Audit(answer.body).all("script") == []
    assert str(7777 * 7777) not in answer.body
    answer = await send(api, await filled_in(api, message=nasty))
    path, secret = re.search(r'href="(/help/demo/tickets/PX-[^"#]+)#([^"]+)"', answer.body).groups()
    answer = await api.raw("POST", path, data={"secret": secret})
    assert Audit(answer.body).all("script") == []
    assert nasty in unescape(answer.body)


async def test_a_ticket_opens_to_its_secret_alone(api: Api) -> None:
    path, secret = await ticket(api)
    other_path, other_secret = await ticket(api)
    locked = await api.raw("GET", path)
    assert locked.status == 200
    assert "Nothing loads." not in locked.body
    for wrong in ("", "x", other_secret, secret[:-1], secret.swapcase(), "💥"):
        answer = await api.raw("POST", path, data={"secret": wrong})
        assert answer.status == 403
        assert "Nothing loads." not in answer.body
    for right in (secret, f" {secret} ", f"http://host{path}#{secret}"):
        answer = await api.raw("POST", path, data={"secret": right})
        assert answer.status == 200
        assert "Nothing loads." in answer.body
        assert answer.headers["Cache-Control"] == "no-store"
    assert (await api.raw("POST", path.lower().replace("/px-", "/px"), data={"secret": secret})).status == 200
    assert (await api.raw("POST", "/help/demo/tickets/nonsense", data={"secret": secret})).status == 403
    assert other_path != path


async def test_reader_and_staff_write_to_each_other(room: Newsroom, api: Api, pool: Pool) -> None:
    path, secret = await ticket(api)
    reference = path.rsplit("/", 1)[1]
    console = await room.console("anna")
    tickets = "/sites/demo/tickets"
    _, inbox = await console.call("GET", tickets)
    assert [(line["reference"], line["state"]) for line in inbox["items"]] == [(reference, "received")]
    await console.call(
        "POST", f"{tickets}/{reference}/messages", {"kind": "note", "body": "Looks like a blocker."}
    )
    status, answered = await console.call(
        "POST",
        f"{tickets}/{reference}/messages",
        {"kind": "answer", "body": "Which browser?"},
        key="answer-key-1",
    )
    assert (status, answered["state"]) == (201, "waiting_reader")

    page = await api.raw("POST", path, data={"secret": secret})
    assert "Which browser?" in page.body
    assert "Anna" in page.body
    assert "Looks like a blocker." not in page.body
    back = {"secret": secret, "stamp": stamp_in(page), "message": "Firefox."}
    for _ in range(2):
        page = await api.raw("POST", path, data=back)
        assert page.status == 200
        assert page.body.count("Firefox.") == 1
    _, seen = await console.call("GET", f"{tickets}/{reference.lower()}")
    assert seen["state"] == "in_progress"
    assert [(m["kind"], m["body"]) for m in seen["messages"]] == [
        ("note", "Looks like a blocker."),
        ("answer", "Which browser?"),
        ("reader", "Firefox."),
    ]
    assert [(s["from_state"], s["to_state"], s["actor"]) for s in seen["steps"]] == [
        ("received", "waiting_reader", "staff"),
        ("waiting_reader", "in_progress", "reader"),
    ]
    _, resolved = await console.call("PUT", f"{tickets}/{reference}/state", {"state": "resolved"})
    assert resolved["state"] == "resolved"
    assert (await console.call("GET", tickets))[1]["items"] == []
    assert len((await console.call("GET", f"{tickets}?state=resolved"))[1]["items"]) == 1
    page = await api.raw("POST", path, data={"secret": secret})
    assert "Resolved." in page.body
    await api.raw("POST", path, data={"secret": secret, "stamp": stamp_in(page), "message": "It is back."})
    assert (await console.call("GET", f"{tickets}/{reference}"))[1]["state"] == "open"


async def test_a_reader_says_that_it_works_now_and_opens_it_again_later(api: Api, pool: Pool) -> None:
    path, secret = await ticket(api)
    page = await api.raw("POST", path, data={"secret": secret})
    assert "It works now" in page.body
    page = await api.raw("POST", path, data={"secret": secret, "stamp": stamp_in(page), "solved": "1"})
    assert await pool.fetchval("SELECT state FROM tickets") == "self_solved"
    assert "Solved, as you said." in page.body
    assert "It works now" not in page.body
    again = {"secret": secret, "stamp": stamp_in(page), "message": "No, it does not."}
    await api.raw("POST", path, data=again)
    assert await pool.fetchval("SELECT state FROM tickets") == "open"


async def test_what_was_resolved_long_ago_is_not_opened_again(api: Api, pool: Pool) -> None:
    path, secret = await ticket(api)
    page = await api.raw("POST", path, data={"secret": secret})
    await pool.execute("UPDATE tickets SET state = 'resolved', resolved_at = now() - interval '15 days'")
    late = {"secret": secret, "stamp": stamp_in(page), "message": "Once more."}
    page = await api.raw("POST", path, data=late)
    assert page.status == 422
    assert "Send us a new message" in page.body
    assert 'name="message"' not in page.body
    assert await pool.fetchval("SELECT count(*) FROM ticket_messages") == 0
    assert await pool.fetchval("SELECT state FROM tickets") == "resolved"


async def test_staff_move_a_ticket_as_the_table_allows(room: Newsroom, api: Api) -> None:
    path, _ = await ticket(api)
    console = await room.console("anna")
    call = f"/sites/demo/tickets/{path.rsplit('/', 1)[1]}/state"
    assert (await console.call("PUT", call, {"state": "closed"}))[0] == 200
    status, problem = await console.call("PUT", call, {"state": "in_progress"})
    assert (status, problem["code"], problem["state"]) == (409, "illegal_move", "closed")
    assert (await console.call("PUT", call, {"state": "open"}))[1]["state"] == "open"


async def test_two_tickets_about_one_thing_are_merged(room: Newsroom, api: Api) -> None:
    (path, secret), (other, _) = await ticket(api), await ticket(api)
    one, two = path.rsplit("/", 1)[1], other.rsplit("/", 1)[1]
    console = await room.console("anna")
    status, merged = await console.call("POST", f"/sites/demo/tickets/{one}/merge", {"into": two})
    assert (status, merged["reference"], merged["state"]) == (200, two, "received")
    assert f"{one} was merged into this. It said:\n\nNothing loads." in merged["messages"][0]["body"]
    assert merged["messages"][0]["kind"] == "note"
    _, gone = await console.call("GET", f"/sites/demo/tickets/{one}")
    assert (gone["state"], gone["merged_into"]) == ("merged", two)
    page = await api.raw("POST", path, data={"secret": secret})
    assert f"The other message is {two}." in page.body
    assert 'name="message"' not in page.body
    for reference, into in ((two, one), (one, two), (two, two)):
        status, problem = await console.call("POST", f"/sites/demo/tickets/{reference}/merge", {"into": into})
        assert (status, problem["code"]) == (409, "illegal_move")
    assert (await console.call("POST", f"/sites/demo/tickets/{two}/merge", {"into": "PX-2222-2222"}))[
        0
    ] == 404


async def test_what_cannot_be_written_back_stays_in_the_form(api: Api, pool: Pool) -> None:
    path, secret = await ticket(api)
    long = await api.raw("POST", path, data={"secret": secret, "stamp": "", "message": "y" * 4001})
    assert long.status == 422
    assert "y" * 4001 in long.body
    old = await api.raw("POST", path, data={"secret": secret, "stamp": "", "message": "A word."})
    assert old.status == 422
    assert "A word.</textarea>" in old.body
    assert await pool.fetchval("SELECT count(*) FROM ticket_messages") == 0


async def test_a_site_that_is_not_there_is_said_in_words(api: Api) -> None:
    for answer in (
        await api.raw("GET", "/help/nowhere"),
        await api.raw("POST", "/help/nowhere", data=FIELDS),
    ):
        assert answer.status == 404
        assert "No such page" in answer.body
    assert (await api.raw("GET", "/help/-/nothing.css")).status == 404


def test_every_category_and_state_has_words() -> None:
    assert tuple(words.CATEGORIES) == intake.CATEGORIES
    assert set(words.STATES) == set(State)


async def test_a_stamp_tells_its_age(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    signer = api.client.server.app[SIGNER]
    made = forms.make_stamp(signer, "demo")
    monkeypatch.setattr(forms, "_HASTE_S", 1.5)
    stamp = forms.read_stamp(signer, "demo", made)
    assert stamp is not None
    assert stamp.hasty == (stamp.age_s < 1.5)
    assert forms.read_stamp(signer, "other", made) is None
    assert forms.read_stamp(signer, "demo", made[:-1] + ("A" if made[-1] != "A" else "B")) is None


async def test_a_form_of_another_encoding_is_refused(api: Api) -> None:
    answer = await api.raw(
        "POST", "/help/demo", data=b"--x\r\n", headers={"Content-Type": "multipart/form-data; boundary=x"}
    )
    assert answer.status == 415
