"""Webhooks: signed, once by id, in order per subject, tried again, given up in time, and never to where only we can reach."""

import asyncio
import contextlib
from collections.abc import AsyncIterator

import pytest

from moderation.database import Pool
from service import webhooks
from service.settings import Settings
from service.store import webhooks as store
from tests.api.newsroom import Newsroom
from tests.conftest import Api
from tests.processes import until
from tests.receivers import Receiver, is_signed

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"


@pytest.fixture
async def receiver() -> AsyncIterator[Receiver]:
    one = Receiver()
    await one.start()
    yield one
    await one.stop()


@pytest.fixture
def settings(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Settings:
    # Tests send what is due themselves.
    monkeypatch.setattr(webhooks, "EVERY_S", 3600)
    return settings.model_copy(update={"outgoing_networks": "127.0.0.0/8"})


async def hook(pool: Pool, site: int, receiver: Receiver, secret: str = SECRET) -> int:
    async with pool.acquire() as conn:
        return await store.add(conn, site, receiver.url, secret)


async def send_due(room: Newsroom) -> int:
    return await webhooks.send_due(room.app)


async def wait_over(pool: Pool) -> None:
    await pool.execute("UPDATE outbox SET ready_at = now()")


@contextlib.asynccontextmanager
async def running(room: Newsroom) -> AsyncIterator[None]:
    """The service's own task."""
    task = asyncio.create_task(webhooks.run(room.app))
    try:
        yield
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def came(receiver: Receiver, count: int) -> bool:
    return len(receiver.came) >= count


def test_the_signature_is_the_specifications() -> None:
    body = b'{"test": 2432232314}'
    signature = webhooks.sign(SECRET, "msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330, body)
    assert signature == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="
    assert webhooks.new_secret() != webhooks.new_secret()


async def test_a_decision_is_told_signed_and_once(
    room: Newsroom, pool: Pool, site: int, receiver: Receiver
) -> None:
    await hook(pool, site, receiver)
    comment = await room.held("Some private words.")
    assert await send_due(room) == 1
    assert await send_due(room) == 0
    [(headers, body)] = receiver.calls
    assert is_signed(headers, body, SECRET)
    assert not is_signed(headers, body + b" ", SECRET)
    [(name, message)] = receiver.came
    assert name.startswith("msg_")
    assert message["type"] == "comment.held"
    assert message["timestamp"]
    assert message["data"] | {"decided_at": ""} == {
        "site": "demo",
        "comment_id": str(comment),
        "article": "a1",
        "revision": 1,
        "from": "pending",
        "to": "held",
        "actor": "machine",
        "decided_at": "",
    }
    assert b"private" not in body


async def test_messages_about_one_subject_wait_for_the_one_before(
    room: Newsroom, pool: Pool, site: int, receiver: Receiver
) -> None:
    await hook(pool, site, receiver)
    comment, other = await room.held(), await room.held()
    await room.judge(comment, "published", start="held")
    receiver.answers = [500]
    assert await send_due(room) == 2
    assert [message["data"]["comment_id"] for _, message in receiver.came] == [str(other)]
    await wait_over(pool)
    # The first again, and now the second too.
    assert await send_due(room) == 2
    assert [m["type"] for _, m in receiver.came if m["data"]["comment_id"] == str(comment)] == [
        "comment.held",
        "comment.published",
    ]


async def test_both_secrets_sign_while_one_follows_the_other(
    room: Newsroom, pool: Pool, site: int, receiver: Receiver
) -> None:
    id_ = await hook(pool, site, receiver)
    new = webhooks.new_secret()
    async with pool.acquire() as conn:
        assert await store.rotate(conn, site, id_, new, hours=24)
    await room.held()
    await send_due(room)
    await pool.execute("UPDATE webhooks SET former_until = now()")
    await room.held()
    await send_due(room)
    first, second = receiver.calls
    assert is_signed(*first, new)
    assert is_signed(*first, SECRET)
    assert is_signed(*second, new)
    assert not is_signed(*second, SECRET)


async def test_it_waits_longer_each_time_and_as_long_as_it_is_asked(
    room: Newsroom, pool: Pool, site: int, receiver: Receiver
) -> None:
    await hook(pool, site, receiver)
    await room.held()
    await receiver.stop()
    waits = []
    for _ in range(10):
        assert await send_due(room) == 1
        waits.append(await pool.fetchval("SELECT extract(epoch FROM ready_at - now())::float8 FROM outbox"))
        await wait_over(pool)
    for wait, full in zip(waits, [15, 30, 60, 120, 240, 480, 960, 1920, 3600, 3600], strict=True):
        assert 0.79 * full < wait < 1.21 * full
    # As chance has it, not all at once.
    assert len({round(wait / 15 / 2 ** min(n, 7.9), 3) for n, wait in enumerate(waits)}) > 5
    await receiver.start()
    await pool.execute("UPDATE outbox SET attempts = 0")
    receiver.answers = [503]
    await send_due(room)
    asked = await pool.fetchval("SELECT extract(epoch FROM ready_at - now())::float8 FROM outbox")
    assert 479 < asked < 721


@pytest.mark.parametrize("status", [301, 404, 500])
async def test_what_is_not_taken_is_told_and_given_up_after_three_days(
    room: Newsroom, pool: Pool, site: int, receiver: Receiver, status: int
) -> None:
    await hook(pool, site, receiver)
    await room.held()
    receiver.answers = [status, status]
    await send_due(room)
    async with pool.acquire() as conn:
        [state] = await store.states(conn, site)
    assert (state["waiting"], state["gave_up"], state["error"]) == (1, 0, f"it answered {status}")
    await pool.execute("UPDATE outbox SET ready_at = now(), created_at = now() - interval '73 hours'")
    await send_due(room)
    async with pool.acquire() as conn:
        [state] = await store.states(conn, site)
    assert (state["waiting"], state["gave_up"]) == (0, 1)
    await wait_over(pool)
    assert await send_due(room) == 0
    assert len(receiver.calls) == 2, "a redirect is not followed"


async def test_a_receiver_that_is_gone_is_left_alone(
    room: Newsroom, pool: Pool, site: int, receiver: Receiver
) -> None:
    id_ = await hook(pool, site, receiver)
    await room.held()
    receiver.answers = [410]
    await send_due(room)
    await room.held()
    await wait_over(pool)
    assert await send_due(room) == 0
    async with pool.acquire() as conn:
        [state] = await store.states(conn, site)
        assert state["disabled_why"] == "it answered 410: it is gone"
        assert await store.enable(conn, site, id_)
    await room.held()
    assert await send_due(room) == 1


async def test_sites_hear_of_their_own_only(
    room: Newsroom, pool: Pool, site: int, receiver: Receiver, other_site: int
) -> None:
    await hook(pool, other_site, receiver)
    await room.held()
    assert await send_due(room) == 0
    assert receiver.calls == []


async def test_one_that_hangs_holds_up_nobody_else(
    room: Newsroom, pool: Pool, site: int, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(webhooks, "EVERY_S", 0.02)
    hanging = Receiver()
    hanging.hangs = asyncio.Event()
    await hanging.start()
    await hook(pool, site, hanging)
    await hook(pool, site, receiver)
    async with running(room):
        for count in range(1, 4):
            await room.held()
            await until(lambda count=count: came(receiver, count), what=f"{count} came")
        assert (len(hanging.calls), len(hanging.came)) == (1, 0)
        hanging.hangs.set()
        await until(lambda: came(hanging, 3), what="all came there too")
    await hanging.stop()


@pytest.mark.parametrize("url", ["http://127.0.0.1:{port}/hook", "http://[::ffff:127.0.0.1]:{port}/hook"])
async def test_what_only_we_can_reach_is_not_asked(
    api: Api, room: Newsroom, pool: Pool, site: int, receiver: Receiver, url: str
) -> None:
    room.app[webhooks.FETCHER]._allowed = ()
    await pool.execute(
        "INSERT INTO webhooks (site_id, url, secret) VALUES ($1, $2, $3)",
        site,
        url.format(port=receiver.port),
        SECRET,
    )
    await room.held()
    await send_due(room)
    assert receiver.calls == []
    assert "not on the public internet" in await pool.fetchval("SELECT error FROM outbox")
