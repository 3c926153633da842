"""What is logged, whatever goes wrong: never a text, a token, a name, a mail address or a network address."""

from typing import Any

import aiohttp

from tests.faults.conftest import Start
from tests.processes import until, until_ready

_NAME, _BODY, _TICKET, _MAIL = (
    "Quentin Marker",
    "idiot zebra-crossing-7",
    "help walrus-tusk-9",
    "otter@mail.example",
)
_PASSWORD, _KEY, _NETWORK = "marker horse battery", "marker-key-1", "203.0.113.77"


class _Caller:
    """Calls, and keeps what may not be in the log."""

    def __init__(self, http: aiohttp.ClientSession, url: str) -> None:
        self._http = http
        self._url = url
        self.token = ""

    async def __call__(self, method: str, path: str, body: Any = None, **headers: str) -> tuple[int, Any]:
        sent = {"X-Forwarded-For": _NETWORK, "Origin": self._url, **headers}
        if self.token:
            sent["Authorization"] = f"Bearer {self.token}"
        async with self._http.request(method, self._url + path, json=body, headers=sent) as answer:
            return answer.status, await answer.json(content_type=None) if answer.status < 500 else None


async def test_nothing_that_a_person_wrote_or_holds_is_logged(
    start: Start, url: str, port: int, database: str, onlooker: Any
) -> None:
    part = start("up", port=port, database_url=database, trusted_proxies="127.0.0.0/8", score_timeout_s=1)
    await until_ready(part, url)
    async with aiohttp.ClientSession() as http:
        call = _Caller(http, url)
        await call("POST", "/api/v1/staff/session", {"email": _MAIL, "password": _PASSWORD})
        site = "/api/v1/sites/demo"
        _, guest = await call("POST", f"{site}/guests", {"name": _NAME})
        await call("POST", f"{site}/guests", {"name": f"{_NAME}\u202e"})
        _, ticket = await call(
            "POST",
            f"{site}/tickets",
            {"category": "other", "message": _TICKET, "email": _MAIL},
            **{"Idempotency-Key": _KEY},
        )
        call.token = guest["access_token"]
        post = f"{site}/articles/a/comments"
        for text in (
            _BODY,
            "hang-the-classifier walnut-3",
            "raise-in-the-classifier walnut-4",
            "kill-the-classifier walnut-5",
        ):
            assert (await call("POST", post, {"body": text}))[0] == 201
        # A person would have to judge it first: nothing here is up to be reported, and what was written goes nowhere.
        await call("POST", f"{site}/comments/1/reports", {"reason": "spam", "detail": "Look: walnut-7"})
        await call("POST", f"{site}/comments/1/reports", {"reason": "walnut-8", "detail": "walnut-9"})
        await call("POST", f"{site}/comments/1/appeal", {"body": "walnut-10"})
        await call("PATCH", f"{site}/comments/1", {"body": _BODY, "unknown": _BODY}, **{"If-Match": '"1"'})
        await call("GET", f"/nothing/walnut-6?secret={call.token}")

        async def settled() -> bool:
            return await onlooker.fetchval("SELECT count(*) = 0 FROM queue WHERE lane = 'score'")

        await until(settled, what="all judged or put before people")
        # An error that nobody foresaw, whose message quotes the row.
        await onlooker.execute(
            "ALTER TABLE comments ADD CONSTRAINT unforeseen CHECK (body NOT LIKE 'unforeseen%') NOT VALID"
        )
        assert (await call("POST", post, {"body": "unforeseen zebra-crossing-7"}))[0] == 500
    part.terminate()
    assert await part.ended() == 0

    logged = part.log.read_text()

    assert "CheckViolationError unforeseen" in logged, "the log says what happened"
    assert "text_breaks_classifier" in logged
    secrets = [_NAME, "zebra-crossing-7", "walnut-", "walrus-tusk-9", _MAIL, _PASSWORD, _KEY, _NETWORK]
    secrets += [guest["access_token"], guest["refresh_token"], ticket["url"].partition("#")[2]]
    assert [secret for secret in secrets if secret in logged] == []
