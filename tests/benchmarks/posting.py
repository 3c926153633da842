"""Posting a comment, against the bare insert of a row like it."""

import asyncio
import http.client
from collections.abc import Sequence

import orjson

from moderation.database import Connection
from tests.benchmarks.bare import bare_rate
from tests.benchmarks.client import drive
from tests.benchmarks.surroundings import Surroundings
from tests.benchmarks.table import Row
from tests.benchmarks.texts import texts

_WRITERS = 64
_SECONDS = 8.0
# More than can be posted in that time.
_POSTS = 60_000
_PATH = "/api/v1/sites/demo/articles/story/comments"
_INSERT = """
    INSERT INTO comments (site_id, article_id, reader_id, body, html, idempotency_key)
    VALUES (1, 1, $1, $2, $3, $4)"""

Item = tuple[int, str, str, str]


async def posting(surroundings: Surroundings) -> list[Row]:
    """64 writers, each with a token of its own; 201 means stored, queued, and durable."""
    some = texts(2000)
    bodies = [some[n % len(some)] for n in range(_POSTS)]
    async with surroundings.database("posting") as (dsn, pool):
        async with surroundings.service(dsn) as port:
            tokens = await asyncio.to_thread(_guests, port)
            requests = [_request(body, tokens[n % _WRITERS], n) for n, body in enumerate(bodies)]
            posted = await surroundings.apart(
                drive, port, requests, connections=_WRITERS, seconds=_SECONDS, status=201, once=True
            )
        stored = await pool.fetchval("SELECT count(*) FROM comments")
        items: Sequence[Item] = [
            (1 + n % _WRITERS, body, f"<p>{body}</p>", f"bare-{n}") for n, body in enumerate(bodies)
        ]
        bare = await surroundings.apart(bare_rate, dsn, _insert, items, _WRITERS, _SECONDS)
    notes = [f"p50 {posted.latency(0.5) * 1000:.1f} ms, p99 {posted.latency(0.99) * 1000:.1f} ms"]
    if posted.others:
        notes.append(f"{posted.others} answers were no 201")
    if stored < posted.answers:
        notes.append(f"only {stored} of {posted.answers} were stored")
    return [Row("post, 64 writers", posted.rate, "bare insert of the row", bare, note=", ".join(notes))]


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
