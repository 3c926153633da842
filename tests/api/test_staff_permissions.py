"""Who may make which staff call: every role against every call."""

import pytest

from service.keys import SIGNER
from service.staff.routes import ROUTES
from tests.api.newsroom import Newsroom

SITE = "/sites/demo"
LOOK = ("auditor", "moderator", "lead", "admin")
DO = ("moderator", "lead", "admin")
AUDIT = ("auditor", "lead", "admin")
RULE = ("lead", "admin")
ADMIN = ("admin",)
IDS = {"ids": ["1"]}
# The call, and who may make it. Whoever may gets past the door: to the answer, or to what else is wrong.
TABLE: list[tuple[str, str, object, tuple[str, ...]]] = [
    ("GET", f"{SITE}/queue", None, LOOK),
    ("GET", f"{SITE}/queue/scores", None, LOOK),
    ("GET", f"{SITE}/queue/sample?low=0&high=1", None, LOOK),
    ("POST", f"{SITE}/batches", {"action": "publish", "band": {"low": 0.9, "high": 1}}, DO),
    ("POST", f"{SITE}/queue/claims", {}, DO),
    ("PUT", f"{SITE}/queue/claims", IDS, DO),
    ("DELETE", f"{SITE}/queue/claims", IDS, DO),
    ("GET", f"{SITE}/queue/articles", None, LOOK),
    ("GET", f"{SITE}/comments?words=x", None, LOOK),
    ("GET", f"{SITE}/filters", None, LOOK),
    ("PUT", f"{SITE}/filters", {"name": "x", "place": "queue", "query": {"view": "reported"}}, LOOK),
    ("DELETE", f"{SITE}/filters/1", None, LOOK),
    ("GET", f"{SITE}/comments/1", None, LOOK),
    ("POST", f"{SITE}/comments/1/decisions", {"action": "publish", "revision": 1, "status": "held"}, DO),
    ("POST", f"{SITE}/comments/1/escalation", {}, DO),
    ("POST", f"{SITE}/comments/1/hand-back", {}, RULE),
    ("POST", f"{SITE}/comments/1/confirmation", {"handover": "1"}, DO),
    ("POST", f"{SITE}/comments/1/disagreement", {}, DO),
    ("POST", f"{SITE}/handovers/1/undo", None, DO),
    ("POST", f"{SITE}/decisions/1/undo", None, DO),
    ("POST", f"{SITE}/readers/1/notes", {"body": "x"}, DO),
    ("PUT", f"{SITE}/comments/1/marks", {"featured": True}, DO),
    ("PUT", f"{SITE}/readers/1/badge", {"badge": "staff"}, DO),
    ("GET", f"{SITE}/readers/1", None, LOOK),
    ("POST", f"{SITE}/readers/1/sanctions", {"action": "ban", "seen": "none", "reason": "spam"}, DO),
    ("POST", f"{SITE}/warnings/1/withdrawal", None, DO),
    ("POST", f"{SITE}/readers/1/removals", {"reason": "spam"}, DO),
    ("POST", f"{SITE}/batches/1/steps", None, DO),
    ("POST", f"{SITE}/batches/1/undo", None, DO),
    ("GET", f"{SITE}/staff", None, ADMIN),
    ("PUT", f"{SITE}/staff/99", {"role": "lead"}, ADMIN),
    ("DELETE", f"{SITE}/staff/99", None, ADMIN),
    ("POST", f"{SITE}/staff/99/reset", None, ADMIN),
    ("POST", f"{SITE}/invitations", {"email": "new@example.org", "role": "lead"}, ADMIN),
    ("DELETE", f"{SITE}/invitations/99", None, ADMIN),
    ("PUT", f"{SITE}/rules", {"strikes": 3, "strike_days": 90, "second_factor": False}, ADMIN),
    ("GET", f"{SITE}/counts", None, LOOK),
    ("GET", f"{SITE}/insight", None, LOOK),
    ("GET", f"{SITE}/insight/export", None, LOOK),
    ("GET", f"{SITE}/reasons", None, LOOK),
    ("GET", f"{SITE}/articles/a1", None, LOOK),
    ("PUT", f"{SITE}/articles/a1/mode", {"mode": "pre"}, DO),
    ("GET", f"{SITE}/policy", None, LOOK),
    ("PUT", f"{SITE}/policy", {"base": 0, "document": {}}, RULE),
    ("POST", f"{SITE}/policy/simulation", {"document": {}}, RULE),
    ("POST", f"{SITE}/policy/words", {"word_list": {"name": "x"}}, RULE),
    ("GET", f"{SITE}/policy/versions", None, LOOK),
    ("POST", f"{SITE}/policy/versions/9/restore", {"base": 1}, RULE),
    ("POST", f"{SITE}/quality/samples", None, DO),
    ("PUT", f"{SITE}/quality/samples/1", {"verdict": "unsure"}, DO),
    ("GET", f"{SITE}/quality/mine", None, DO),
    ("GET", f"{SITE}/quality", None, AUDIT),
    ("GET", f"{SITE}/record", None, AUDIT),
    ("GET", f"{SITE}/record/export?format=jsonl&subject=comment:0", None, AUDIT),
    ("GET", f"{SITE}/statements/export?since=2026-01-01&until=2026-01-01", None, AUDIT),
    ("GET", f"{SITE}/appeals", None, LOOK),
    ("GET", f"{SITE}/appeals/1", None, LOOK),
    ("POST", f"{SITE}/appeals/claims", {}, DO),
    ("PUT", f"{SITE}/appeals/claims", IDS, DO),
    ("DELETE", f"{SITE}/appeals/claims", IDS, DO),
    ("POST", f"{SITE}/appeals/1/decision", {"outcome": "overturn"}, DO),
    ("POST", f"{SITE}/appeals/1/undo", None, DO),
    ("POST", f"{SITE}/comments/1/appeals", {"decision": "1", "body": "x"}, DO),
    ("PUT", f"{SITE}/tickets/PX-2222-2222/appeal", None, DO),
    ("GET", f"{SITE}/tickets", None, LOOK),
    ("GET", f"{SITE}/tickets/PX-2222-2222", None, LOOK),
    ("POST", f"{SITE}/tickets/PX-2222-2222/messages", {"kind": "note", "body": "x"}, DO),
    ("PUT", f"{SITE}/tickets/PX-2222-2222/state", {"state": "open"}, DO),
    ("POST", f"{SITE}/tickets/PX-2222-2222/merge", {"into": "PX-2222-2222"}, DO),
    ("GET", f"{SITE}/incidents", None, LOOK),
    ("GET", f"{SITE}/faults", None, LOOK),
    ("POST", f"{SITE}/faults/mended", {"cause": "origin", "detail": "https://a.example"}, DO),
    ("GET", f"{SITE}/causes", None, LOOK),
    ("GET", f"{SITE}/causes/export", None, LOOK),
    ("GET", f"{SITE}/answers", None, LOOK),
    ("POST", f"{SITE}/answers", {"title": "Hello", "body": "Hello {name}."}, RULE),
    ("PUT", f"{SITE}/answers/999", {"title": "Hello", "body": "Hello {name}."}, RULE),
    ("DELETE", f"{SITE}/answers/999", None, RULE),
    ("POST", f"{SITE}/incidents/1/resolution", {"answer": "It works again."}, DO),
]
ROLES = ("nobody", "elsewhere", "auditor", "moderator", "lead", "admin")


