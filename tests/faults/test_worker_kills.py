"""Fault 3: the worker is killed between scoring and deciding. Each text is judged once, and published once."""

from typing import Any

from tests.faults.checker import violations
from tests.faults.conftest import Start
from tests.faults.history import History
from tests.faults.locks import locked, until_waiting
from tests.faults.writers import Writer, Writers
from tests.processes import until, until_ready

LEASE_S = 4


async def test_a_text_that_was_scored_and_not_decided_is_judged_once_when_the_lease_is_over(
    start: Start, database: str, onlooker: Any, port: int, url: str
) -> None:
    history = History()
    await until_ready(start("serve", database_url=database, port=port), url)
    async with Writer(url, history) as writer:
        await writer.post("The first makes the article.")
        # The worker's decision needs the article's row, posting does not.
        async with locked(database, "SELECT FROM articles FOR NO KEY UPDATE"):
            worker = start("moderate", database_url=database, score_lease_s=LEASE_S)
            await writer.post("The second waits.")
            await until_waiting(onlooker, "parley-moderate")
            worker.kill()
            claimed = await onlooker.fetchval("SELECT max(ready_at) FROM queue WHERE claimed_by IS NOT NULL")

    start("moderate", database_url=database, score_lease_s=LEASE_S)
    await until(lambda: none_pending(onlooker), what="all judged")

    assert await violations(onlooker, history) == []
    judged = await onlooker.fetch("SELECT comment_id, created_at FROM decisions ORDER BY created_at")
    assert len(judged) == 2
    assert await onlooker.fetchval("SELECT count(*) FROM events WHERE type = 'published'") == 2
    assert await onlooker.fetchval("SELECT count(*) FROM queue") == 0
    assert judged[-1]["created_at"] >= claimed, "the lease was not respected"


async def test_workers_killed_at_any_moment_judge_everything_once(
    start: Start, database: str, onlooker: Any, port: int, url: str
) -> None:
    history = History()
    await until_ready(start("serve", database_url=database, port=port), url)
    settings = {"database_url": database, "score_lease_s": 1, "batch_size": 16}
    async with Writers(url, history, count=2) as writers:
        for _ in range(4):
            worker = start("moderate", **settings)
            decided = await decisions(onlooker)

            async def judging(before: int = decided) -> bool:
                return await decisions(onlooker) > before

            await until(judging, what="a decision")
            worker.kill()
        await writers.progress()

    start("moderate", **settings)
    await until(lambda: none_pending(onlooker), what="all judged")

    assert await violations(onlooker, history) == []
    assert await decisions(onlooker) == len(history.writes), "something was judged twice"


async def decisions(conn: Any) -> int:
    count: int = await conn.fetchval("SELECT count(*) FROM decisions")
    return count


async def none_pending(conn: Any) -> bool:
    return not await conn.fetchval("SELECT count(*) FROM comments WHERE status = 'pending'")
