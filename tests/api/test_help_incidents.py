"""Incidents: opened by a crowd, never by chance or by one client; ended with an answer to everybody linked, once."""

import asyncio
import math
import random
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from moderation.database import Pool
from service.help import mail
from service.help.fingerprints import SHARED, mark
from service.help.watch import look
from service.settings import Settings
from service.store import incidents
from service.store.incidents import is_far_above
from service.store.ticket_states import Actor, State, may_move
from tests.api.newsroom import Newsroom
from tests.conftest import Api

FAILURE = {"causes": ["csp"], "error": {"code": "network"}, "build": "b1", "phase": "ready"}
BROWSERS = [
    f"Mozilla/5.0 (X11; Linux) AppleWebKit/537.36 Chrome/{major}.0.0.0 Safari/537.36"
    for major in range(120, 140)
] + [f"Mozilla/5.0 (X11; rv:{major}.0) Gecko/20100101 Firefox/{major}.0" for major in range(120, 140)]


async def tell(api: Api, client: str, message: str = "Nothing works.", **change: Any) -> str:
    """A ticket from a browser of its own; gives its reference."""
    diagnostics = {**FAILURE, "browser": client, **change.pop("diagnostics", {})}
    body = {"category": "cannot_post", "message": message, "diagnostics": diagnostics, **change}
    answer = await api.call("POST", "/tickets", json=body, headers={"User-Agent": client})
    assert answer.status == 201, answer.body
    return answer.body["reference"]


async def watch(api: Api, site: int) -> None:
    await look(api.client.server.app, site)


async def test_a_spike_among_noise_is_one_incident_and_everybody_is_linked(
    api: Api, pool: Pool, site: int, room: Newsroom
) -> None:
    noise = [("rejected", ""), ("held", ""), ("blocked", "network"), ("unknown", ""), ("storage", "")]
    for n, (cause, code) in enumerate(noise * 2):
        error = {"code": code} if code else None
        await tell(api, f"noise {n}", diagnostics={"causes": [cause], "error": error})
    for n, browser in enumerate(BROWSERS):
        await tell(api, browser, f"Message {n}.")
        await watch(api, site)
        # Five clients make it, and no fewer.
        assert await pool.fetchval("SELECT count(*) FROM incidents") == (n >= 4)
    console = await room.console("anna")
    _, listed = await console.call("GET", "/sites/demo/incidents")
    [incident] = listed["items"]
    assert (incident["cause"], incident["code"]) == ("csp", "network")
    assert (incident["tickets"], incident["waiting"]) == (40, 40)
    assert incident["common"] == {"build": "b1", "browser": None, "route": "ready"}
    states = await pool.fetch("SELECT cause, array_agg(DISTINCT state) AS states FROM tickets GROUP BY cause")
    assert {
        row["cause"]: row["states"] for row in states if row["cause"] in ("csp", "blocked", "unknown")
    } == {
        "csp": ["linked"],
        "blocked": ["diagnosed"],
        "unknown": ["received"],
    }


async def test_it_opens_by_itself_soon_after_the_fifth(api: Api, pool: Pool) -> None:
    await asyncio.gather(*(tell(api, browser) for browser in BROWSERS[:6]))
    deadline = asyncio.get_running_loop().time() + 60
    while await pool.fetchval("SELECT count(*) FROM tickets WHERE state = 'linked'") != 6:
        assert asyncio.get_running_loop().time() < deadline
        await asyncio.sleep(0.1)
    config = await api.call("GET", "/config")
    assert config.body["trouble_since"] is not None
    assert "We know, and are working on it." in (await api.raw("GET", "/help/demo")).body


async def test_one_client_is_no_crowd(api: Api, pool: Pool, site: int) -> None:
    for n in range(12):
        await tell(api, BROWSERS[n % 4], f"Message {n}.")
    await watch(api, site)
    assert await pool.fetchval("SELECT count(*) FROM incidents") == 0


class TestOverTheLimit:
    @pytest.fixture
    def settings(self, settings: Settings) -> Settings:
        return settings.model_copy(update={"rate_limits": "on"})

    async def test_a_flood_from_one_network_is_no_crowd_of_many(self, api: Api, pool: Pool) -> None:
        for n in range(60):
            await tell(api, f"made up {n}", diagnostics={"causes": ["outage"]})
        counted = await pool.fetchval("SELECT count(*) FROM tickets WHERE NOT overflow")
        assert counted <= 51


