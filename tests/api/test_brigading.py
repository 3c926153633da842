"""Five hundred sock accounts against one comment: nothing is hidden without a person, and numbers alone carry little weight."""

import asyncio
import itertools
from collections import Counter
from typing import Any

import pytest

from service.keys import SIGNER
from service.limits import RULES
from service.settings import Settings
from tests.api.newsroom import Newsroom
from tests.conftest import Answer, Api

SOCKS = 500
_AT_ONCE = 16
_ADDRESSES = itertools.count(1)


@pytest.fixture
def settings(tmp_path: Any) -> Settings:
    """With rate limits, and a proxy that says where the socks come from."""
    return Settings(data_dir=tmp_path, pool_size=4, trusted_proxies="127.0.0.0/8")


async def make_socks(room: Newsroom, api: Api, count: int, *, networks: int) -> list[dict[str, str]]:
    """Fresh accounts, by the headers of their calls, from so many networks."""
    rows = await room.pool.fetch(
        """INSERT INTO readers (site_id, name, name_skeleton)
           SELECT $1, 'Sock ' || n, 'sock ' || n FROM generate_series(1, $2) n RETURNING id""",
        room.site_id,
        count,
    )
    signer = room.app[SIGNER]
    homes = [
        f"198.{18 + number // 250}.{number % 250}.1" for number in itertools.islice(_ADDRESSES, networks)
    ]
    return [
        {
            "Authorization": f"Bearer {signer.sign(room.site_id, row['id'])}",
            "X-Forwarded-For": homes[number % networks],
        }
        for number, row in enumerate(rows)
    ]


async def each(api: Api, socks: list[dict[str, str]], method: str, path: str, body: Any) -> list[Answer]:
    """The same call by every account, a few at a time."""
    places = asyncio.Semaphore(_AT_ONCE)

    async def one(headers: dict[str, str]) -> Answer:
        async with places:
            return await api.call(method, path, json=body, headers=headers)

    return list(await asyncio.gather(*(one(headers) for headers in socks)))


async def test_socks_from_everywhere_hide_nothing(api: Api, room: Newsroom) -> None:
    comment = await room.published()
    socks = await make_socks(room, api, SOCKS, networks=SOCKS)
    decisions = await room.pool.fetchval("SELECT count(*) FROM decisions")

    # Some try twice.
    insistent = socks + socks[:50]
    votes = await each(api, insistent, "PUT", f"/comments/{comment}/vote", {"value": -1})
    reports = await each(
        api, insistent, "POST", f"/comments/{comment}/reports", {"reason": "spam", "detail": "Hide it!"}
    )

    assert {answer.status for answer in votes} == {200}
    assert {answer.status for answer in reports} == {201}
    assert await room.pool.fetchrow("SELECT up, down, status FROM comments WHERE id = $1", comment) == (
        0,
        SOCKS,
        "published",
    )
    assert await room.pool.fetchval("SELECT count(*) FROM reports") == SOCKS
    assert await room.pool.fetchval("SELECT count(*) FROM decisions") == decisions
    page = await api.call("GET", "/articles/a1/comments")
    assert [shown["id"] for shown in page.body["comments"]] == [str(comment)]
    [item] = await room.pool.fetch("SELECT comment_id, reasons, reporters FROM queue WHERE lane = 'review'")
    assert (item["comment_id"], item["reasons"]) == (comment, [{"code": "reported"}])
    # A bound, so that what really hurts is still looked at first.
    assert item["reporters"] == 10


async def test_socks_who_were_wrong_weigh_less_than_strangers(api: Api, room: Newsroom) -> None:
    console = await room.console("anna")
    socks = await make_socks(room, api, 5, networks=5)
    strangers = await make_socks(room, api, 5, networks=5)
    report = {"reason": "spam"}
    for _ in range(3):
        target = await room.published()
        await each(api, socks, "POST", f"/comments/{target}/reports", report)
        keep = {"action": "publish", "revision": 1, "status": "published"}
        status, _ = await console.call("POST", f"/sites/demo/comments/{target}/decisions", keep)
        assert status == 201

    by_socks, by_strangers = await room.published(), await room.published()
    await each(api, socks, "POST", f"/comments/{by_socks}/reports", report)
    await each(api, strangers, "POST", f"/comments/{by_strangers}/reports", report)

    order = await room.pool.fetch(
        "SELECT comment_id, reporters FROM queue WHERE lane = 'review' ORDER BY urgency DESC"
    )
    assert [row["comment_id"] for row in order] == [by_strangers, by_socks]
    assert order[0]["reporters"] > 1.5 * order[1]["reporters"]


@pytest.mark.parametrize(
    ("method", "path", "body", "rule"),
    [("PUT", "vote", {"value": -1}, "vote"), ("POST", "reports", {"reason": "spam"}, "report")],
)
async def test_one_network_gets_no_further_than_its_limit(
    api: Api, room: Newsroom, method: str, path: str, body: Any, rule: str
) -> None:
    comment = await room.published()
    socks = await make_socks(room, api, SOCKS, networks=1)
    # The bucket fills again while they call: what it held counts, and what came since by the database's clock.
    began = await room.pool.fetchval("SELECT clock_timestamp()")

    answers = Counter(
        answer.status for answer in await each(api, socks, method, f"/comments/{comment}/{path}", body)
    )

    took = (await room.pool.fetchval("SELECT clock_timestamp()") - began).total_seconds()
    allowed = RULES[rule].shared * (RULES[rule].burst + RULES[rule].per_minute * took / 60)
    assert set(answers) == {201 if method == "POST" else 200, 429}
    assert RULES[rule].shared * RULES[rule].burst <= SOCKS - answers[429] <= allowed
