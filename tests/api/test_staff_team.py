"""The staff of a site: roles, invitations, new passwords, and what keeps a site from losing its last administrator."""

import asyncio
import re
from collections.abc import Iterator
from typing import Any

import pytest

from service.help import mail
from service.settings import Settings
from tests.api.newsroom import PASSWORD, Console, Newsroom
from tests.mail_server import MailServer

TEAM = "/sites/demo/staff"
INVITATIONS = "/sites/demo/invitations"


async def invite(console: Console, email: str = "nora@example.org", role: str = "lead") -> str:
    status, made = await console.call("POST", INVITATIONS, {"email": email, "role": role})
    assert status == 201
    return made["link"].partition("#")[2]


async def join(room: Newsroom, token: str, console: Console | None = None, **more: Any) -> tuple[int, Any]:
    body = {"token": token, "name": "Nora", "password": "a long new password", **more}
    return await (console or room.browser()).call("POST", "/links/join", body)


async def test_an_invitation_makes_an_account_once_and_looking_uses_nothing_up(room: Newsroom) -> None:
    admin = await room.console("anna", "admin")
    token = await invite(admin, "Nora@Example.org")
    browser = room.browser()
    for _ in range(3):
        assert await browser.call("POST", "/links/lookup", {"token": token}) == (
            200,
            {
                "kind": "invitation",
                "site": "Demo",
                "email": "nora@example.org",
                "role": "lead",
                "known": False,
            },
        )
        async with browser.session.get(f"{room.base}/console/-/join") as page:
            assert page.status in (200, 404)
    status, session = await join(room, token, browser)
    assert (status, session["sites"]) == (201, [{"key": "demo", "name": "Demo", "role": "lead"}])
    assert (await browser.call("GET", "/sites/demo/queue"))[0] == 200
    for call, body in (
        ("lookup", {"token": token}),
        ("join", {"token": token, "name": "X", "password": PASSWORD}),
    ):
        status, problem = await room.browser().call("POST", f"/links/{call}", body)
        assert (status, problem["code"]) == (410, "link_over")
    assert (await room.browser().sign_in("nora@example.org", "a long new password"))[0] == 200


async def test_an_invitation_runs_out_is_withdrawn_and_is_replaced_by_the_next(room: Newsroom) -> None:
    admin = await room.console("anna", "admin")
    first, second = await invite(admin), await invite(admin)
    assert (await join(room, first))[0] == 410
    _, team = await admin.call("GET", TEAM)
    [waiting] = team["invitations"]
    assert (await admin.call("DELETE", f"{INVITATIONS}/{waiting['id']}"))[0] == 204
    assert (await join(room, second))[0] == 410
    assert (await admin.call("DELETE", f"{INVITATIONS}/{waiting['id']}"))[0] == 404
    third = await invite(admin)
    await room.pool.execute(
        "UPDATE staff_links SET expires_at = now() WHERE token_hash = (SELECT token_hash FROM staff_links ORDER BY id DESC LIMIT 1)"
    )
    assert (await join(room, third))[0] == 410
    assert await room.pool.fetchval("SELECT count(*) FROM staff") == 1


async def test_a_refused_joining_uses_nothing_up(room: Newsroom) -> None:
    token = await invite(await room.console("anna", "admin"))
    status, problem = await join(room, token, password="short")
    assert (status, problem["errors"][0]["pointer"]) == (422, "/password")
    status, problem = await join(room, token, name=None)
    assert (status, problem["errors"][0]["pointer"]) == (422, "/name")
    assert (await join(room, token))[0] == 201


async def test_who_has_an_account_joins_as_themselves_and_as_nobody_else(
    room: Newsroom, other_site: int
) -> None:
    admin = await room.console("anna", "admin")
    await room.hire("otto", "moderator", site_id=other_site)
    await room.hire("eve", "moderator", site_id=other_site)
    token = await invite(admin, "otto@example.org", "auditor")
    assert (await join(room, token))[1]["code"] == "unauthenticated"
    eve, otto = room.browser(), room.browser()
    await eve.sign_in("eve@example.org")
    assert (await join(room, token, eve))[1]["code"] == "unauthenticated"
    await otto.sign_in("otto@example.org")
    status, session = await join(room, token, otto)
    assert status == 201
    assert {site["key"]: site["role"] for site in session["sites"]} == {
        "demo": "auditor",
        "other": "moderator",
    }
    # The password that came along is nobody's.
    assert (await room.browser().sign_in("otto@example.org"))[0] == 200


