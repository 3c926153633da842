"""What readers may ask of us about themselves: all of it, and that it go."""

import csv
import io
import re

import aiohttp
import pytest
from yarl import URL

from moderation.database import Pool
from moderation.worker import Worker
from tests.conftest import Api


async def test_everything_is_given_as_json_and_as_a_table(api: Api, worker: Worker) -> None:
    ann, bo = await api.guest("Ann"), await api.guest("Bo")
    mine = (await ann.post("=1+1 is mine")).body["id"]
    theirs = (await bo.post("Theirs")).body["id"]
    await worker.run_once()
    await ann.call("PUT", f"/comments/{theirs}/vote", json={"value": 1})
    await ann.call("POST", f"/comments/{theirs}/reports", json={"reason": "spam", "detail": "Looks so"})

    data = await ann.call("GET", "/me/data")
    assert data.body["reader"]["name"] == "Ann"
    assert [one["body"] for one in data.body["comments"]] == ["=1+1 is mine"]
    assert [one["comment_id"] for one in data.body["votes"]] == [theirs]
    assert data.body["reports"][0]["detail"] == "Looks so"
    assert [one["to_status"] for one in data.body["decisions"]] == ["published"]
    assert "attachment" in data.headers["Content-Disposition"]
    assert "Theirs" not in str(data.body)

    table = await ann.call("GET", "/me/data?format=csv")
    rows = list(csv.DictReader(io.StringIO(table.body)))
    assert [(row["id"], row["body"]) for row in rows if row["kind"] == "comments"] == [
        (mine, "'=1+1 is mine")
    ]


async def test_an_erased_account_leaves_decisions_and_empty_places_alone(
    api: Api, pool: Pool, worker: Worker
) -> None:
    ann, bo = await api.guest("Ann Unmistakable"), await api.guest("Bo")
    root = (await ann.post("A secret of hers")).body["id"]
    await ann.post("You idiot, held")
    await worker.run_once()
    await bo.post("A reply", parent_id=root)
    await worker.run_once()
    before = await pool.fetchval("SELECT count(*) FROM decisions")

    assert (await ann.call("DELETE", "/me")).status == 204

    assert (await ann.call("GET", "/me/comments")).body.get("items", []) == []
    assert (await api.call("POST", "/tokens", json={"refresh_token": ann.refresh_token})).status == 401
    assert [row["status"] for row in await pool.fetch("SELECT status FROM comments ORDER BY id")] == [
        "erased",
        "erased",
        "published",
    ]
    place = (await api.call("GET", "/articles/story/comments")).body["comments"][0]
    assert (place["status"], place["author"], place["html"], place["reply_count"]) == (
        "deleted",
        None,
        None,
        1,
    )
    assert await pool.fetchval("SELECT count(*) FROM decisions") == before + 2
    # Nothing anywhere says who it was, or what was written.
    tables = await pool.fetch(
        "SELECT table_name FROM information_schema.tables WHERE table_schema = 'public'"
    )
    for table in tables:
        found = await pool.fetchval(
            f"SELECT count(*) FROM {table['table_name']} t WHERE t::text ~ 'Unmistakable|secret of hers|idiot'"
        )
        assert found == 0, table["table_name"]


@pytest.mark.parametrize("changed", ["leave", "erase"])
async def test_the_accounts_page_is_opened_by_a_link_that_works_once(
    api: Api, pool: Pool, changed: str
) -> None:
    ann = await api.guest("Ann")
    await ann.post("Mine")
    url = URL((await ann.call("POST", "/me/account-links")).body["url"]).path
    base = str(api.client.make_url("")).rstrip("/")
    async with aiohttp.ClientSession(base, cookie_jar=aiohttp.CookieJar(unsafe=True)) as browser:
        for _ in range(2):
            async with browser.get(url) as page:
                assert "Open my account" in await page.text()
        async with browser.post(url, headers={"Origin": "https://news.example"}) as page:
            assert page.status == 403
        async with browser.post(url, headers={"Origin": base}) as page:
            assert re.search(r"Your account: <bdi>Ann</bdi>", await page.text())
        async with browser.post(url, headers={"Origin": base}) as page:
            assert page.status == 410
        async with browser.get("/account/demo/data.csv") as page:
            assert "Mine" in await page.text()
        for origin in ("null", "https://news.example", None):
            headers = {"Origin": origin} if origin else {}
            async with browser.post(f"/account/demo/{changed}", headers=headers) as page:
                assert page.status == 403
        if changed == "erase":
            async with browser.post("/account/demo/erase", headers={"Origin": base}, data={"x": "y"}) as page:
                assert page.status == 422
        assert await pool.fetchval("SELECT count(*) FROM sessions") == 1
        async with browser.post(
            f"/account/demo/{changed}", headers={"Origin": base}, data={"sure": "yes"}
        ) as page:
            assert page.status == 200
        async with browser.get("/account/demo") as page:
            assert page.status == 401
    assert await pool.fetchval("SELECT count(*) FROM sessions") == 0
    assert (await pool.fetchval("SELECT status FROM comments") == "erased") == (changed == "erase")
