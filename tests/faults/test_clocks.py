"""Fault 12: a machine whose clock is an hour off. Leases, order, tokens and windows follow the database's clock."""

from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from tests.conftest import CUED
from tests.faults.checker import violations
from tests.faults.conftest import Start
from tests.faults.history import History, Outcome
from tests.faults.locks import locked, until_waiting
from tests.faults.writers import Writer
from tests.processes import ROOT, Part, free_port, until, until_ready

SKEW = Path(__file__).parent / "skew"
HOUR_S = 3600
AHEAD_AND_BEHIND = pytest.mark.parametrize("skew_s", [HOUR_S, -HOUR_S], ids=["ahead", "behind"])


def wrong(start: Start, command: str, skew_s: int, **settings: Any) -> Part:
    """A part whose wall clock is off."""
    return start(command, pythonpath=f"{SKEW}:{ROOT}", test_skew_s=skew_s, **settings)


async def clock_of(url: str) -> datetime:
    """What time the machine behind `url` believes it is."""
    async with aiohttp.ClientSession() as http, http.get(f"{url}/livez") as answer:
        return parsedate_to_datetime(answer.headers["Date"])


@AHEAD_AND_BEHIND
async def test_readers_of_a_machine_that_is_wrong_go_on_on_one_that_is_right(
    start: Start, database: str, onlooker: Any, skew_s: int
) -> None:
    """One account, two machines: each takes the other's tokens, comments are in order, and the author may edit."""
    ports = free_port(), free_port()
    urls = [f"http://127.0.0.1:{port}" for port in ports]
    await until_ready(wrong(start, "serve", skew_s, database_url=database, port=ports[0]), urls[0])
    error = await clock_of(urls[0]) - datetime.now(UTC)
    assert abs(error - timedelta(seconds=skew_s)) < timedelta(minutes=5), "the test's own clockwork"
    await until_ready(start("serve", database_url=database, port=ports[1]), urls[1])

    async with aiohttp.ClientSession() as http:
        tokens = []
        for url, name in zip(urls, ("Ann", "Ben"), strict=True):
            async with http.post(f"{url}/api/v1/sites/demo/guests", json={"name": name}) as answer:
                assert answer.status == 201, await answer.text()
                tokens.append((await answer.json())["access_token"])
        posted = []
        for number, (url, token) in enumerate((url, token) for url in urls * 2 for token in tokens):
            headers = {"Authorization": f"Bearer {token}"}
            comments = f"{url}/api/v1/sites/demo/articles/story/comments"
            async with http.post(comments, json={"body": f"Number {number}"}, headers=headers) as answer:
                assert answer.status == 201, await answer.text()
                posted.append((await answer.json(), headers, url))
        for comment, headers, url in posted:
            edited = f"{url}/api/v1/sites/demo/comments/{comment['id']}"
            match = {"If-Match": f'"{comment["revision"]}"'}
            async with http.patch(edited, json={"body": "Better"}, headers=headers | match) as answer:
                assert answer.status == 200, await answer.text()

    by_id = [row["created_at"] for row in await onlooker.fetch("SELECT created_at FROM comments ORDER BY id")]
    assert by_id == sorted(by_id)
    now = await onlooker.fetchval("SELECT now()")
    assert all(timedelta(0) <= now - created < timedelta(minutes=5) for created in by_id)


@AHEAD_AND_BEHIND
async def test_a_worker_that_is_wrong_neither_steals_nor_loses(
    start: Start, database: str, onlooker: Any, port: int, url: str, skew_s: int
) -> None:
    history = History()
    await until_ready(start("serve", database_url=database, port=port), url)
    async with Writer(url, history) as writer:
        await writer.post("The first makes the article.")
        # The right worker has claimed and cannot decide: its lease holds, whatever the other one's clock says.
        async with locked(database, "SELECT FROM articles FOR NO KEY UPDATE"):
            right = start("moderate", database_url=database, classifier=CUED, score_lease_s=600)
            await until_waiting(onlooker, "parley-moderate")
            claimed = await onlooker.fetchrow("SELECT id, claimed_by, attempts, ready_at FROM queue")
            assert str(right.pid) in claimed["claimed_by"]
            off = wrong(start, "moderate", skew_s, database_url=database, score_lease_s=600)

            async def reported() -> bool:
                return await onlooker.fetchval("SELECT count(*) = 2 FROM workers WHERE state = 'ready'")

            await until(reported, what="both workers at work")
            assert await onlooker.fetchrow("SELECT id, claimed_by, attempts, ready_at FROM queue") == claimed
            right.kill()
            # Posted to nobody but the wrong one, which waits for the same lock.
            await writer.post("The second is its own.")
            lease = "SELECT ready_at - now() AS lease FROM queue WHERE claimed_by LIKE $1"

            async def taken() -> bool:
                return await onlooker.fetchrow(lease, f"%:{off.pid}") is not None

            # The connection of the one that was killed may still wait, too.
            await until(taken, what="the second claimed")
            own = await onlooker.fetchrow(lease, f"%:{off.pid}")
        assert timedelta(minutes=9) < own["lease"] <= timedelta(minutes=10)

        async def second_decided() -> bool:
            return await onlooker.fetchval("SELECT count(*) = 1 FROM decisions")

        await until(second_decided, what="the second decided")

    assert await onlooker.fetchval("SELECT claimed_by FROM queue") == claimed["claimed_by"]
    assert [write.outcome for write in history.writes] == [Outcome.OK] * 2
    assert await violations(onlooker, history) == []
