"""Reading a page: from the cache against a static server, past the cache against the bare statements."""

import http.client
import random
from collections.abc import Sequence

from moderation.database import Connection, Pool
from service import cursors
from service.rendering import render
from service.store import threads
from service.store.threads import Sort
from tests.benchmarks.bare import bare_rate
from tests.benchmarks.client import Driven, drive
from tests.benchmarks.static import static_server
from tests.benchmarks.surroundings import Surroundings
from tests.benchmarks.table import Row
from tests.benchmarks.texts import texts

_ROOTS = 20_000
_PAGE = 50
_ROUNDS = 3
_SECONDS = 2.5
_CONNECTIONS = 64
_PATH = f"/api/v1/sites/demo/articles/story/comments?limit={_PAGE}"
# As browsers ask: the page goes over the wire compressed.
_HEADERS = {"Accept": "application/json", "Accept-Encoding": "gzip, deflate, br, zstd"}
_SITE = _ARTICLE = 1

_SEED = """
    INSERT INTO articles (site_id, key, title) VALUES (1, 'story', 'A story');
    INSERT INTO readers (site_id, name, name_skeleton)
    SELECT 1, 'Reader ' || n, 'reader ' || n FROM generate_series(1, 1000) n"""
# A root for each text; below every third of them a reply.
_ROOT_ROWS = """
    INSERT INTO comments (site_id, article_id, reader_id, body, html, status, published_at, reply_count)
    SELECT 1, 1, 1 + n % 1000, body, html, 'published', now(), CASE WHEN n % 3 = 0 THEN 1 ELSE 0 END
    FROM unnest($1::text[], $2::text[]) WITH ORDINALITY AS t(body, html, n) ORDER BY n"""
_REPLY_ROWS = """
    INSERT INTO comments (site_id, article_id, reader_id, parent_id, root_id, ancestors, body, html, status, published_at)
    SELECT 1, 1, 1 + id % 1000, id, id, ARRAY[id], body, html, 'published', now()
    FROM comments WHERE reply_count > 0 ORDER BY id"""


async def reading(surroundings: Surroundings) -> list[Row]:
    """Pages of 50 roots of one article with 20,000 of them."""
    async with surroundings.database("reading") as (dsn, pool):
        await _seed(pool)
        async with surroundings.service(dsn) as port:
            answer = _answer(port)
            rounds = [await _round(surroundings, dsn, port, answer, places) for places in _places()]
    cached, static, uncached, bare = zip(*rounds, strict=True)
    size = f"{len(answer) / 1024:.0f} KiB"
    return [
        Row(
            "page, cached",
            _rates(cached),
            f"static server, same {size}",
            _rates(static),
            note=_note(*cached, *static),
        ),
        Row("page, not cached", _rates(uncached), "its two statements, bare", bare, note=_note(*uncached)),
    ]


async def _round(
    surroundings: Surroundings, dsn: str, port: int, answer: bytes, places: Sequence[int]
) -> tuple[Driven, Driven, Driven, float]:
    """Each figure beside its reference, on a share of the places where pages begin."""
    cached = await surroundings.apart(_drive, port, [_PATH])
    with static_server(answer) as static_port:
        static = await surroundings.apart(_drive, static_port, [_PATH])
    uncached = await surroundings.apart(
        _drive, port, [f"{_PATH}&cursor={cursors.encode(place)}" for place in places]
    )
    bare = await surroundings.apart(bare_rate, dsn, _page, places, _CONNECTIONS, _SECONDS)
    return cached, static, uncached, bare


async def _seed(pool: Pool) -> None:
    some = texts(2000)
    bodies = [some[n % len(some)] for n in range(_ROOTS)]
    rendered = {body: render(body) for body in some}
    await pool.execute(_SEED)
    await pool.execute(_ROOT_ROWS, bodies, [rendered[body] for body in bodies])
    await pool.execute(_REPLY_ROWS)
    await pool.execute("VACUUM ANALYZE")


def _places() -> list[list[int]]:
    """Where pages begin, for each round: another place for each request, so that none is found in the cache."""
    places = list(range(_PAGE + 1, _ROOTS))
    random.Random(1).shuffle(places)
    return [places[number::_ROUNDS] for number in range(_ROUNDS)]


def _request(path: str) -> bytes:
    head = "".join(f"{name}: {value}\r\n" for name, value in _HEADERS.items())
    return f"GET {path} HTTP/1.1\r\nHost: localhost\r\n{head}\r\n".encode()


def _drive(port: int, paths: Sequence[str]) -> Driven:
    return drive(port, [_request(path) for path in paths], connections=_CONNECTIONS, seconds=_SECONDS)


def _answer(port: int) -> bytes:
    """The service's answer as it stands on the wire, for the static server to repeat."""
    connection = http.client.HTTPConnection("127.0.0.1", port)
    connection.request("GET", _PATH, headers=_HEADERS)
    response = connection.getresponse()
    body = response.read()
    connection.close()
    head = "".join(f"{name}: {value}\r\n" for name, value in response.getheaders())
    return f"HTTP/1.1 {response.status} {response.reason}\r\n{head}\r\n".encode() + body


def _rates(driven: Sequence[Driven]) -> list[float]:
    return [one.rate for one in driven]


def _note(*driven: Driven) -> str:
    """What would spoil a figure: other answers than 200, a client that was the bottleneck."""
    others = sum(one.others for one in driven)
    busiest = max(one.busy for one in driven)
    words = [f"{others} answers were no 200"] if others else []
    words += [f"the client was {busiest:.0%} busy, so the figure is a lower bound"] if busiest > 0.95 else []
    return "; ".join(words)


async def _page(conn: Connection, place: int) -> object:
    """What the service asks the database for a page."""
    await threads.find_article(conn, _SITE, "story")
    return await threads.roots(conn, _SITE, _ARTICLE, Sort.NEWEST, limit=_PAGE + 1, after=(place, place))
