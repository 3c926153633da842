"""The hot queries walk their indexes, on a table big enough for the planner to mean it."""

import asyncpg
import orjson
import pytest

from moderation.database import Connection, Pool
from moderation.queue import CLAIM_SCORES
from service.reader.config import USUAL_WAIT
from service.store.events import SINCE
from service.store.threads import REPLIES, Sort, roots_query

ROOTS = 20_000
FEW = 20


@pytest.fixture
async def crowded(pool: Pool, site: int) -> asyncpg.Record:
    """One article with many comments, next to others, and a long queue; gives its id."""
    return await fill(pool, site, ROOTS)


async def fill(pool: Pool, site: int, roots: int) -> asyncpg.Record:
    """So many root comments, every other one on one article, whose id is given with that of its first root."""
    async with pool.acquire() as conn:
        await conn.execute(
            "INSERT INTO articles (site_id, key) SELECT $1, 'a' || n FROM generate_series(1, 50) n", site
        )
        await conn.execute(
            "INSERT INTO readers (site_id, name, name_skeleton) VALUES ($1, 'Ann', 'ann')", site
        )
        await conn.execute(
            """INSERT INTO comments (site_id, article_id, reader_id, body, html, status, up)
               SELECT $1, a.id, w.id, 'x', 'x', 'published', n % 100
               FROM generate_series(1, $2) n, articles a, readers w
               WHERE a.id = (SELECT min(id) FROM articles) + CASE WHEN n % 2 = 0 THEN 0 ELSE n % 50 END""",
            site,
            roots,
        )
        await conn.execute(
            """INSERT INTO comments (site_id, article_id, reader_id, parent_id, root_id, ancestors, body, html, status)
               SELECT $1, c.article_id, c.reader_id, c.id, c.id, ARRAY[c.id], 'x', 'x', 'published'
               FROM comments c, generate_series(1, 3) WHERE c.id % 10 = 0""",
            site,
        )
        await conn.execute(
            "INSERT INTO revisions (site_id, comment_id, revision, body, html) SELECT site_id, id, 1, body, html FROM comments"
        )
        await conn.execute(
            "INSERT INTO queue (site_id, comment_id, lane) SELECT site_id, id, 'score' FROM comments WHERE parent_id IS NULL"
        )
        await conn.execute(
            """INSERT INTO events (site_id, article_id, seq, type, comment_id)
               SELECT site_id, article_id, row_number() OVER (PARTITION BY article_id ORDER BY id), 'published', id
               FROM comments"""
        )
        await conn.execute("UPDATE comments SET reply_count = 3 WHERE parent_id IS NULL AND id % 10 = 0")
        await conn.execute("ANALYZE")
        found = await conn.fetchrow(
            "SELECT article_id AS id, min(id) AS root FROM comments GROUP BY 1 ORDER BY count(*) DESC"
        )
    assert found is not None
    return found


async def plan(conn: Connection, query: str, *arguments: object) -> list[dict[str, object]]:
    """The nodes of a query's plan, run for real."""
    text = await conn.fetchval(f"EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) {query}", *arguments)
    nodes: list[dict[str, object]] = []
    waiting = [(orjson.loads(text) if isinstance(text, str) else text)[0]["Plan"]]
    while waiting:
        node = waiting.pop()
        nodes.append(node)
        waiting += node.get("Plans", [])
    return nodes


def indexes(nodes: list[dict[str, object]]) -> set[object]:
    return {node["Index Name"] for node in nodes if "Index Name" in node}


def assert_reads_little(nodes: list[dict[str, object]], pages: int) -> None:
    assert not [
        node["Relation Name"]
        for node in nodes
        if node["Node Type"] == "Seq Scan" and node["Relation Name"] == "comments"
    ]
    read = nodes[0]["Shared Hit Blocks"] + nodes[0]["Shared Read Blocks"]  # type: ignore[operator]
    assert read < pages, f"{read} pages"


@pytest.mark.parametrize(
    ("sort", "index"),
    [
        (Sort.NEWEST, "comments_roots_by_time"),
        (Sort.OLDEST, "comments_roots_by_time"),
        (Sort.TOP, "comments_roots_by_score"),
        (Sort.REPLIES, "comments_roots_by_replies"),
    ],
)
@pytest.mark.parametrize("after", [False, True])
async def test_a_page_of_roots_walks_one_index(
    pool: Pool, site: int, crowded: asyncpg.Record, sort: Sort, index: str, after: bool
) -> None:
    place = (
        (ROOTS // 2,) if sort in (Sort.NEWEST, Sort.OLDEST) else (50 if sort is Sort.TOP else 3, ROOTS // 2)
    )
    arguments = (site, crowded["id"], 26, *(place if after else ()))

    async with pool.acquire() as conn:
        nodes = await plan(conn, roots_query(sort, after=after), *arguments)

    assert index in indexes(nodes)
    assert "comments_replies" in indexes(nodes)
    assert_reads_little(nodes, 1000)


async def test_replies_walk_their_index(pool: Pool, site: int, crowded: asyncpg.Record) -> None:
    async with pool.acquire() as conn:
        nodes = await plan(conn, REPLIES, site, 10, 10, 10, 26)

    assert "comments_replies" in indexes(nodes)
    assert_reads_little(nodes, 100)


async def test_a_claim_walks_the_queue_in_order(pool: Pool, crowded: asyncpg.Record) -> None:
    async with pool.acquire() as conn, conn.transaction():
        nodes = await plan(conn, CLAIM_SCORES, 64, "test", 60.0)

    assert "queue_score" in indexes(nodes)
    assert not [node for node in nodes if node["Node Type"] == "Sort" and node["Actual Rows"] > 1000]  # type: ignore[operator]
    assert_reads_little(nodes, 20_000)


@pytest.mark.parametrize("what", ["roots", "replies", "claim", "events"])
async def test_a_plan_made_while_the_tables_are_small_reads_none_of_them_whole(
    pool: Pool, site: int, what: str
) -> None:
    """Such a plan is kept for as long as its connection lives, or until the next ANALYZE."""
    article = await fill(pool, site, FEW)
    queries: dict[str, tuple[str, tuple[object, ...]]] = {
        "roots": (roots_query(Sort.NEWEST, after=False), (site, article["id"], 26)),
        "replies": (REPLIES, (site, 10, 10, 10, 26)),
        "claim": (CLAIM_SCORES, (64, "test", 60.0)),
        "events": (SINCE, (site, article["id"], 0, 200)),
    }
    query, arguments = queries[what]

    async with pool.acquire() as conn, conn.transaction():
        nodes = await plan(conn, query, *arguments)

    assert indexes(nodes)
    assert not [node["Relation Name"] for node in nodes if node["Node Type"] == "Seq Scan"]


async def test_the_usual_wait_walks_people_s_decisions_alone(pool: Pool, site: int) -> None:
    await fill(pool, site, 2_000)
    async with pool.acquire() as conn:
        await conn.execute(
            """INSERT INTO decisions (site_id, comment_id, revision, from_status, to_status, actor)
               SELECT site_id, id, 1, 'pending', 'published', 'machine' FROM comments"""
        )
        await conn.execute("ANALYZE")
        nodes = await plan(conn, USUAL_WAIT, site)

    assert "decisions_waits" in indexes(nodes)
    assert_reads_little(nodes, 100)