async def test_a_crowd_is_measured_by_what_is_usual_at_that_hour(pool: Pool, site: int) -> None:
    now = datetime(2026, 11, 20, 18, 30, tzinfo=UTC)
    for day in range(1, 8):
        for n in range(30):
            await _insert(pool, site, now - timedelta(days=day, minutes=n - 15), f"usual {day} {n}")
    for n in range(7):
        await _insert(pool, site, now - timedelta(minutes=n), f"now {n}")
    async with pool.acquire() as conn:
        assert await incidents.watch(conn, site, SHARED, now) == []
        # The same seven at an hour when nobody complains are a crowd.
        quiet = now - timedelta(hours=12)
    for n in range(7):
        await _insert(pool, site, quiet - timedelta(minutes=n), f"night {n}")
    async with pool.acquire() as conn:
        assert len(await incidents.watch(conn, site, SHARED, quiet)) == 1


async def test_a_quiet_week_opens_none(pool: Pool, site: int) -> None:
    """Seven days of noise with a daily rhythm, six causes at once, looked at after every ticket."""
    chance = random.Random(20261124)
    start = datetime(2026, 11, 1, tzinfo=UTC)
    noise = [
        ("blocked", "network"),
        ("outage", "internal"),
        ("unknown", ""),
        ("stale", ""),
        ("name", "invalid"),
        ("crash", ""),
    ]
    arrivals = sorted(_arrivals(chance, start, noise))
    assert 1000 < len(arrivals) < 3000
    opened, crowded = [], 0
    async with pool.acquire() as conn:
        for n, (at, cause, code) in enumerate(arrivals):
            await _insert(pool, site, at, f"reader {n}", cause=cause, code=code)
            opened += await incidents.watch(conn, site, SHARED, at)
            lately = [
                c for then, c, _ in arrivals[max(0, n - 60) : n + 1] if at - then < timedelta(minutes=10)
            ]
            crowded += lately.count(cause) >= 5
    assert opened == []
    # Five in ten minutes alone would have called out the staff again and again.
    assert crowded > 20


def _arrivals(
    chance: random.Random, start: datetime, noise: list[tuple[str, str]]
) -> Iterator[tuple[datetime, str, str]]:
    for minute in range(7 * 24 * 60):
        rhythm = 1 + math.sin(2 * math.pi * (minute / 1440 - 0.3))
        for cause, code in noise:
            # In ten minutes 0.17 on average and 0.35 at the busiest hour; of what readers cannot name, 1 and 2.
            if chance.random() < (0.1 if cause == "unknown" else 0.017) * rhythm:
                yield start + timedelta(minutes=minute, seconds=chance.random() * 60), cause, code


async def _insert(
    pool: Pool, site: int, at: datetime, client: str, *, cause: str = "csp", code: str = "network"
) -> None:
    await pool.execute(
        """INSERT INTO tickets (site_id, reference, secret_hash, category, message, cause, fingerprint, client_hash,
                                idempotency_key, created_at)
           VALUES ($1, $2, '', 'other', 'A message.', $3, $3 || '|' || $4 || '|b1|Chrome 130|ready', $5, $2, $6)""",
        site,
        f"{client} {at}",
        cause,
        code,
        client,
        at,
    )


@pytest.mark.parametrize(
    ("clients", "usual", "far"),
    [(5, 0.02, True), (5, 0.5, False), (9, 0.5, True), (10, 3, False), (40, 3, True), (60, 40, False)],
)
def test_far_above_is_beyond_chance(clients: int, usual: float, far: bool) -> None:
    assert is_far_above(clients, usual) is far