async def test_somebody_on_the_staff_already_is_not_invited(room: Newsroom) -> None:
    admin = await room.console("anna", "admin")
    status, problem = await admin.call("POST", INVITATIONS, {"email": "ANNA@example.org", "role": "lead"})
    assert (status, problem["errors"][0]["code"]) == (422, "known")


async def member(room: Newsroom, name: str) -> int:
    return await room.pool.fetchval("SELECT id FROM staff WHERE email = $1", f"{name}@example.org")


async def test_a_role_changes_and_the_sessions_end_with_it(room: Newsroom) -> None:
    admin, mona = await room.console("anna", "admin"), await room.console("mona")
    held = await room.held()
    await mona.call("POST", "/sites/demo/queue/claims", {"ids": [str(held)]})
    id_ = await member(room, "mona")
    status, team = await admin.call("PUT", f"{TEAM}/{id_}", {"role": "auditor"})
    assert status == 200
    assert {one["name"]: one["role"] for one in team["members"]} == {"Anna": "admin", "Mona": "auditor"}
    assert (await mona.call("GET", "/session"))[0] == 401
    await mona.sign_in("mona@example.org")
    assert (await mona.call("POST", "/sites/demo/queue/claims", {}))[0] == 403
    # What she had before her waits for others.
    assert (await admin.call("POST", "/sites/demo/queue/claims", {"ids": [str(held)]}))[1]["items"]


async def test_who_is_disabled_here_still_works_elsewhere(room: Newsroom, other_site: int) -> None:
    admin, mona = await room.console("anna", "admin"), await room.console("mona")
    id_ = await member(room, "mona")
    await room.pool.execute(
        "INSERT INTO staff_roles (site_id, staff_id, role) VALUES ($1, $2, 'lead')", other_site, id_
    )
    await admin.call("PUT", f"{TEAM}/{id_}", {"role": "moderator", "disabled": True})
    _, session = await mona.sign_in("mona@example.org")
    assert [site["key"] for site in session["sites"]] == ["other"]
    assert (await mona.call("GET", "/sites/demo/queue"))[0] == 403
    await admin.call("PUT", f"{TEAM}/{id_}", {"role": "moderator", "disabled": False})
    await mona.sign_in("mona@example.org")
    assert (await mona.call("GET", "/sites/demo/queue"))[0] == 200
    assert (await admin.call("DELETE", f"{TEAM}/{id_}"))[0] == 204
    _, session = await mona.sign_in("mona@example.org")
    assert [site["key"] for site in session["sites"]] == ["other"]


async def test_a_site_keeps_an_administrator(room: Newsroom) -> None:
    admin = await room.console("anna", "admin")
    id_ = await member(room, "anna")
    for method, body in (
        ("PUT", {"role": "lead"}),
        ("PUT", {"role": "admin", "disabled": True}),
        ("DELETE", None),
    ):
        status, problem = await admin.call(method, f"{TEAM}/{id_}", body)
        assert (status, problem["code"]) == (409, "last_admin")
    assert (await admin.call("GET", TEAM))[0] == 200
    await room.hire("bert", "admin")
    assert (await admin.call("DELETE", f"{TEAM}/{id_}"))[0] == 204
    assert (await admin.call("GET", TEAM))[0] == 401


async def test_two_admins_cannot_remove_each_other_at_once(room: Newsroom) -> None:
    anna, bert = await room.console("anna", "admin"), await room.console("bert", "admin")
    ids = [await member(room, "bert"), await member(room, "anna")]
    answers = await asyncio.gather(
        anna.call("DELETE", f"{TEAM}/{ids[0]}"), bert.call("DELETE", f"{TEAM}/{ids[1]}")
    )
    first, second = sorted(status for status, _ in answers)
    assert first == 204
    assert second in (401, 409)
    assert await room.pool.fetchval("SELECT count(*) FROM staff_roles") == 1


