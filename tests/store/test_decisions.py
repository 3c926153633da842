"""The one writer of a status: whatever is decided, by whom and in which order, the books balance."""

import asyncio
import random

import pytest

from moderation.database import Connection, Pool
from moderation.decisions import Decided, Draft, IllegalMove, Stale, decide, latest
from moderation.reasons import Reason, ReasonCode
from moderation.statuses import MOVES, Actor, Status, is_legal
from tests.conftest import row


async def add_comment(conn: Connection, site: int, parent: int | None = None) -> int:
    """A pending comment, as posting leaves it."""
    article = await conn.fetchval(
        """INSERT INTO articles (site_id, key) VALUES ($1, 'story')
           ON CONFLICT ON CONSTRAINT articles_key_unique DO UPDATE SET key = excluded.key RETURNING id""",
        site,
    )
    reader = await conn.fetchval(
        "INSERT INTO readers (site_id, name, name_skeleton) VALUES ($1, 'Ann', 'ann') RETURNING id", site
    )
    id_: int = await conn.fetchval(
        """INSERT INTO comments (site_id, article_id, reader_id, parent_id, root_id, ancestors, body, html)
           SELECT $1, $2, $3, p.id, coalesce(p.root_id, p.id), coalesce(p.ancestors || p.id, '{}'), 'x', '<p>x</p>'
           FROM (SELECT 1) one LEFT JOIN comments p ON p.id = $4 RETURNING id""",
        site,
        article,
        reader,
        parent,
    )
    await conn.execute("INSERT INTO revisions VALUES ($1, $2, 1, 'x', '<p>x</p>')", site, id_)
    return id_


async def move(
    conn: Connection, site: int, comment: int, before: Status, after: Status, actor: Actor
) -> Decided | Stale:
    async with conn.transaction():
        [outcome] = await decide(conn, [Draft(site, comment, 1, before, after, actor)])
    return outcome


async def audit(conn: Connection) -> None:
    """Counts equal a recount; the log accounts for every status; events are gap-free."""
    published = await conn.fetchval("SELECT count(*) FROM comments WHERE status = 'published'")
    article = await row(conn, "SELECT * FROM articles")
    assert article["comment_count"] == published
    assert not await conn.fetch(
        """SELECT c.id FROM comments c WHERE c.reply_count <>
               (SELECT count(*) FROM comments r WHERE c.id = ANY(r.ancestors) AND r.status = 'published')"""
    )
    seqs = [event["seq"] for event in await conn.fetch("SELECT seq FROM events ORDER BY seq")]
    assert seqs == list(range(1, article["version"] + 1))
    for comment in await conn.fetch("SELECT * FROM comments"):
        status = "pending"
        for decision in await conn.fetch(
            "SELECT * FROM decisions WHERE comment_id = $1 ORDER BY id", comment["id"]
        ):
            assert decision["from_status"] == status
            assert is_legal(Status(status), Status(decision["to_status"]))
            status = decision["to_status"]
        assert comment["status"] == status
        waiting = await conn.fetchval(
            "SELECT count(*) FROM queue WHERE comment_id = $1 AND lane = 'review'", comment["id"]
        )
        assert waiting == (status == "held")
        if status in ("deleted", "erased"):
            assert (comment["body"], comment["html"]) == ("", "")


@pytest.mark.parametrize("seed", range(6))
async def test_any_walk_of_decisions_leaves_the_books_balanced(pool: Pool, site: int, seed: int) -> None:
    chance = random.Random(seed)
    async with pool.acquire() as conn:
        comments: list[int] = []
        for _ in range(6):
            comments.append(await add_comment(conn, site, chance.choice([None, *comments])))
        statuses = dict.fromkeys(comments, Status.PENDING)

        for _ in range(60):
            comment = chance.choice(comments)
            claimed, after = chance.choice(list(Status)), chance.choice(list(Status))
            try:
                outcome = await move(conn, site, comment, claimed, after, chance.choice(list(Actor)))
            except IllegalMove:
                assert after not in MOVES[claimed]
                continue
            assert isinstance(outcome, Decided) == (claimed is statuses[comment])
            if isinstance(outcome, Decided):
                statuses[comment] = after

        await audit(conn)


