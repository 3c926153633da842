"""Strikes and hints are read with every card: they walk indexes, whatever their reader and site are like."""

import pytest

from moderation.database import Pool
from moderation.reasons import HOUSE_RULES
from service.store.marks import HINTS
from service.store.strikes import STRIKES
from tests.store.test_plans import assert_reads_little, indexes, plan

READERS = 5_000
COMMENTS = 20_000


@pytest.fixture
async def people(pool: Pool, site: int) -> None:
    """Many readers with networks of their own, a few of them banned; one who wrote most of what there is."""
    async with pool.acquire() as conn:
        await conn.execute("INSERT INTO articles (site_id, key) VALUES ($1, 'a1')", site)
        await conn.execute(
            """INSERT INTO readers (site_id, name, name_skeleton, sanction)
               SELECT $1, 'r' || n, 'r' || n / 2, CASE WHEN n % 500 = 0 THEN 'banned' ELSE 'none' END
               FROM generate_series(1, $2) n""",
            site,
            READERS,
        )
        await conn.execute(
            """INSERT INTO reader_marks (site_id, reader_id, kind, mark)
               SELECT site_id, id, 'network', 'n' || id / 3 FROM readers"""
        )
        await conn.execute(
            """INSERT INTO comments (site_id, article_id, reader_id, body, html, status)
               SELECT $1, (SELECT id FROM articles), (SELECT min(id) FROM readers) + CASE WHEN n % 4 = 0 THEN n % 100 ELSE 0 END,
                      'x', 'x', CASE WHEN n % 400 = 1 THEN 'rejected' ELSE 'published' END
               FROM generate_series(1, $2) n""",
            site,
            COMMENTS,
        )
        await conn.execute(
            """INSERT INTO decisions (site_id, comment_id, revision, from_status, to_status, actor, reasons)
               SELECT site_id, id, 1, 'held', status, 'staff', '[{"code": "spam"}]' FROM comments"""
        )
        await conn.execute("ANALYZE")


@pytest.mark.usefixtures("people")
async def test_the_strikes_of_somebody_who_writes_a_lot_read_what_was_rejected_alone(
    pool: Pool, site: int
) -> None:
    reader = await pool.fetchval("SELECT min(id) FROM readers")
    async with pool.acquire() as conn:
        found = await plan(conn, STRIKES, site, reader, [str(rule) for rule in HOUSE_RULES])
    assert "comments_reader_rejected" in indexes(found)
    assert_reads_little(found, 400)


@pytest.mark.usefixtures("people")
async def test_hints_are_found_by_marks_and_skeletons(pool: Pool, site: int) -> None:
    reader = await pool.fetchval("SELECT min(id) + 498 FROM readers")
    async with pool.acquire() as conn:
        found = await plan(conn, HINTS, site, reader)
    assert {"reader_marks_shared", "readers_skeleton"} <= indexes(found)
    assert_reads_little(found, 400)
