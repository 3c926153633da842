"""No sequence of what staff, readers and machines can do lets anybody judge an appeal against himself."""

import asyncio
import contextlib
from dataclasses import dataclass, field
from typing import Any

import asyncpg
import pytest
from aiohttp import web
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from moderation import appeal_queue, appeals, filing, leases
from moderation.appeals import AppealState, Hindrance
from moderation.database import Connection, Pool, prepare
from moderation.decisions import Draft, IllegalMove, decide
from moderation.filing import RefusedError, Words
from moderation.statuses import Actor, Lane, Status
from service.keys import SETTINGS
from service.problems import Problem
from service.settings import Settings
from service.staff import deciding, judging
from service.staff.appeal_shapes import VerdictIn
from service.staff.shapes import DecisionIn
from service.store import appeals as store
from tests import invariants
from tests.store.test_decisions import add_comment

STAFF = range(4)
# What may be done, by whom: the role does not matter, since nothing here asks for it.
ACTIONS = st.one_of(
    st.tuples(st.just("decide"), st.sampled_from(STAFF), st.sampled_from(["publish", "reject", "hold"])),
    st.tuples(st.just("undo"), st.sampled_from(STAFF), st.integers(0, 3)),
    st.tuples(st.just("judge"), st.sampled_from(STAFF), st.sampled_from(["overturn", "uphold"])),
    st.tuples(st.just("take_back"), st.sampled_from(STAFF), st.none()),
    st.tuples(st.just("claim"), st.sampled_from(STAFF), st.booleans()),
    st.tuples(st.just("dissent"), st.sampled_from(STAFF), st.none()),
    st.tuples(st.just("appeal"), st.none(), st.none()),
    st.tuples(st.just("machine"), st.none(), st.sampled_from(["published", "held", "rejected"])),
)
REFUSED = (Problem, RefusedError, IllegalMove)


@dataclass
class Walk:
    """One comment, three people, and what they try."""

    conn: Connection
    site: int
    app: web.Application
    comment: int = 0
    staff: list[int] = field(default_factory=list)
    judged: int = 0

    async def standing(self) -> tuple[Status, int]:
        row = await self.conn.fetchrow("SELECT status, revision FROM comments WHERE id = $1", self.comment)
        assert row
        return Status(row["status"]), row["revision"]

    async def newest(self) -> int | None:
        return await store.about(self.conn, self.site, self.comment)

    async def decide(self, who: int, action: str) -> None:
        status, revision = await self.standing()
        reason = "spam" if action == "reject" else None
        body = DecisionIn.model_validate(
            {"action": action, "revision": revision, "status": status, "reason": reason}
        )
        await deciding.settle(self.conn, self.site, self.comment, self.staff[who], body, None)

    async def undo(self, who: int, back: int) -> None:
        rows = await self.conn.fetch(
            "SELECT id FROM decisions WHERE comment_id = $1 ORDER BY id DESC LIMIT 4", self.comment
        )
        if back < len(rows):
            await deciding.undo(self.conn, self.site, rows[back]["id"], self.staff[who], None)

    async def judge(self, who: int, outcome: str) -> None:
        id_ = await self.newest()
        case = await store.find(self.conn, self.site, id_) if id_ else None
        if case is None:
            return
        status, revision = await self.standing()
        body = VerdictIn.model_validate(
            {"outcome": outcome, "revision": revision, "status": status, "reason": "spam", "note": "Why."}
            if status is not Status.PENDING
            else {"outcome": outcome}
        )
        await judging.judge(self.app, self.conn, self.site, case, self.staff[who], body, None)
        self.judged += 1

    async def take_back(self, who: int, _: None) -> None:
        id_ = await self.newest()
        case = await store.find(self.conn, self.site, id_) if id_ else None
        if case is not None:
            await judging.take_back(self.conn, self.site, case, self.staff[who], None)

    async def claim(self, who: int, named: bool) -> None:
        id_ = await self.newest()
        ids = [id_] if named and id_ else None
        claimed = await appeal_queue.claim(self.conn, self.site, self.staff[who], limit=5, appeal_ids=ids)
        for one in claimed:
            barred = await self.conn.fetchval("SELECT barred FROM appeals WHERE id = $1", one)
            assert self.staff[who] not in barred
        await leases.release(self.conn, Lane.APPEAL, self.site, self.staff[who], claimed)

    async def dissent(self, who: int, _: None) -> None:
        last = await self.conn.fetchval("SELECT max(id) FROM decisions WHERE comment_id = $1", self.comment)
        async with self.conn.transaction():
            await filing.against_colleague(
                self.conn, self.site, self.comment, last or 0, self.staff[who], "No."
            )

    async def appeal(self, _who: None, _what: None) -> None:
        reader = await self.conn.fetchval("SELECT reader_id FROM comments WHERE id = $1", self.comment)
        async with self.conn.transaction():
            await filing.against_comment(self.conn, self.site, self.comment, Words(reader, "Please."))

    async def machine(self, _who: None, to: str) -> None:
        status, revision = await self.standing()
        async with self.conn.transaction():
            await decide(
                self.conn,
                [Draft(self.site, self.comment, revision, status, Status(to), Actor.MACHINE)],
            )

    async def check(self) -> None:
        """Nobody judged himself; whatever moved the comment while an appeal was open decided that appeal; the books balance."""
        made_appeals = await self.conn.fetch(
            "SELECT * FROM appeals WHERE comment_id = $1 ORDER BY id", self.comment
        )
        decisions = await self.conn.fetch(
            "SELECT * FROM decisions WHERE comment_id = $1 ORDER BY id", self.comment
        )
        invariants.unbroken(decisions)
        invariants.fair(made_appeals, decisions)
        waiting = await self.conn.fetch(
            "SELECT q.appeal_id FROM queue q JOIN appeals a ON a.id = q.appeal_id WHERE a.comment_id = $1",
            self.comment,
        )
        still_open = [appeal["id"] for appeal in made_appeals if appeal["state"] == AppealState.OPEN]
        assert [one["appeal_id"] for one in waiting] == still_open


