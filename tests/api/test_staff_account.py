"""One's own account: one-time codes, recovery codes, passkeys, passwords, sessions."""

from typing import Any

import pyotp
import pytest

from service import factors
from service.keys import LIMITS
from service.staff.doors import browser_of
from tests.api.newsroom import PASSWORD, Console, Newsroom


async def set_up_codes(console: Console) -> tuple[pyotp.TOTP, list[str]]:
    status, proposal = await console.call("POST", "/account/codes", {"password": PASSWORD})
    assert status == 200
    totp = pyotp.TOTP(proposal["secret"])
    status, given = await console.call("PUT", "/account/codes", {"code": totp.now()})
    assert (status, len(given["codes"])) == (200, 10)
    return totp, given["codes"]


async def sign_in(room: Newsroom, code: str | None = None) -> tuple[int, Any]:
    body = {"email": "anna@example.org", "password": PASSWORD}
    return await room.browser().call("POST", "/session", body if code is None else {**body, "code": code})


async def allow_another(room: Newsroom) -> None:
    """As if thirty seconds had gone by: the code of this step may be used again."""
    await room.pool.execute("UPDATE staff SET totp_step = 0")


async def test_codes_are_asked_for_from_the_first_right_one(room: Newsroom) -> None:
    console = await room.console("anna")
    await console.call("POST", "/account/codes", {"password": PASSWORD})
    assert (await sign_in(room))[0] == 200
    status, problem = await console.call("PUT", "/account/codes", {"code": "000000"})
    assert (status, problem["code"]) == (401, "bad_code")
    totp, _ = await set_up_codes(console)
    status, problem = await sign_in(room)
    assert (status, problem["code"]) == (401, "code_needed")
    await allow_another(room)
    assert (await sign_in(room, totp.now()))[0] == 200


async def test_a_code_opens_once(room: Newsroom) -> None:
    totp, _ = await set_up_codes(await room.console("anna"))
    used = totp.now()
    # The step of the code that set it up is used up, too.
    assert (await sign_in(room, used))[1]["code"] == "bad_code"
    await allow_another(room)
    assert (await sign_in(room, used))[0] == 200
    assert (await sign_in(room, used))[1]["code"] == "bad_code"


async def test_a_code_alone_or_with_a_wrong_password_opens_nothing(room: Newsroom) -> None:
    totp, _ = await set_up_codes(await room.console("anna"))
    await allow_another(room)
    body = {"email": "anna@example.org", "password": "wrong horse battery", "code": totp.now()}
    status, problem = await room.browser().call("POST", "/session", body)
    assert (status, problem["code"]) == (401, "bad_credentials")


async def test_a_recovery_code_opens_once_however_it_is_typed(room: Newsroom) -> None:
    console = await room.console("anna")
    _, codes = await set_up_codes(console)
    typed = codes[0].upper().replace("-", " ")
    assert (await sign_in(room, typed))[0] == 200
    assert (await sign_in(room, codes[0]))[1]["code"] == "bad_code"
    _, account = await console.call("GET", "/account")
    assert account["recovery_codes_left"] == 9
    status, given = await console.call("POST", "/account/recovery-codes", {"password": PASSWORD})
    assert (status, len(given["codes"])) == (201, 10)
    assert (await sign_in(room, codes[1]))[1]["code"] == "bad_code"
    stored = await room.pool.fetch("SELECT code_hash FROM staff_recovery_codes")
    assert all(code.encode() not in row["code_hash"] for row in stored for code in given["codes"])


async def test_codes_go_by_password_alone_and_every_other_session_with_them(room: Newsroom) -> None:
    console = await room.console("anna")
    await set_up_codes(console)
    status, problem = await console.call("DELETE", "/account/codes", {"password": "wrong horse battery"})
    assert (status, problem["code"]) == (401, "bad_credentials")
    assert (await console.call("DELETE", "/account/codes", {"password": PASSWORD}))[0] == 200
    assert (await sign_in(room))[0] == 200
    assert await room.pool.fetchval("SELECT count(*) FROM staff_recovery_codes") == 0


