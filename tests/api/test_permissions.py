"""The permission table, whole: every role against every call of the API, also of those that are still to come.

A call's permission names who may make it; here stands, once more and by hand, what each name means. Past the door a call may
fail for any other reason, since what it names is not there; before it there is one answer.
"""

import re

import aiohttp
import pytest

from service.auth import FOR_STAFF, Permission
from service.endpoint import Route
from service.keys import SIGNER
from service.routes import BASE, ROUTES
from tests.api.newsroom import PASSWORD, Newsroom

EVERYBODY = ("nobody", "reader", "stranger", "moderator", "lead", "admin", "auditor", "admin elsewhere")
STAFF = ("stranger", "moderator", "lead", "admin", "auditor", "admin elsewhere")
MAY = {
    Permission.ANYONE: EVERYBODY,
    Permission.HELP: EVERYBODY,
    Permission.READER: ("reader",),
    Permission.STAFF: STAFF,
    Permission.LOOK: ("moderator", "lead", "admin", "auditor"),
    Permission.MODERATE: ("moderator", "lead", "admin"),
    Permission.AUDIT: ("lead", "admin", "auditor"),
    Permission.RULE: ("lead", "admin"),
    Permission.ADMINISTER: ("admin",),
}
# What fills a path: nothing has these, so that no call does any harm.
NOTHING = {"site": "demo", "id": "987654321", "article": "no-such-article", "reference": "PX-2222-2222"}
ENDING = ("/staff/session", "/staff/account/sessions")


def address(route: Route) -> str:
    return BASE + re.sub(r"\{(\w+)\}", lambda place: NOTHING.get(place[1], "nothing"), route.path)


async def comes_in(room: Newsroom, role: str) -> tuple[aiohttp.ClientSession, dict[str, str]]:
    """A browser of somebody with this role, and the headers of their calls."""
    browser = room.browser()
    headers = {"Origin": room.base}
    if role == "reader":
        return browser.session, {
            **headers,
            "Authorization": f"Bearer {room.app[SIGNER].sign(room.site_id, await room.reader())}",
        }
    if role == "nobody":
        return browser.session, headers
    email = f"{role.replace(' ', '-')}@example.org"
    if not await room.pool.fetchval("SELECT count(*) FROM staff WHERE email = $1", email):
        name = email.partition("@")[0]
        if role == "admin elsewhere":
            other = await room.pool.fetchval(
                "INSERT INTO sites (key, name) VALUES ('other', 'Other') RETURNING id"
            )
            await room.hire(name, "admin", site_id=other)
        else:
            await room.hire(name, None if role == "stranger" else role)
    assert (await browser.sign_in(email, PASSWORD))[0] == 200
    return browser.session, headers


def test_every_permission_is_in_the_table() -> None:
    assert set(MAY) == set(Permission)
    assert set(FOR_STAFF) == {one for one in Permission if set(MAY[one]) <= set(STAFF)}


@pytest.mark.parametrize("role", EVERYBODY)
async def test_every_role_against_every_call(room: Newsroom, role: str) -> None:
    session, headers = await comes_in(room, role)
    called = 0
    for route in ROUTES:
        # What came before may have ended the session, or the reader.
        if role == "reader" or (route.path in ENDING and route.method == "DELETE"):
            session, headers = await comes_in(room, role)
        body = {} if route.method in ("POST", "PUT", "PATCH") else None
        async with session.request(
            route.method, room.base + address(route), json=body, headers=headers
        ) as answer:
            code = (
                (await answer.json(content_type=None)).get("code")
                if answer.content_type.endswith("problem+json")
                else None
            )
            shut = answer.status in (401, 403) and code in ("unauthenticated", "forbidden")
            assert shut is (role not in MAY[route.permission]), (
                route.method,
                route.path,
                answer.status,
                code,
            )
            if shut:
                known = role in STAFF if route.permission in FOR_STAFF else role == "reader"
                assert answer.status == (403 if known else 401), (route.method, route.path)
            assert answer.status != 500
            called += 1
        if route.path in ENDING and route.method == "DELETE":
            session, headers = await comes_in(room, role)
    assert called == len(ROUTES)


async def test_a_role_that_is_disabled_opens_nothing(room: Newsroom) -> None:
    session, headers = await comes_in(room, "admin")
    await room.pool.execute("UPDATE staff_roles SET disabled_at = now()")
    for route in ROUTES:
        if route.permission not in FOR_STAFF - {Permission.STAFF}:
            continue
        async with session.request(
            route.method,
            room.base + address(route),
            json=None if route.method == "GET" else {},
            headers=headers,
        ) as answer:
            assert answer.status == 403, (route.method, route.path)
