"""What moderators ask for all day walks indexes, on tables big enough for the planner to mean it."""

import math
from datetime import UTC, date, datetime

import pytest

from moderation.database import Pool
from moderation.review import claim_query
from moderation.statuses import Status
from moderation.views import Order, Selection, View
from service.store.queue import list_query
from service.store.search import LOOKED_THROUGH, Search, Statement, newest, rare
from tests.store.test_plans import assert_reads_little, indexes, plan

COMMENTS = 20_000
QUEUED = 5_000


@pytest.fixture
async def archive(pool: Pool, site: int) -> None:
    """Many comments, each scored; the newest of them wait for people, one in a hundred reported."""
    async with pool.acquire() as conn:
        await conn.execute(
            "INSERT INTO articles (site_id, key) SELECT $1, 'a' || n FROM generate_series(0, 199) n", site
        )
        await conn.execute(
            """INSERT INTO readers (site_id, name, name_skeleton)
               SELECT $1, 'r' || n, 'r' || n FROM generate_series(0, 499) n""",
            site,
        )
        await conn.execute(
            """INSERT INTO comments (site_id, article_id, reader_id, body, html, status, created_at)
               SELECT $1, (SELECT min(id) FROM articles) + n % 200, (SELECT min(id) FROM readers) + n % 500,
                      'common w' || n % 2000, 'x',
                      CASE WHEN n % 100 = 0 THEN 'rejected' WHEN n > $2 THEN 'held' ELSE 'published' END,
                      timestamptz '2026-01-01' + n * interval '1 minute'
               FROM generate_series(1, $3) n""",
            site,
            COMMENTS - QUEUED,
            COMMENTS,
        )
        await conn.execute(
            "INSERT INTO revisions (site_id, comment_id, revision, body, html) SELECT site_id, id, 1, body, html FROM comments"
        )
        await conn.execute(
            """INSERT INTO scores (site_id, comment_id, revision, model, labels)
               SELECT site_id, id, 1, 'm@1', jsonb_build_object('toxicity', (id % 1000) / 1000.0) FROM comments"""
        )
        await conn.execute(
            "INSERT INTO queue (site_id, comment_id, lane) SELECT site_id, id, 'score' FROM comments"
        )
        await conn.execute(
            """INSERT INTO queue (site_id, comment_id, lane, reasons, priority, queued_at)
               SELECT site_id, id, 'review',
                      CASE id % 100 WHEN 1 THEN '[{"code": "reported"}]' WHEN 2 THEN '[{"code": "unscored"}]'
                                    WHEN 3 THEN '[{"code": "new_reader"}]' ELSE '[{"code": "likely_toxic"}]' END::jsonb,
                      id % 97 / 10.0, created_at
               FROM comments ORDER BY id DESC LIMIT $1""",
            QUEUED,
        )
        await conn.execute("ANALYZE")


SELECTIONS = [
    (Selection(), "queue_review"),
    (Selection(order=Order.OLDEST), "queue_review_age"),
    (Selection(View.HELD), "queue_review"),
    (Selection(View.REPORTED), "queue_reported"),
    (Selection(View.UNSCORED), "queue_unscored"),
    (Selection(View.NEW_READERS), "queue_new_readers"),
    (Selection(View.SECOND), "queue_second"),
    (Selection(View.ESCALATED), "queue_escalated"),
]


@pytest.mark.parametrize(("selection", "index"), SELECTIONS)
@pytest.mark.parametrize("paged", [False, True])
async def test_a_page_of_the_queue_walks_the_index_of_its_view(
    pool: Pool, site: int, archive: None, selection: Selection, index: str, paged: bool
) -> None:
    async with pool.acquire() as conn:
        half = await conn.fetchrow(
            "SELECT urgency, id FROM queue WHERE lane = 'review' ORDER BY id OFFSET $1 LIMIT 1", QUEUED // 2
        )
        assert half is not None
        whole = (half["urgency"], half["id"])
        place = () if not paged else whole[1:] if selection.order is Order.OLDEST else whole
        nodes = await plan(conn, list_query(selection, place), site, 51, *place)

    # From a place on, where the primary key begins there as well, either will do.
    assert indexes(nodes) & ({index, "queue_pkey"} if paged and len(place) == 1 else {index})
    # Each item costs its author's record: some twenty pages, whatever the size of the queue.
    assert_reads_little(nodes, 6_000)


@pytest.mark.parametrize(("selection", "index"), SELECTIONS)
async def test_a_claim_walks_the_index_of_its_view(
    pool: Pool, site: int, archive: None, selection: Selection, index: str
) -> None:
    async with pool.acquire() as conn, conn.transaction():
        nodes = await plan(conn, claim_query(selection), site, "staff:1", 1, 300.0, 1)

    assert index in indexes(nodes)
    assert_reads_little(nodes, 400)


@pytest.mark.parametrize("view", [View.ALL, View.REPORTED])
async def test_an_articles_queue_reads_no_table_whole(
    pool: Pool, site: int, archive: None, view: View
) -> None:
    async with pool.acquire() as conn:
        article = await conn.fetchval("SELECT id FROM articles WHERE key = 'a7'")
        nodes = await plan(conn, list_query(Selection(view, article_id=article), ()), site, 51)

    read = {node["Relation Name"] for node in nodes if node["Node Type"] == "Seq Scan"}
    assert not read & {"queue", "comments", "revisions", "scores"}


DEEP = (datetime(2026, 1, 5, tzinfo=UTC), 5_000)


@pytest.mark.parametrize("after", [None, DEEP])
@pytest.mark.parametrize(
    ("search", "index"),
    [
        (Search(), "comments_by_time"),
        (Search(status=Status.REJECTED), "comments_by_status"),
        (Search(article_id=7), "comments_by_article"),
        (Search(author="r7"), "readers_skeleton"),
        (Search(reader_id=7), "comments_reader"),
        (Search(low=0.999), "scores_toxicity"),
        (Search(low=0.2, high=0.8), "comments_by_time"),
        (Search(since=date(2026, 1, 3), until=date(2026, 1, 4)), "comments_by_time"),
    ],
)
async def test_a_search_walks_the_index_of_what_narrows_it(
    pool: Pool,
    site: int,
    archive: None,
    search: Search,
    index: str,
    after: tuple[datetime, int] | None,
) -> None:
    found = newest(site, search, limit=26, after=after)
    async with pool.acquire() as conn:
        nodes = await plan(conn, found.text, *found.values)

    assert index in indexes(nodes)
    assert_reads_little(nodes, 1_000)


async def test_common_words_are_found_among_the_newest_and_rare_ones_by_their_index(
    pool: Pool, site: int, archive: None
) -> None:
    async def read(found: Statement) -> list[dict[str, object]]:
        async with pool.acquire() as conn:
            return await plan(conn, found.text, *found.values)

    among = await read(newest(site, Search(words="common"), limit=26))
    assert "comments_by_time" in indexes(among)
    # Three pages of an index and one of the table for each comment that is looked through, at most.
    assert_reads_little(among, 4 * LOOKED_THROUGH + math.isqrt(COMMENTS))
    by_index = await read(rare(site, Search(words="w77"), limit=26))
    assert "revisions_lexemes" in indexes(by_index)
    assert_reads_little(by_index, 200)