def test_the_table_has_every_call_to_a_site() -> None:
    calls = {
        (route.method, route.path.count("/"))
        for route in ROUTES
        if "{site}" in route.path and not route.streams
    }
    assert calls == {(method, path.count("/") + 1) for method, path, _, _ in TABLE}
    assert len(TABLE) == sum("{site}" in route.path and not route.streams for route in ROUTES)


@pytest.mark.parametrize("role", ROLES)
async def test_every_role_may_do_what_the_table_says(room: Newsroom, role: str) -> None:
    if role == "nobody":
        console = room.browser()
    elif role == "elsewhere":
        other = await room.pool.fetchval(
            "INSERT INTO sites (key, name) VALUES ('other', 'Other') RETURNING id"
        )
        await room.hire("eve", "admin", site_id=other)
        console = room.browser()
        await console.sign_in("eve@example.org")
    else:
        console = await room.console("anna", role)
    for method, path, body, allowed in TABLE:
        status, answer = await console.call(method, path, body)
        if role in allowed:
            assert status in (200, 201, 204, 404), (method, path, answer)
        else:
            wanted = (401, "unauthenticated") if role == "nobody" else (403, "forbidden")
            assert (status, answer["code"]) == wanted, (method, path)


@pytest.mark.parametrize("role", ["nobody", "elsewhere"])
async def test_the_stream_is_for_those_who_may_look(room: Newsroom, role: str) -> None:
    console = room.browser()
    if role == "elsewhere":
        await room.hire("eve", None)
        await console.sign_in("eve@example.org")
    status, _ = await console.call("GET", f"{SITE}/events")
    assert status == (401 if role == "nobody" else 403)


async def test_a_readers_token_opens_no_staff_call(room: Newsroom) -> None:
    token = room.app[SIGNER].sign(room.site_id, await room.reader())
    async with room.browser().session.get(
        f"{room.base}/api/v1/staff{SITE}/queue", headers={"Authorization": f"Bearer {token}"}
    ) as response:
        assert response.status == 401


async def test_an_unknown_site_is_not_found_even_for_staff(room: Newsroom) -> None:
    console = await room.console("anna")
    assert (await console.call("GET", "/sites/nowhere/queue"))[0] == 404