async def test_a_new_password_by_a_link_ends_every_session_and_keeps_the_second_factor(
    room: Newsroom,
) -> None:
    admin, mona = await room.console("anna", "admin"), await room.console("mona")
    await room.pool.execute(
        "UPDATE staff SET totp_secret = 'JBSWY3DPEHPK3PXP', totp_since = now() WHERE name = 'Mona'"
    )
    status, made = await admin.call("POST", f"{TEAM}/{await member(room, 'mona')}/reset")
    assert status == 201
    token = made["link"].partition("#")[2]
    new = "a wholly new password"
    assert (await room.browser().call("POST", "/links/join", {"token": token}))[0] == 410
    assert (await room.browser().call("POST", "/links/password", {"token": token, "password": new}))[0] == 204
    assert (await room.browser().call("POST", "/links/password", {"token": token, "password": new}))[0] == 410
    assert (await mona.call("GET", "/session"))[0] == 401
    assert (await room.browser().sign_in("mona@example.org", new))[1]["code"] == "code_needed"


async def test_nobody_is_shown_the_way_into_an_account_that_is_good_for_other_sites(
    room: Newsroom, other_site: int
) -> None:
    admin = await room.console("anna", "admin")
    id_ = await room.hire("otto", "moderator")
    await room.pool.execute(
        "INSERT INTO staff_roles (site_id, staff_id, role) VALUES ($1, $2, 'admin')", other_site, id_
    )
    assert (await admin.call("POST", f"{TEAM}/{id_}/reset"))[0] == 403


async def test_all_of_it_is_on_record(room: Newsroom) -> None:
    admin = await room.console("anna", "admin")
    token = await invite(admin)
    await join(room, token)
    id_ = await member(room, "nora")
    await admin.call("PUT", f"{TEAM}/{id_}", {"role": "auditor", "disabled": True})
    await admin.call("DELETE", f"{TEAM}/{id_}")
    await admin.call("PUT", "/sites/demo/rules", {"strikes": 5, "strike_days": 60, "second_factor": False})
    _, record = await admin.call("GET", f"/sites/demo/record?subject=staff:{id_}")
    assert [act["action"] for act in record["items"]] == [
        "staff.remove",
        "staff.disable",
        "staff.role",
        "staff.join",
    ]
    _, record = await admin.call("GET", "/sites/demo/record")
    assert {"staff.invite", "site.people"} <= {act["action"] for act in record["items"]}


class TestWithMail:
    @pytest.fixture
    def server(self) -> Iterator[MailServer]:
        server = MailServer()
        server.start()
        yield server
        server.stop()

    @pytest.fixture
    def settings(self, settings: Settings, server: MailServer, monkeypatch: pytest.MonkeyPatch) -> Settings:
        monkeypatch.setattr(mail, "EVERY_S", 3600)
        return settings.model_copy(update={"smtp_url": f"smtp://127.0.0.1:{server.port}"})

    async def test_an_invitation_goes_by_mail_and_is_shown_to_nobody(
        self, room: Newsroom, server: MailServer
    ) -> None:
        admin = await room.console("anna", "admin")
        _, made = await admin.call("POST", INVITATIONS, {"email": "nora@example.org", "role": "lead"})
        assert made == {"email": "nora@example.org", "link": None}
        assert await mail.send_due(room.app) == 1
        [sent] = server.postbox.mails
        assert server.postbox.recipients == ["nora@example.org"]
        link = re.search(r"https?://\S+/console/-/join#(\S+)", sent.get_content())
        assert link
        assert (await join(room, link[1]))[0] == 201

    async def test_a_forgotten_password_is_mailed_to_whom_it_belongs_and_the_answer_tells_nothing(
        self, room: Newsroom, server: MailServer
    ) -> None:
        await room.hire("anna")
        for email in ("anna@example.org", "nobody@example.org"):
            assert await room.browser().call("POST", "/resets", {"email": email}) == (204, None)
        assert await mail.send_due(room.app) == 1
        [sent] = server.postbox.mails
        link = re.search(r"/console/-/password#(\S+)", sent.get_content())
        assert link
        body = {"token": link[1], "password": "a wholly new password"}
        assert (await room.browser().call("POST", "/links/password", body))[0] == 204
        assert (await room.browser().sign_in("anna@example.org", "a wholly new password"))[0] == 200
