"""Notices of illegal content: by anybody, with what the law asks for; a receipt, and the comment goes before people."""

import re
from html import unescape

import pytest

from service.help import forms
from tests.api.newsroom import Newsroom
from tests.conftest import Api, row

FIELDS = {
    "kind": "defamation",
    "why": "It says that I stole a horse, which is not so.",
    "law": "§ 186 StGB",
    "name": "Nora",
    "email": "nora@example.org",
    "good_faith": "1",
}


@pytest.fixture(autouse=True)
def _unhurried(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(forms, "_HASTE_S", 0)


async def send(api: Api, comment: object, **fields: str) -> tuple[int, str]:
    page = await api.raw("GET", f"/help/demo/illegal?comment={comment}")
    assert f'value="{comment}"' in page.body
    stamp = unescape(re.search(r'name="stamp" value="([^"]+)"', page.body)[1])
    typed = {**FIELDS, "comment": str(comment), "stamp": stamp, **fields}
    answer = await api.raw("POST", "/help/demo/illegal", data=typed)
    return answer.status, answer.body


async def test_a_notice_needs_no_account_and_puts_the_comment_before_people(api: Api, room: Newsroom) -> None:
    comment = await room.published("A horse thief!")
    console = await room.console("anna")

    status, body = await send(api, comment)

    assert status == 201
    reference = re.search(r"PX-\w{4}-\w{4}", body)[0]
    _, context = await console.call("GET", f"/sites/demo/comments/{comment}")
    [report] = context["reports"]
    assert (report["reason"], report["reader"], report["ticket"]) == ("illegal", None, reference)
    assert "§ 186 StGB" in report["detail"]
    _, queue = await console.call("GET", "/sites/demo/queue?view=reported")
    assert [item["id"] for item in queue["items"]] == [str(comment)]
    _, ticket = await console.call("GET", f"/sites/demo/tickets/{reference}")
    assert ticket["category"] == "illegal"
    assert await room.status(comment) == "published"
    # Whoever decides settles it, as any report.
    await console.call(
        "POST",
        f"/sites/demo/comments/{comment}/decisions",
        {"action": "reject", "reason": "illegal", "revision": 1, "status": "published"},
        key="decision-1",
    )
    assert (await row(room.pool, "SELECT settled_by FROM reports"))["settled_by"] is not None


@pytest.mark.parametrize("field", ["kind", "why", "name", "email", "good_faith"])
async def test_what_the_law_asks_for_must_be_there_and_nothing_is_lost(
    api: Api, room: Newsroom, field: str
) -> None:
    comment = await room.published()
    status, body = await send(api, comment, **{field: ""})

    assert status == 422
    assert f'href="#{field}"' in body
    kept = {name: value for name, value in FIELDS.items() if name not in (field, "kind", "good_faith")}
    assert all(unescape(value) in unescape(body) for value in kept.values())
    assert await room.pool.fetchval("SELECT count(*) FROM tickets") == 0


async def test_nobody_needs_a_name_about_the_abuse_of_children(api: Api, room: Newsroom) -> None:
    comment = await room.published()
    assert (await send(api, comment, kind="child_abuse", name="", email=""))[0] == 201


@pytest.mark.parametrize(
    "address", ["https://news.example/river#parley-{}", "http://localhost:8080/conversations/demo/{}", "{}"]
)
async def test_a_comment_is_named_as_it_is_shared(api: Api, room: Newsroom, address: str) -> None:
    comment = await room.published()
    page = await api.raw("GET", "/help/demo/illegal")
    stamp = unescape(re.search(r'name="stamp" value="([^"]+)"', page.body)[1])
    typed = {**FIELDS, "comment": address.format(comment), "stamp": stamp}
    assert (await api.raw("POST", "/help/demo/illegal", data=typed)).status == 201
    assert await room.pool.fetchval("SELECT comment_id FROM reports") == comment


async def test_a_comment_that_is_not_up_makes_a_ticket_alone(api: Api, room: Newsroom) -> None:
    held = await room.held()
    assert (await send(api, held))[0] == 201
    assert (await send(api, 999999))[0] == 201
    assert await room.pool.fetchval("SELECT count(*) FROM reports") == 0
    assert await room.pool.fetchval("SELECT count(*) FROM tickets") == 2