async def test_guesses_at_codes_are_counted_by_account(room: Newsroom) -> None:
    await set_up_codes(await room.console("anna"))
    room.app[LIMITS].enabled = True
    answers = [(await sign_in(room, f"{n:06}"))[0] for n in range(7)]
    assert answers[:5] == [401] * 5
    assert 429 in answers[5:]


async def test_the_session_is_another_one_after_each_change(room: Newsroom) -> None:
    console, other = await room.console("anna"), room.browser()
    await other.sign_in("anna@example.org")

    def cookie() -> str:
        [one] = [one.value for one in console.session.cookie_jar]
        return one

    before = cookie()
    await set_up_codes(console)
    assert cookie() != before
    assert (await other.call("GET", "/session"))[0] == 401
    assert (await console.call("GET", "/session"))[0] == 200
    stolen = room.browser()
    stolen.session.cookie_jar.update_cookies({"parley_staff": before})
    assert (await stolen.call("GET", "/session"))[0] == 401


async def test_a_password_changes_with_the_one_before(room: Newsroom) -> None:
    console = await room.console("anna")
    new = "a wholly new password"
    wrong = await console.call("PUT", "/account/password", {"current": "wrong horse", "password": new})
    assert (wrong[0], wrong[1]["code"]) == (401, "bad_credentials")
    short = await console.call("PUT", "/account/password", {"current": PASSWORD, "password": "short"})
    assert (short[0], short[1]["errors"][0]["pointer"]) == (422, "/password")
    assert (await console.call("PUT", "/account/password", {"current": PASSWORD, "password": new}))[0] == 200
    assert (await sign_in(room))[1]["code"] == "bad_credentials"
    assert (await room.browser().sign_in("anna@example.org", new))[0] == 200


async def test_sessions_are_listed_without_addresses_and_ended(room: Newsroom) -> None:
    console, other = await room.console("anna"), room.browser()
    other.session.headers["User-Agent"] = "Mozilla/5.0 (Windows NT 10.0) Gecko/20100101 Firefox/140.0"
    await other.sign_in("anna@example.org")
    _, account = await console.call("GET", "/account")
    assert [(one["browser"], one["here"]) for one in account["sessions"]] == [
        ("Firefox on Windows", False),
        ("", True),
    ]
    assert "127.0.0.1" not in str(account)
    there = account["sessions"][0]["id"]
    assert (await console.call("DELETE", f"/account/sessions/{there}"))[0] == 204
    assert (await other.call("GET", "/session"))[0] == 401
    assert (await console.call("DELETE", f"/account/sessions/{there}"))[0] == 404
    assert (await console.call("DELETE", "/account/sessions"))[0] == 204
    assert (await console.call("GET", "/session"))[0] == 401


async def test_nobody_ends_the_sessions_of_others(room: Newsroom) -> None:
    anna, bert = await room.console("anna"), await room.console("bert")
    _, account = await anna.call("GET", "/account")
    assert (await bert.call("DELETE", f"/account/sessions/{account['sessions'][0]['id']}"))[0] == 404
    assert (await anna.call("GET", "/session"))[0] == 200


@pytest.mark.parametrize(
    ("agent", "said"),
    [
        (
            "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/140.0.0.0 Safari/537.36",
            "Chrome on Linux",
        ),
        ("Mozilla/5.0 (Windows NT 10.0) Chrome/140.0 Safari/537.36 Edg/140.0", "Edge on Windows"),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) Version/18.0 Safari/604.1", "Safari on iOS"),
        ("Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15) Version/18.0 Safari/605.1", "Safari on macOS"),
        ("curl/8", ""),
    ],
)
def test_browsers_are_told_by_family_and_system(agent: str, said: str) -> None:
    assert browser_of(agent) == said


