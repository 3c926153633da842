"""Posting a comment, against the bare insert of a row like it."""

import asyncio
import http.client
from collections.abc import Sequence
from statistics import median

import orjson

from moderation.database import Connection
from tests.benchmarks.bare import bare_rate
from tests.benchmarks.client import Driven, drive
from tests.benchmarks.surroundings import Surroundings
from tests.benchmarks.table import Row
from tests.benchmarks.texts import texts

_WRITERS = 64
_ROUNDS = 3
_SECONDS = 4.0
# A round's: more than can be posted in its time.
_POSTS = 40_000
_PATH = "/api/v1/sites/demo/articles/story/comments"
_INSERT = """
    INSERT INTO comments (site_id, article_id, reader_id, body, html, idempotency_key)
    VALUES (1, 1, $1, $2, $3, $4)"""

Item = tuple[int, str, str, str]


async def posting(surroundings: Surroundings) -> list[Row]:
    """64 writers, each with a token of its own; 201 means stored, queued, and durable."""
    bare, posted = [], []
    async with surroundings.database("posting") as (dsn, pool):
        async with surroundings.service(dsn) as port:
            tokens = await asyncio.to_thread(_guests, port)
            for number in range(_ROUNDS):
                posted.append(await surroundings.apart(_post, port, number, tokens))
                bare.append(
                    await surroundings.apart(bare_rate, dsn, _insert, _items(number), _WRITERS, _SECONDS)
                )
        stored = await pool.fetchval("SELECT count(*) FROM revisions")
    return [
        Row(
            "post, 64 writers",
            [one.rate for one in posted],
            "bare insert of the row",
            bare,
            note=_note(posted, stored),
        )
    ]


def _texts(number: int) -> list[tuple[int, str]]:
    """The texts of a round, numbered over all rounds."""
    some = texts(2000)
    return [(n, some[n % len(some)]) for n in range(number * _POSTS, (number + 1) * _POSTS)]


def _post(port: int, number: int, tokens: Sequence[str]) -> Driven:
    requests = [_request(body, tokens[n % _WRITERS], n) for n, body in _texts(number)]
    return drive(port, requests, connections=_WRITERS, seconds=_SECONDS, status=201, once=True)


def _items(number: int) -> list[Item]:
    return [(1 + n % _WRITERS, body, f"<p>{body}</p>", f"bare-{n}") for n, body in _texts(number)]


def _note(posted: Sequence[Driven], stored: int) -> str:
    p50, p99 = (median(one.latency(share) for one in posted) * 1000 for share in (0.5, 0.99))
    notes = [f"p50 {p50:.1f} ms, p99 {p99:.1f} ms"]
    answers, others = sum(one.answers for one in posted), sum(one.others for one in posted)
    if others:
        notes.append(f"{others} answers were no 201")
    if stored < answers:
        notes.append(f"only {stored} of {answers} were stored")
    return ", ".join(notes)


def _guests(port: int) -> list[str]:
    connection = http.client.HTTPConnection("127.0.0.1", port)
    tokens = []
    for number in range(_WRITERS):
        body = orjson.dumps({"name": f"Writer {number}"})
        connection.request("POST", "/api/v1/sites/demo/guests", body, {"Content-Type": "application/json"})
        tokens.append(orjson.loads(connection.getresponse().read())["access_token"])
    connection.close()
    return tokens


def _request(body: str, token: str, number: int) -> bytes:
    content = orjson.dumps({"body": body})
    head = (
        f"POST {_PATH} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {token}\r\n"
        f"Idempotency-Key: benchmark-{number}\r\nContent-Type: application/json\r\nContent-Length: {len(content)}\r\n\r\n"
    )
    return head.encode() + content


async def _insert(conn: Connection, item: Item) -> object:
    return await conn.execute(_INSERT, *item)