async def walk(dsn: str, actions: list[tuple[str, int | None, object]]) -> int:
    conn = await asyncpg.connect(dsn)
    try:
        await prepare(conn)
        app = web.Application()
        app[SETTINGS] = Settings()
        site = await conn.fetchval(
            """INSERT INTO sites (key, name) VALUES ('demo', 'Demo')
               ON CONFLICT ON CONSTRAINT sites_key_unique DO UPDATE SET name = 'Demo' RETURNING id"""
        )
        this = Walk(conn, site, app)
        this.comment = await add_comment(conn, site)
        for number in STAFF:
            this.staff.append(
                await conn.fetchval(
                    """INSERT INTO staff (email, name, name_skeleton, password_hash)
                       VALUES ($1 || '-' || $2 || '@x', $1, $1, '') RETURNING id""",
                    f"s{number}",
                    str(this.comment),
                )
            )
        await this.machine(None, "held")
        for name, who, what in actions:
            with contextlib.suppress(*REFUSED):
                await getattr(this, name)(who, what)
            await this.check()
        return this.judged
    finally:
        await conn.close()


def try_walks(database: str, start: str) -> int:
    """Try many; gives how often an appeal was judged in them."""
    judged = 0
    first = ("machine", None, "rejected") if start == "machine" else ("decide", 0, start)
    second = ("dissent", 1, None) if start == "publish" else ("appeal", None, None)

    @settings(
        max_examples=60,
        deadline=None,
        database=None,
        derandomize=True,
        report_multiple_bugs=False,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(st.lists(ACTIONS, max_size=14))
    def try_one(actions: list[tuple[str, int | None, object]]) -> None:
        nonlocal judged
        judged += asyncio.run(walk(database, [first, second, *actions]))

    try_one()
    return judged


@pytest.mark.parametrize("start", ["reject", "publish", "machine"])
def test_nobody_ever_judges_an_appeal_against_himself(database: str, start: str) -> None:
    # They get somewhere.
    assert try_walks(database, start) > 5


def test_the_walks_would_see_it(database: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A control: with the question left out that keeps parties away, either the check or the database must notice."""
    strict = appeals.hindrance

    def lax(*args: Any, **more: Any) -> Hindrance | None:
        found = strict(*args, **more)
        return None if found is Hindrance.NOT_IMPARTIAL else found

    monkeypatch.setattr(appeals, "hindrance", lax)
    with pytest.raises((AssertionError, asyncpg.CheckViolationError)):
        try_walks(database, "reject")


async def test_the_database_itself_lets_no_party_judge(pool: Pool, site: int) -> None:
    async with pool.acquire() as conn:
        comment = await add_comment(conn, site)
        reader = await conn.fetchval("SELECT reader_id FROM comments WHERE id = $1", comment)
        with pytest.raises(asyncpg.CheckViolationError, match="appeals_impartial"):
            await conn.execute(
                """INSERT INTO appeals (site_id, reader_id, comment_id, decision_id, barred, judge_id, due_at)
                   VALUES ($1, $2, $3, 1, '{7,8}', 8, now())""",
                site,
                reader,
                comment,
            )