class TestTheEnd:
    @pytest.fixture
    def settings(self, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Settings:
        monkeypatch.setattr(mail, "EVERY_S", 3600)
        return settings.model_copy(update={"smtp_url": "smtp://127.0.0.1:9"})

    async def test_everybody_linked_is_answered_once(
        self, api: Api, pool: Pool, site: int, room: Newsroom
    ) -> None:
        references = [await tell(api, browser, email="otto@example.org") for browser in BROWSERS[:5]]
        references.append(await tell(api, BROWSERS[5]))
        await watch(api, site)
        await pool.execute("DELETE FROM outbox")
        console, other = await room.console("anna"), await room.console("bert")
        mine = f"/sites/demo/tickets/{references[0]}"
        await console.call("POST", f"{mine}/messages", {"kind": "answer", "body": "Personally."})
        [incident] = (await console.call("GET", "/sites/demo/incidents"))[1]["items"]
        await pool.execute("DELETE FROM outbox")

        call = f"/sites/demo/incidents/{incident['id']}/resolution"
        answers = await asyncio.gather(
            *(
                who.call("POST", call, {"answer": "The policy is mended."})
                for who in (console, other, console)
            )
        )
        assert [status for status, _ in answers] == [200] * 3
        assert answers[0][1]["waiting"] == 0
        told = await pool.fetch(
            "SELECT ticket_id, count(*) FROM ticket_messages WHERE body LIKE 'The policy%' GROUP BY 1"
        )
        assert [row["count"] for row in told] == [1] * 5
        # One of the five had gave no address, one has been answered in person.
        assert await pool.fetchval("SELECT count(*) FROM outbox WHERE type = 'mail.answer'") == 4
        assert (await console.call("GET", mine))[1]["state"] == "waiting_reader"
        _, ticket = await console.call("GET", f"/sites/demo/tickets/{references[1]}")
        assert (ticket["state"], ticket["messages"][-1]["body"]) == ("resolved", "The policy is mended.")
        assert [(s["from_state"], s["to_state"], s["actor"]) for s in ticket["steps"]] == [
            ("received", "diagnosed", "system"),
            ("diagnosed", "linked", "system"),
            ("linked", "resolved", "staff"),
        ]
        for step in ticket["steps"]:
            assert may_move(State(step["from_state"]), State(step["to_state"]), Actor(step["actor"]))
        status, problem = await console.call("POST", call, {"answer": "Something else."})
        assert (status, problem["code"]) == (409, "stale")
        assert (await console.call("GET", "/sites/demo/incidents"))[1]["items"] == []
        assert len((await console.call("GET", "/sites/demo/incidents?state=all"))[1]["items"]) == 1
        await watch(api, site)
        assert await pool.fetchval("SELECT count(*) FROM incidents") == 1, "what is over is not opened again"
        assert (await api.call("GET", "/config")).body["trouble_since"] is None
        assert "We know, and are working on it." not in (await api.raw("GET", "/help/demo")).body

    async def test_what_was_none_goes_back_to_the_inbox(
        self, api: Api, pool: Pool, site: int, room: Newsroom
    ) -> None:
        for browser in BROWSERS[:5]:
            await tell(api, browser)
        await watch(api, site)
        console = await room.console("anna")
        [incident] = (await console.call("GET", "/sites/demo/incidents"))[1]["items"]
        call = f"/sites/demo/incidents/{incident['id']}/resolution"
        assert (await console.call("POST", call, {"answer": None}))[0] == 200
        assert {row["state"] for row in await pool.fetch("SELECT state FROM tickets")} == {"open"}
        assert await pool.fetchval("SELECT count(*) FROM ticket_messages") == 0
        await watch(api, site)
        assert await pool.fetchval("SELECT count(*) FROM incidents WHERE resolved_at IS NULL") == 0
        assert (await console.call("POST", "/sites/demo/incidents/999/resolution", {"answer": None}))[
            0
        ] == 404


async def test_a_webhook_is_told(api: Api, pool: Pool, site: int) -> None:
    await pool.execute(
        "INSERT INTO webhooks (site_id, url, secret) VALUES ($1, 'https://news.example/hook', 's')", site
    )
    for browser in BROWSERS[:5]:
        await tell(api, browser)
    await watch(api, site)
    assert await pool.fetchval("SELECT payload->>'cause' FROM outbox WHERE type = 'incident.opened'") == "csp"


async def test_another_sites_tickets_are_another_matter(
    api: Api, pool: Pool, site: int, other_site: int
) -> None:
    other = Api(api.client, "other")
    for n, browser in enumerate(BROWSERS[:8]):
        await tell(other if n % 2 else api, browser)
    await watch(api, site)
    await watch(api, other_site)
    assert await pool.fetchval("SELECT count(*) FROM incidents") == 0


def test_the_fingerprint_is_what_tickets_about_one_failure_share() -> None:
    marks = [mark({**FAILURE, "browser": browser}) for browser in BROWSERS]
    assert marks[0].fingerprint == "csp|network|b1|Chrome 120|ready"
    assert marks[-1].browser == "Firefox 139"
    assert mark({"error": {"code": "token_refused"}}).cause == "token_wrong"
    assert mark({"causes": ["made|up"], "error": {"code": "x|y"}}).fingerprint is None
    assert mark({}).fingerprint is None
    assert mark({"error": {"code": "network"}}).cause is None
    assert mark({"error": {"code": "csp"}, "scripts": False}).cause == "csp"
    edge = "Mozilla/5.0 Chrome/139.0.0.0 Safari/537.36 Edg/139.0.0.0"
    assert mark({"browser": edge}).browser == "Edg 139"
