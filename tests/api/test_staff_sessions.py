"""Signing in and out of the console."""

import pytest
from argon2 import PasswordHasher

from service.keys import LIMITS
from service.passwords import check_password, hash_password
from service.settings import Settings
from tests.api.newsroom import PASSWORD, Newsroom


async def test_signing_in_tells_who_and_where_and_sets_a_cookie_that_scripts_cannot_read(
    room: Newsroom,
) -> None:
    id_ = await room.hire("anna", "lead")
    browser = room.browser()
    async with browser.session.post(
        f"{room.base}/api/v1/staff/session",
        json={"email": "Anna@Example.org", "password": PASSWORD},
        headers={"Origin": room.base},
    ) as response:
        assert response.status == 200
        assert await response.json() == {
            "staff": {"id": str(id_), "name": "Anna", "email": "anna@example.org"},
            "sites": [{"key": "demo", "name": "Demo", "role": "lead"}],
            "withheld": [],
        }
        cookie = response.headers["Set-Cookie"]
        assert response.headers["Cache-Control"] == "private, no-store"
    assert cookie.startswith("parley_staff=")
    assert {"HttpOnly", "Path=/", "SameSite=Strict", "Max-Age=43200"} <= {
        part.strip() for part in cookie.split(";")
    }
    assert await browser.call("GET", "/session") == (
        200,
        {
            "staff": {"id": str(id_), "name": "Anna", "email": "anna@example.org"},
            "sites": [{"key": "demo", "name": "Demo", "role": "lead"}],
            "withheld": [],
        },
    )


class TestOverHttps:
    @pytest.fixture
    def settings(self, settings: Settings) -> Settings:
        return settings.model_copy(update={"public_url": "https://comments.example.org"})

    async def test_the_cookie_is_bound_to_the_host(self, room: Newsroom) -> None:
        await room.hire("anna")
        async with room.browser().session.post(
            f"{room.base}/api/v1/staff/session",
            json={"email": "anna@example.org", "password": PASSWORD},
            headers={"Origin": "https://comments.example.org"},
        ) as response:
            assert response.status == 200
            cookie = response.headers["Set-Cookie"]
        assert cookie.startswith("__Host-parley_staff=")
        assert "Secure" in cookie
        assert "Domain" not in cookie


async def test_a_wrong_password_and_an_unknown_address_get_the_same_answer(room: Newsroom) -> None:
    await room.hire("anna")
    browser = room.browser()
    wrong = await browser.sign_in("anna@example.org", "wrong horse battery")
    unknown = await browser.sign_in("nobody@example.org")
    for status, problem in (wrong, unknown):
        assert (status, problem["code"]) == (401, "bad_credentials")
        del problem["request_id"]
    assert wrong == unknown
    assert (await browser.call("GET", "/session"))[0] == 401


async def test_somebody_disabled_cannot_sign_in_and_is_signed_out(room: Newsroom) -> None:
    console = await room.console("anna")
    await room.pool.execute("UPDATE staff SET disabled_at = now()")
    assert (await console.call("GET", "/session"))[0] == 401
    assert (await console.sign_in("anna@example.org"))[1]["code"] == "bad_credentials"


async def test_signing_in_again_ends_the_session_before(room: Newsroom) -> None:
    console = await room.console("anna")
    [before] = [cookie.value for cookie in console.session.cookie_jar]
    await console.sign_in("anna@example.org")
    [after] = [cookie.value for cookie in console.session.cookie_jar]
    assert before != after
    assert await room.pool.fetchval("SELECT count(*) FROM staff_sessions") == 1
    other = room.browser()
    other.session.cookie_jar.update_cookies({"parley_staff": before})
    assert (await other.call("GET", "/session"))[0] == 401


async def test_signing_out_ends_the_session(room: Newsroom) -> None:
    console = await room.console("anna")
    [cookie] = [cookie.value for cookie in console.session.cookie_jar]
    assert await console.call("DELETE", "/session") == (204, None)
    assert list(console.session.cookie_jar) == []
    console.session.cookie_jar.update_cookies({"parley_staff": cookie})
    assert (await console.call("GET", "/session"))[0] == 401
    assert (await room.browser().call("DELETE", "/session"))[0] == 204


async def test_a_session_lasts_twelve_hours(room: Newsroom) -> None:
    console = await room.console("anna")
    await room.pool.execute("UPDATE staff_sessions SET expires_at = expires_at - interval '12 hours'")
    assert (await console.call("GET", "/session"))[0] == 401


async def test_unsafe_calls_must_come_from_the_console(room: Newsroom) -> None:
    console = await room.console("anna")
    for origin in (None, "https://paper.example", "null", "http://127.0.0.1:1"):
        status, problem = await console.call("DELETE", "/session", origin=origin)
        assert (status, problem["code"]) == (403, "origin_refused")
    assert (await console.call("GET", "/session", origin=None))[0] == 200


async def test_guesses_are_counted_by_address(room: Newsroom) -> None:
    await room.hire("anna")
    room.app[LIMITS].enabled = True
    browser = room.browser()
    answers = [await browser.sign_in("anna@example.org", f"wrong password {n}") for n in range(12)]
    assert [status for status, _ in answers].count(429) >= 1
    assert [status for status, _ in answers[:10]] == [401] * 10
    assert answers[-1][1]["retry_after_s"] > 0


async def test_a_hash_of_weaker_parameters_is_replaced_at_sign_in(room: Newsroom) -> None:
    await room.hire("anna")
    await room.pool.execute(
        "UPDATE staff SET password_hash = $1", PasswordHasher(time_cost=1, memory_cost=8192).hash(PASSWORD)
    )
    assert (await room.browser().sign_in("anna@example.org"))[0] == 200
    assert "m=65536,t=3" in await room.pool.fetchval("SELECT password_hash FROM staff")
    assert (await room.browser().sign_in("anna@example.org"))[0] == 200


async def test_passwords_fit_their_own_hash_only() -> None:
    stored = await hash_password(PASSWORD)
    assert await check_password(stored, PASSWORD)
    assert not await check_password(stored, PASSWORD + "!")
    assert not await check_password(None, PASSWORD)
    assert not await check_password("not a hash", PASSWORD)
