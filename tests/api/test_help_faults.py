"""What readers are told is the site's fault, the site's developer is told too: counted, with an example, and what mends it."""

from typing import Any

from moderation.database import Pool
from service.housekeeping import sweep
from service.store import faults
from tests.api.newsroom import Newsroom
from tests.conftest import Api


async def told(room: Newsroom, name: str = "anna") -> list[dict[str, Any]]:
    console = await room.console(name, "auditor")
    status, answer = await console.call("GET", "/sites/demo/faults")
    assert status == 200
    return answer["items"]


async def test_pages_that_are_not_listed_are_counted_by_origin(api: Api, room: Newsroom) -> None:
    for origin in (
        "https://copy.example",
        "https://copy.example",
        "https://other.example",
        "https://news.example",
    ):
        await api.call("POST", "/diagnosis", json={}, headers={"Origin": origin})
    items = await told(room)
    assert [(item["cause"], item["detail"], item["seen"]) for item in items] == [
        ("origin", "https://other.example", 1),
        ("origin", "https://copy.example", 2),
    ]
    assert "parley site set demo --origin" in items[0]["fix"]
    assert items[0]["example"] == {"origin": "https://other.example"}


async def test_tokens_that_are_no_good_are_counted_and_not_kept(api: Api, room: Newsroom, pool: Pool) -> None:
    await api.call("POST", "/diagnosis", json={}, headers={"Authorization": "Bearer a.forged.token"})
    [item] = await told(room)
    assert (item["cause"], item["detail"]) == ("token_wrong", "token_refused")
    assert "forged" not in await pool.fetchval("SELECT string_agg(f::text, '') FROM site_faults f")


async def test_a_policy_that_keeps_us_out_is_heard_of_by_the_ticket(api: Api, room: Newsroom) -> None:
    ticket = {
        "category": "display",
        "message": "Nothing there.",
        "diagnostics": {"causes": ["csp"], "page": "https://news.example/river?token=secret"},
    }
    for key in ("0123456789abcdef", "0123456789abcdef", "another-key-0001"):
        await api.call("POST", "/tickets", json=ticket, headers={"Idempotency-Key": key})
    [item] = await told(room)
    assert (item["cause"], item["detail"], item["seen"]) == ("csp", "https://news.example", 2)
    assert item["example"] == {"page": "https://news.example/river"}
    assert "script-src http" in item["fix"]


async def test_what_is_the_readers_own_trouble_is_no_fault_of_the_site(
    api: Api, pool: Pool, room: Newsroom
) -> None:
    guest = await api.guest()
    await pool.execute("UPDATE readers SET sanction = 'suspended'")
    await guest.call("POST", "/diagnosis", json={"article": "story"})
    assert await told(room) == []


async def test_strangers_cannot_fill_the_table(pool: Pool, site: int) -> None:
    async with pool.acquire() as conn:
        for n in range(210):
            await faults.note(conn, site, "origin", f"https://{n}.example", {})
        await faults.note(conn, site, "origin", "https://7.example", {})
    assert await pool.fetchval("SELECT count(*) FROM site_faults") == 200
    assert await pool.fetchval("SELECT seen FROM site_faults WHERE detail = 'https://7.example'") == 2


async def test_what_was_mended_is_forgotten(pool: Pool, site: int) -> None:
    async with pool.acquire() as conn:
        await faults.note(conn, site, "origin", "https://copy.example", {})
        await conn.execute("UPDATE site_faults SET last_seen_at = now() - interval '91 days'")
        async with conn.transaction():
            await sweep(conn)
    assert await pool.fetchval("SELECT count(*) FROM site_faults") == 0
