"""Guests and their tokens."""

import time

import pytest

from moderation.database import Pool
from service.names import skeleton
from service.tokens import Signer
from tests.conftest import Api


async def test_a_refresh_token_works_once_and_again_if_the_answer_was_lost(api: Api, pool: Pool) -> None:
    ann = await api.guest("Ann")

    async def refresh(token: str) -> tuple[int, str]:
        answer = await api.call("POST", "/tokens", json={"refresh_token": token})
        return answer.status, answer.body.get("refresh_token") or answer.body["code"]

    status, second = await refresh(ann.refresh_token)
    assert status == 200
    status, third = await refresh(ann.refresh_token)
    assert status == 200, "the answer may have been lost"
    await pool.execute("UPDATE sessions SET rotated_at = now() - interval '5 minutes'")
    assert await refresh(ann.refresh_token) == (401, "refresh_refused")
    assert await refresh(third) == (401, "refresh_refused"), "a token used twice ends the session"
    assert await pool.fetchval("SELECT count(*) FROM sessions") == 0
    assert await refresh(second) == (401, "refresh_refused")


async def test_names_are_checked(api: Api, pool: Pool, site: int) -> None:
    staff = await pool.fetchval(
        """INSERT INTO staff (email, name, name_skeleton, password_hash) VALUES ('x@y.z', 'Jane Doe', $1, '')
           RETURNING id""",
        skeleton("Jane Doe"),
    )
    await pool.execute("INSERT INTO staff_roles VALUES ($1, $2, 'moderator')", site, staff)

    for name, code in (
        ("", "string_too_short"),
        ("\u200b", "empty"),
        ("Jane Doe", "name_taken"),
        ("JANE  D0E", "name_taken"),
    ):
        answer = await api.call("POST", "/guests", json={"name": name})
        assert (answer.status, answer.body["errors"][0]["code"]) == (422, code), name


async def test_the_same_key_makes_the_same_guest(api: Api) -> None:
    answers = [
        await api.call("POST", "/guests", json={"name": "Ann"}, headers={"Idempotency-Key": "guest-key-1"})
        for _ in range(2)
    ]

    assert answers[0].body["reader"] == answers[1].body["reader"]


async def test_a_key_does_not_let_anybody_come_as_somebody_else(api: Api, pool: Pool) -> None:
    key = {"Idempotency-Key": "guest-key-1"}
    assert (await api.call("POST", "/guests", json={"name": "Ann"}, headers=key)).status == 201

    other = await api.call("POST", "/guests", json={"name": "Bo"}, headers=key)
    await pool.execute("UPDATE readers SET created_at = created_at - interval '2 hours'")
    late = await api.call("POST", "/guests", json={"name": "Ann"}, headers=key)

    assert [(answer.status, answer.body["code"]) for answer in (other, late)] == [(422, "key_reused")] * 2
    assert await pool.fetchval("SELECT count(*) FROM sessions") == 1


async def test_tokens_that_are_not_ours_are_refused(api: Api, pool: Pool, site: int) -> None:
    ann = await api.guest()
    foreign = Signer([b"another secret of some length...."]).sign(site, int(ann.id))
    head, body, tail = ann.token.split(".")
    none = f"eyJhbGciOiJub25lIn0.{body}."

    for token in (foreign, none, f"{head}.{body}.{tail[::-1]}", "x", "a.b.c", ann.token * 3):
        answer = await api.call("GET", "/me/comments", headers={"Authorization": f"Bearer {token}"})
        assert (answer.status, answer.body["code"]) == (401, "token_refused")
    answer = await api.call("GET", "/me/comments", headers={"Authorization": f"Basic {ann.token}"})
    assert answer.status == 401


async def test_an_expired_token_says_so(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    ann = await api.guest()
    now = time.time()
    monkeypatch.setattr("service.clock.Clock.now", lambda _: now + 901)

    answer = await ann.call("GET", "/me/comments")

    assert (answer.status, answer.body["code"]) == (401, "token_expired")


async def test_a_site_may_ask_readers_to_sign_in(api: Api, pool: Pool) -> None:
    await pool.execute("UPDATE sites SET guests_allowed = false")

    answer = await api.call("POST", "/guests", json={"name": "Ann"})

    assert (answer.status, answer.body["code"]) == (403, "guests_refused")
