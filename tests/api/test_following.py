"""Mail about answers: only to who asked and confirmed, gathered, and stopped with one press."""

import re
from collections.abc import Iterator
from email.message import EmailMessage

import pytest

from moderation.database import Pool
from moderation.worker import Worker
from service import digests
from service.help import mail
from service.settings import Settings
from tests.conftest import Api, Guest
from tests.mail_server import MailServer

ARTICLE = {"article_url": "https://news.example/river", "article_title": "The river"}


@pytest.fixture
def server() -> Iterator[MailServer]:
    server = MailServer()
    server.start()
    yield server
    server.stop()


@pytest.fixture
def settings(settings: Settings, server: MailServer, monkeypatch: pytest.MonkeyPatch) -> Settings:
    # Tests gather and send what is due themselves.
    monkeypatch.setattr(mail, "EVERY_S", 3600)
    monkeypatch.setattr(digests, "EVERY_S", 3600)
    return settings.model_copy(update={"smtp_url": f"smtp://127.0.0.1:{server.port}"})


async def deliver(api: Api, pool: Pool) -> None:
    """Let the time pass in which events are gathered, and send."""
    await pool.execute("UPDATE notices SET created_at = created_at - interval '3 minutes'")
    app = api.client.server.app  # type: ignore[union-attr]
    await digests.gather(app)
    while await mail.send_due(app):
        pass


def path_in(message: EmailMessage) -> str:
    """The path of the link to the mailbox."""
    return re.findall(r"http://localhost:\d+(/mail/\S+)", message.get_content())[-1]


async def ask(guest: Guest, *, article: str = "story", **body: object) -> dict[str, object]:
    answer = await guest.call(
        "PUT", f"/articles/{article}/mail", json={"email": "ann@mail.example", **ARTICLE, **body}
    )
    assert answer.status == 200, answer.body
    return answer.body


async def confirmed(api: Api, pool: Pool, server: MailServer, guest: Guest, **body: object) -> str:
    """Ask for mail and follow the link; gives the mailbox's path."""
    await ask(guest, **body)
    await deliver(api, pool)
    path = path_in(server.postbox.mails.pop())
    page = await api.raw("POST", path, data={"confirm": "1"})
    assert (page.status, "Mail about answers" in page.body) == (200, True)
    return path


async def publish(worker: Worker, guest: Guest, text: str, **more: object) -> str:
    posted = (await guest.post(text, **ARTICLE, **more)).body["id"]
    while await worker.run_once():
        pass
    return posted


async def test_answers_are_told_once_to_a_confirmed_address(
    api: Api, worker: Worker, pool: Pool, server: MailServer
) -> None:
    ann, ben = await api.guest("Ann"), await api.guest("Ben")
    root = await publish(worker, ann, "Root")
    path = await confirmed(api, pool, server, ann)

    reply = await publish(worker, ben, "An **answer**, <b>really</b>", parent_id=root)
    await publish(worker, ann, "My own answer", parent_id=root)
    await deliver(api, pool)
    await deliver(api, pool)

    [message] = server.postbox.mails
    assert message["To"] == "ann@mail.example"
    assert message["Subject"] == "Ben answered you · Demo"
    text = message.get_content()
    assert "Ben answered you on “The river”:" in text
    assert "An answer, <b>really</b>" in text
    assert f"https://news.example/river#parley-{reply}" in text
    assert message["List-Unsubscribe"].endswith(f"{path}>")
    assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"


async def test_an_address_counts_only_once_its_link_was_followed(
    api: Api, worker: Worker, pool: Pool, server: MailServer
) -> None:
    ann, ben = await api.guest("Ann"), await api.guest("Ben")
    root = await publish(worker, ann, "Root")
    assert await ask(ann) == {
        "email": "ann@mail.example",
        "confirmed": False,
        "replies": True,
        "following": False,
    }
    await ask(ann)
    await publish(worker, ben, "Answer", parent_id=root)
    await deliver(api, pool)

    [message] = server.postbox.mails
    assert message["Subject"] == "Please confirm your address · Demo"
    path = path_in(message)
    # Programs that look through mail follow links: looking changes nothing.
    page = await api.raw("GET", path)
    assert "This is my address" in page.body
    assert (await ann.call("GET", "/me/mail?article=story")).body["confirmed"] is False
    for wrong in (
        path[:-1] + ("A" if path[-1] != "A" else "B"),
        path.replace("/demo/", "/other/"),
        "/mail/demo/1.x",
    ):
        assert (await api.raw("POST", wrong, data={"confirm": "1"})).status == 404
    await api.raw("POST", path, data={"confirm": "1"})
    assert (await ann.call("GET", "/me/mail?article=story")).body["confirmed"] is True
    # Another address has to be confirmed anew.
    assert (await ask(ann, email="other@mail.example"))["confirmed"] is False
    assert (await api.raw("GET", path)).status == 404


async def test_many_events_are_one_mail_an_hour(
    api: Api, worker: Worker, pool: Pool, server: MailServer
) -> None:
    ann, ben = await api.guest("Ann"), await api.guest("Ben")
    await confirmed(api, pool, server, ann, follow=True)
    first = [await publish(worker, ben, f"Text {n}") for n in range(12)]
    await deliver(api, pool)
    await publish(worker, ben, "One more")
    await deliver(api, pool)

    [message] = server.postbox.mails
    assert message["Subject"] == "12 new comments · Demo"
    assert all(f"#parley-{id_}" in message.get_content() for id_ in first)
    await pool.execute("UPDATE mailboxes SET mailed_at = mailed_at - interval '61 minutes'")
    await deliver(api, pool)
    assert [m["Subject"] for m in server.postbox.mails[1:]] == ["Ben wrote a comment · Demo"]


async def test_one_press_in_the_mail_program_stops_everything(
    api: Api, worker: Worker, pool: Pool, server: MailServer
) -> None:
    ann, ben = await api.guest("Ann"), await api.guest("Ben")
    path = await confirmed(api, pool, server, ann, follow=True)
    await publish(worker, ben, "Text")

    stopped = await api.raw("POST", path, data={"List-Unsubscribe": "One-Click"})
    assert (stopped.status, "no more mail" in stopped.body) == (200, True)
    await deliver(api, pool)
    assert server.postbox.mails == []
    assert (await ann.call("GET", "/me/mail?article=story")).body["email"] is None
    assert (await api.raw("GET", path)).status == 404
    assert await pool.fetchval("SELECT count(*) FROM follows") == 0


async def test_a_thread_is_left_by_a_button_and_a_mute_is_heeded(
    api: Api, worker: Worker, pool: Pool, server: MailServer
) -> None:
    ann, ben, bore = [await api.guest(name) for name in ("Ann", "Ben", "Bore")]
    path = await confirmed(api, pool, server, ann, follow=True)
    await ann.call("PUT", f"/me/mutes/{bore.id}")
    await publish(worker, bore, "Tedious")
    gone = await publish(worker, ben, "Regretted")
    await ben.call("DELETE", f"/comments/{gone}")
    await deliver(api, pool)
    assert server.postbox.mails == []

    assert "The river" in (await api.raw("GET", path)).body
    left = await api.raw("POST", path, data={"leave": "story"})
    assert "The river" not in left.body
    await publish(worker, ben, "Unheard")
    assert await pool.fetchval("SELECT count(*) FROM notices") == 0


async def test_what_is_no_address_is_refused(api: Api) -> None:
    assert (await api.call("GET", "/config")).body["mail"] is True
    guest = await api.guest()
    assert (await guest.call("PUT", "/articles/story/mail", json={"email": "nonsense"})).status == 422
