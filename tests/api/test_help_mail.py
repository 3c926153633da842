"""Mail about tickets, through a real SMTP server: once each, in order, again after failures, and staff see what fails."""

import re
from collections.abc import Iterator
from typing import Any

import pytest

from moderation.database import Pool
from service.help import mail
from service.settings import Settings
from tests.api.newsroom import Console, Newsroom
from tests.conftest import Api
from tests.mail_server import MailServer

TICKET = {"category": "cannot_post", "message": "It says network error.", "email": "otto@example.org"}


@pytest.fixture
def server() -> Iterator[MailServer]:
    server = MailServer()
    server.start()
    yield server
    server.stop()


@pytest.fixture
def settings(settings: Settings, server: MailServer, monkeypatch: pytest.MonkeyPatch) -> Settings:
    # Tests send what is due themselves.
    monkeypatch.setattr(mail, "EVERY_S", 3600)
    url = f"smtp://127.0.0.1:{server.port}"
    return settings.model_copy(update={"smtp_url": url, "mail_from": "help@news.example"})


async def send_due(api: Api) -> int:
    return await mail.send_due(api.client.server.app)


async def wait_over(pool: Pool) -> None:
    """Let the time pass that the outbox waits before another try."""
    await pool.execute("UPDATE outbox SET ready_at = now()")


async def reference_of(api: Api, **change: Any) -> str:
    answer = await api.call("POST", "/tickets", json={**TICKET, **change})
    assert answer.status == 201
    return answer.body["reference"]


async def mail_of(console: Console, reference: str) -> Any:
    return (await console.call("GET", f"/sites/demo/tickets/{reference}"))[1]["mail"]


async def reply(console: Console, reference: str, body: str) -> None:
    call = f"/sites/demo/tickets/{reference}/messages"
    assert (await console.call("POST", call, {"kind": "answer", "body": body}))[0] == 201


async def test_a_reader_who_gave_an_address_is_told_and_the_link_opens(api: Api, server: MailServer) -> None:
    answer = await api.call("POST", "/tickets", json=TICKET)
    assert await send_due(api) == 1
    assert await send_due(api) == 0
    [sent] = server.postbox.mails
    assert server.postbox.recipients == ["otto@example.org"]
    assert (sent["To"], sent["From"]) == ("otto@example.org", "help@news.example")
    assert answer.body["reference"] in sent["Subject"]
    assert sent["Auto-Submitted"] == "auto-generated"
    link = re.search(r"https?://\S+", sent.get_content())
    assert link is not None
    assert link[0] == answer.body["url"]
    path, _, secret = link[0].partition("#")
    page = await api.raw("POST", "/" + path.split("/", 3)[3], data={"secret": secret})
    assert TICKET["message"] in page.body


async def test_answers_and_the_end_are_told_in_order(api: Api, room: Newsroom, server: MailServer) -> None:
    reference = await reference_of(api)
    console = await room.console("anna")
    await reply(console, reference, "Which browser? Überall?")
    await console.call("POST", f"/sites/demo/tickets/{reference}/messages", {"kind": "note", "body": "Hm."})
    await console.call("PUT", f"/sites/demo/tickets/{reference}/state", {"state": "resolved"})
    while await send_due(api):
        pass
    words = [sent["Subject"] for sent in server.postbox.mails]
    assert [re.sub(r"^\[\S+\] | · Demo$", "", line) for line in words] == [
        "We have your message",
        "Our answer",
        "Your message is resolved",
    ]
    assert "Which browser? Überall?" in server.postbox.mails[1].get_content()
    assert "Hm." not in "".join(sent.get_content() for sent in server.postbox.mails)


async def test_without_an_address_or_a_server_nothing_is_owed(api: Api, pool: Pool, room: Newsroom) -> None:
    reference = await reference_of(api, email="")
    console = await room.console("anna")
    await reply(console, reference, "Hello.")
    assert await pool.fetchval("SELECT count(*) FROM outbox") == 0
    assert await mail_of(console, reference) is None


async def test_a_server_that_is_away_is_tried_again_until_it_takes_it_once(
    api: Api, pool: Pool, room: Newsroom, server: MailServer
) -> None:
    server.stop()
    reference = await reference_of(api)
    console = await room.console("anna")
    await reply(console, reference, "An answer.")
    waits = []
    for _ in range(12):
        assert await send_due(api) == 1
        assert await send_due(api) == 0
        waits.append(
            await pool.fetchval(
                "SELECT extract(epoch FROM ready_at - now())::float8 FROM outbox ORDER BY id LIMIT 1"
            )
        )
        await wait_over(pool)
    assert [round(wait) for wait in waits] == [30, 60, 120, 240, 480, 960, 1920, *[3600] * 5]
    told = await mail_of(console, reference)
    assert told["state"] == "waiting"
    assert "Connect" in told["error"]
    server.start()
    while await send_due(api):
        pass
    assert [sent["Subject"].partition("] ")[2].partition(" ·")[0] for sent in server.postbox.mails] == [
        "We have your message",
        "Our answer",
    ]
    assert await mail_of(console, reference) is None


async def test_a_server_that_is_busy_is_tried_again(api: Api, pool: Pool, server: MailServer) -> None:
    await reference_of(api)
    server.postbox.refuses_data = "451 Try again later"
    assert await send_due(api) == 1
    assert await send_due(api) == 0
    server.postbox.refuses_data = None
    await wait_over(pool)
    assert await send_due(api) == 1
    assert len(server.postbox.mails) == 1


async def test_an_address_that_is_refused_is_shown_to_staff_and_not_tried_again(
    api: Api, pool: Pool, room: Newsroom, server: MailServer
) -> None:
    reference = await reference_of(api)
    console = await room.console("anna")
    server.postbox.refuses = "550 No such user"
    await send_due(api)
    await wait_over(pool)
    assert await send_due(api) == 0
    assert await mail_of(console, reference) == {"state": "failed", "error": "SMTPRecipientsRefused 550"}
    _, inbox = await console.call("GET", "/sites/demo/tickets")
    assert inbox["items"][0]["mail"]["state"] == "failed"
    # What comes later is a try of its own.
    server.postbox.refuses = None
    await reply(console, reference, "An answer.")
    assert await send_due(api) == 1
    assert len(server.postbox.mails) == 1


@pytest.mark.parametrize("address", ["a,b@example.org", '"<x>@example.org', "otto@exa<mple.org"])
async def test_what_only_looks_like_an_address_goes_to_nobody(
    api: Api, pool: Pool, server: MailServer, address: str
) -> None:
    await reference_of(api, email=address)
    await send_due(api)
    await wait_over(pool)
    assert await send_due(api) == 0
    assert server.postbox.recipients in ([], [address])
    assert all(len(sent["To"].addresses) == 1 for sent in server.postbox.mails)


async def test_a_mail_server_that_is_away_for_days_is_given_up(
    api: Api, pool: Pool, room: Newsroom, server: MailServer
) -> None:
    server.stop()
    reference = await reference_of(api)
    await pool.execute("UPDATE outbox SET created_at = now() - interval '73 hours'")
    await send_due(api)
    await wait_over(pool)
    assert await send_due(api) == 0
    assert (await mail_of(await room.console("anna"), reference))["state"] == "failed"