async def test_a_site_that_asks_for_a_second_factor_counts_no_role_without_one(room: Newsroom) -> None:
    admin, mona = await room.console("anna", "admin"), await room.console("mona")
    rules = {"strikes": 2, "strike_days": 30, "second_factor": True}
    status, problem = await admin.call("PUT", "/sites/demo/rules", rules)
    assert (status, problem["errors"][0]["code"]) == (422, "weak_session")
    await set_up_codes(admin)
    assert (await admin.call("PUT", "/sites/demo/rules", rules))[0] == 200
    assert (await mona.call("GET", "/sites/demo/queue"))[0] == 403
    _, session = await mona.call("GET", "/session")
    assert (session["sites"], session["withheld"]) == ([], ["Demo"])
    await set_up_codes(mona)
    assert (await mona.call("GET", "/sites/demo/queue"))[0] == 200
    _, session = await mona.call("GET", "/session")
    assert [site["key"] for site in session["sites"]] == ["demo"]


async def test_passkeys_are_offered_to_be_bound_to_this_host_and_to_whoever_proves_themselves(
    room: Newsroom,
) -> None:
    console = await room.console("anna")
    status, problem = await console.call("POST", "/account/passkeys/options", {"password": "wrong horse"})
    assert (status, problem["code"]) == (401, "bad_credentials")
    status, answer = await console.call("POST", "/account/passkeys/options", {"password": PASSWORD})
    assert (status, answer["options"]["rp"]["id"]) == (200, "127.0.0.1")
    assert answer["options"]["authenticatorSelection"]["userVerification"] == "required"


@pytest.mark.parametrize(
    "credential",
    [
        {},
        {"id": "AAAA", "response": {}},
        {"id": "AAAA", "response": {"clientDataJSON": "bm90IGpzb24"}},
        {"id": "AAAA", "response": {"clientDataJSON": "eyJjaGFsbGVuZ2UiOiAiQUFBQSJ9"}},
        {"id": 7, "response": 7},
    ],
)
async def test_what_is_no_passkey_is_refused(room: Newsroom, credential: dict[str, Any]) -> None:
    console = await room.console("anna")
    status, problem = await room.browser().call("POST", "/session/passkey", {"credential": credential})
    assert (status, problem["code"]) == (401, "bad_passkey")
    status, problem = await console.call("POST", "/account/passkeys", {"credential": credential, "name": "x"})
    assert (status, problem["code"]) == (401, "bad_passkey")


def test_a_code_is_good_for_its_own_step_and_the_one_beside() -> None:
    secret = factors.new_secret()
    totp = pyotp.TOTP(secret)
    now = 1_800_000_000.0
    assert factors.step_of(secret, totp.at(int(now)), now) == totp.timecode(now)
    assert factors.step_of(secret, totp.at(int(now) - 30), now) == totp.timecode(now) - 1
    assert factors.step_of(secret, totp.at(int(now) - 90), now) is None
    assert factors.step_of(secret, "", now) is None


def test_the_picture_holds_the_address() -> None:
    drawn = factors.picture("otpauth://totp/x")
    assert drawn.size > 25
    assert drawn.path.startswith("M4,4h1v1h-1z")


async def test_a_password_alone_opens_no_account_with_a_passkey(room: Newsroom) -> None:
    id_ = await room.hire("anna")
    assert (await sign_in(room))[0] == 200
    await room.pool.execute(
        """INSERT INTO staff_passkeys (staff_id, credential_id, public_key, sign_count, name)
           VALUES ($1, 'id', 'key', 0, 'Laptop')""",
        id_,
    )
    status, problem = await sign_in(room)
    assert (status, problem["code"]) == (401, "passkey_needed")
    # Whether there is one is told only to who knows the password.
    wrong = {"email": "anna@example.org", "password": "wrong horse battery"}
    assert (await room.browser().call("POST", "/session", wrong))[1]["code"] == "bad_credentials"
