"""Fault 14: the receiver of webhooks, and the mail server, are away for a day. Delivered once by id, in order per subject."""

from collections import defaultdict
from collections.abc import AsyncIterator, Iterator
from typing import Any

import pytest

from moderation.database import Pool
from service import webhooks
from service.help import mail
from service.settings import Settings
from service.store import webhooks as store
from tests.api.newsroom import Newsroom
from tests.conftest import Api
from tests.mail_server import MailServer
from tests.receivers import Receiver, is_signed

HOURS = 24
SUBJECTS = 6


@pytest.fixture
async def receiver() -> AsyncIterator[Receiver]:
    one = Receiver()
    yield one
    await one.stop()


@pytest.fixture
def server() -> Iterator[MailServer]:
    one = MailServer()
    yield one
    one.stop()


@pytest.fixture
def settings(settings: Settings, server: MailServer, monkeypatch: pytest.MonkeyPatch) -> Settings:
    # The test sends what is due itself, at hours of its own making.
    monkeypatch.setattr(webhooks, "EVERY_S", 3600)
    monkeypatch.setattr(mail, "EVERY_S", 3600)
    smtp = f"smtp://127.0.0.1:{server.port}"
    return settings.model_copy(update={"smtp_url": smtp, "outgoing_networks": "127.0.0.0/8"})


@pytest.fixture
async def room(api: Api, pool: Pool, site: int) -> AsyncIterator[Newsroom]:
    server = api.client.server
    newsroom = Newsroom(str(server.make_url("")).rstrip("/"), pool, server.app, site)
    yield newsroom
    await newsroom.close()


async def let_pass(pool: Pool, minutes: int) -> None:
    """As if the clock had gone on: all that the outbox remembers lies further back."""
    await pool.execute(
        """UPDATE outbox SET ready_at = ready_at - make_interval(mins => $1),
               created_at = created_at - make_interval(mins => $1), gave_up_at = gave_up_at - make_interval(mins => $1)""",
        minutes,
    )


async def drain(pool: Pool, send: Any) -> None:
    """Let minutes pass until nothing waits any more; three of the longest waits must do."""
    for _ in range(44):
        while await send():
            pass
        if not await pool.fetchval("SELECT count(*) FROM outbox"):
            return
        await let_pass(pool, 5)
    raise AssertionError("something still waits")


async def test_a_receiver_that_is_away_for_a_day_hears_of_each_once_and_in_order(
    room: Newsroom, pool: Pool, site: int, receiver: Receiver
) -> None:
    secret = webhooks.new_secret()
    async with pool.acquire() as conn:
        await store.add(conn, site, receiver.url, secret)
    comments = [await room.held(f"Words {number}.") for number in range(SUBJECTS)]
    status = dict.fromkeys(comments, "held")
    told: dict[str, list[str]] = defaultdict(list)
    for comment in comments:
        told[f"{comment}"].append("comment.held")
    tries = 0
    for hour in range(HOURS):
        # The day goes on: every hour something is decided, on each comment several times.
        comment = comments[hour % SUBJECTS]
        after = "published" if status[comment] in ("held", "rejected") else "rejected"
        await room.judge(comment, after, start=status[comment])
        status[comment] = after
        told[f"{comment}"].append(f"comment.{after}")
        tries += await webhooks.send_due(room.app)
        await let_pass(pool, 60)
    assert tries > HOURS, "it was tried all day"
    assert await pool.fetchval("SELECT count(*) FROM outbox WHERE gave_up_at IS NOT NULL") == 0

    await receiver.start()
    # Back, but not well: answers are lost and calls refused, so that messages come again.
    receiver.answers, receiver.loses = [500, 429, 503, 204, 204], 4
    await drain(pool, lambda: webhooks.send_due(room.app))

    assert len(receiver.came) > len(receiver.acted), "no message came twice, so nothing was shown"
    assert len(receiver.acted) == sum(map(len, told.values()))
    heard: dict[str, list[str]] = defaultdict(list)
    for message in receiver.acted.values():
        heard[message["data"]["comment_id"]].append(message["type"])
    assert heard == told
    for name in receiver.acted:
        # But for the moment it tells of, which the faked clock moves.
        same = {(message["type"], str(message["data"])) for sent, message in receiver.came if sent == name}
        assert len(same) == 1, "another message under the same id"
    assert all(is_signed(headers, body, secret) for headers, body in receiver.calls)


async def test_a_mail_server_that_is_away_for_a_day_gets_each_mail_once_and_in_order(
    api: Api, room: Newsroom, pool: Pool, server: MailServer
) -> None:
    console = await room.console("anna")
    references = []
    for number in range(SUBJECTS):
        ticket = {
            "category": "other",
            "message": f"Trouble {number}.",
            "email": f"reader{number}@example.org",
        }
        answer = await api.call("POST", "/tickets", json=ticket)
        references.append(answer.body["reference"])
    for hour in range(HOURS):
        reference = references[hour % SUBJECTS]
        call = f"/sites/demo/tickets/{reference}/messages"
        assert (await console.call("POST", call, {"kind": "answer", "body": f"Hour {hour}."}))[0] == 201
        await mail.send_due(room.app)
        await let_pass(pool, 60)
    assert server.postbox.mails == []
    [state] = {
        (await console.call("GET", f"/sites/demo/tickets/{reference}"))[1]["mail"]["state"]
        for reference in references
    }
    assert state == "waiting"

    server.start()
    server.postbox.refuses_data = "451 Try again later"
    await mail.send_due(room.app)
    server.postbox.refuses_data = None
    await drain(pool, lambda: mail.send_due(room.app))

    ids = [sent["Message-ID"] for sent in server.postbox.mails]
    assert len(ids) == len(set(ids)) == SUBJECTS + HOURS
    for number, reference in enumerate(references):
        mails = [sent for sent in server.postbox.mails if reference in sent["Subject"]]
        words = [sent.get_content().splitlines()[0] for sent in mails]
        assert words[0].startswith("Thank you.")
        assert words[1:] == [f"Hour {hour}." for hour in range(number, HOURS, SUBJECTS)]