async def test_of_two_deciders_one_wins_and_the_other_is_told(pool: Pool, site: int) -> None:
    async with pool.acquire() as conn:
        comments = [await add_comment(conn, site) for _ in range(20)]

    async def decide_all(after: Status) -> list[Decided | Stale]:
        async with pool.acquire() as conn:
            return [await move(conn, site, c, Status.PENDING, after, Actor.STAFF) for c in comments]

    ours, theirs = await asyncio.gather(decide_all(Status.PUBLISHED), decide_all(Status.REJECTED))

    assert [isinstance(one, Decided) for one in ours] == [isinstance(one, Stale) for one in theirs]
    async with pool.acquire() as conn:
        assert await conn.fetchval("SELECT count(*) FROM decisions") == 20
        await audit(conn)


async def test_batches_that_cross_do_not_deadlock(pool: Pool, site: int) -> None:
    async with pool.acquire() as conn:
        root = await add_comment(conn, site)
        comments = [root] + [await add_comment(conn, site, root) for _ in range(30)]

    async def batch(order: list[int], after: Status) -> int:
        async with pool.acquire() as conn, conn.transaction():
            drafts = [Draft(site, c, 1, Status.PENDING, after, Actor.MACHINE) for c in order]
            return sum(isinstance(one, Decided) for one in await decide(conn, drafts))

    counts = await asyncio.gather(
        batch(comments, Status.PUBLISHED),
        batch(comments[::-1], Status.HELD),
        batch(comments[10:] + comments[:10], Status.PUBLISHED),
    )

    assert sum(counts) == len(comments)
    async with pool.acquire() as conn:
        await audit(conn)


async def test_the_second_draft_about_one_comment_is_stale(pool: Pool, site: int) -> None:
    async with pool.acquire() as conn:
        comment = await add_comment(conn, site)
        drafts = [
            Draft(site, comment, 1, Status.PENDING, after, Actor.MACHINE)
            for after in (Status.HELD, Status.PUBLISHED)
        ]
        async with conn.transaction():
            first, second = await decide(conn, drafts)
        assert isinstance(first, Decided)
        assert isinstance(second, Stale)
        async with conn.transaction():
            [wrong_revision] = await decide(
                conn, [Draft(site, comment, 2, Status.HELD, Status.PUBLISHED, Actor.STAFF)]
            )
            [missing] = await decide(
                conn, [Draft(site, 10**6, 1, Status.HELD, Status.PUBLISHED, Actor.STAFF)]
            )
        assert isinstance(wrong_revision, Stale)
        assert (wrong_revision.status, wrong_revision.revision) == (Status.HELD, 1)
        assert isinstance(missing, Stale)
        assert missing.status is None
        decided = await latest(conn, site, comment)
        assert decided is not None
        assert (decided.actor, decided.to_status) == (Actor.MACHINE, Status.HELD)


async def test_a_decision_fills_the_outbox_for_each_webhook(pool: Pool, site: int) -> None:
    async with pool.acquire() as conn:
        await conn.execute(
            "INSERT INTO webhooks (site_id, url, secret) VALUES ($1, 'https://a.example', 's'), ($1, 'https://b.example', 's')",
            site,
        )
        comment = await add_comment(conn, site)
        reasons = (Reason(ReasonCode.LIKELY_TOXIC, label="toxicity", score=0.9, threshold=0.6),)
        async with conn.transaction():
            await decide(conn, [Draft(site, comment, 1, Status.PENDING, Status.HELD, Actor.MACHINE, reasons)])

        messages = await conn.fetch("SELECT * FROM outbox")

    assert [message["type"] for message in messages] == ["comment.held"] * 2
    payload = messages[0]["payload"]
    assert (payload["comment_id"], payload["article"], payload["to"]) == (str(comment), "story", "held")
    assert "x" not in payload.values(), "no text leaves"
