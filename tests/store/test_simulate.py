"""What-if: a candidate policy beside the active one, over comments that were scored and decided for real."""

import asyncio
import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from moderation.database import Pool
from moderation.decisions import Draft, decide
from moderation.policy import Policy
from moderation.policy_parts import Action, Band, NewReaders, WordList
from moderation.simulate import Simulation, simulate
from moderation.statuses import Actor, Status
from moderation.worker import Worker
from service.cli import main
from tests.conftest import Api

LENIENT = Policy(bands={"cued": {"toxicity": Band(hold_at=0.99)}})
STRICT = Policy(bands={"cued": {"toxicity": Band(hold_at=0.5, reject_at=0.9)}})


@pytest.fixture
async def judged(api: Api, worker: Worker, pool: Pool, site: int) -> list[int]:
    """Four friendly comments and three held ones, of which moderators published one and rejected one."""
    bodies = ["Fine.", "Well put.", "I see.", "Quite so.", "You idiot.", "What an idiot.", "idiot!"]
    ids = []
    for body in bodies:
        guest = await api.guest()
        ids.append(int((await guest.post(body)).body["id"]))
    await worker.run_once()
    await decide_as_staff(pool, site, ids[4], Status.PUBLISHED)
    await decide_as_staff(pool, site, ids[5], Status.REJECTED)
    return ids


async def decide_as_staff(pool: Pool, site: int, comment: int, to: Status) -> None:
    draft = Draft(
        site_id=site, comment_id=comment, revision=1, from_status=Status.HELD, to_status=to, actor=Actor.STAFF
    )
    async with pool.acquire() as conn, conn.transaction():
        await decide(conn, [draft])


async def run(pool: Pool, site: int, candidate: Policy, **options: int) -> Simulation:
    async with pool.acquire() as conn:
        return await simulate(conn, site, candidate, **options)


async def test_the_active_policy_against_itself_moves_nothing(
    judged: list[int], pool: Pool, site: int
) -> None:
    found = await run(pool, site, Policy.default())
    assert (found.comments, found.unscored, found.moves) == (7, 0, {})
    assert found.active == found.candidate == {Action.PUBLISH: 4, Action.HOLD: 3}


async def test_a_lenient_policy_publishes_more_of_which_moderators_rejected_one(
    judged: list[int], pool: Pool, site: int
) -> None:
    found = await run(pool, site, LENIENT)
    assert found.candidate == {Action.PUBLISH: 7}
    (move,) = found.moves.values()
    assert set(found.moves) == {(Action.HOLD, Action.PUBLISH)}
    assert (len(move.comments), move.judged, move.otherwise) == (3, 2, 1)


async def test_a_strict_policy_rejects_what_moderators_published(
    judged: list[int], pool: Pool, site: int
) -> None:
    found = await run(pool, site, STRICT)
    move = found.moves[Action.HOLD, Action.REJECT]
    assert (len(move.comments), move.judged, move.otherwise) == (3, 2, 1)


async def test_rules_and_authors_are_replayed_too(judged: list[int], pool: Pool, site: int) -> None:
    words = Policy(bands=Policy.default().bands, word_lists=(WordList(name="w", words=("fine",)),))
    found = await run(pool, site, words)
    assert {key: len(move.comments) for key, move in found.moves.items()} == {
        (Action.PUBLISH, Action.HOLD): 1
    }
    newcomers = Policy(bands=Policy.default().bands, new_readers=NewReaders(hold_all=True))
    assert (await run(pool, site, newcomers)).candidate == {Action.HOLD: 7}


async def test_a_comment_without_scores_is_told_and_judged_as_one(
    judged: list[int], pool: Pool, site: int
) -> None:
    await pool.execute("DELETE FROM scores WHERE comment_id = $1", judged[0])
    found = await run(pool, site, Policy.default())
    assert found.unscored == 1
    assert found.active[Action.HOLD] == 4


async def test_the_newest_within_the_limit_and_the_days(judged: list[int], pool: Pool, site: int) -> None:
    assert (await run(pool, site, LENIENT, limit=3)).active == {Action.HOLD: 3}
    await pool.execute("UPDATE comments SET created_at = now() - interval '9 days' WHERE id = $1", judged[6])
    assert (await run(pool, site, LENIENT, days=8)).comments == 6


async def test_nothing_is_changed_and_other_sites_do_not_count(
    judged: list[int], pool: Pool, site: int, other_site: int
) -> None:
    before = await pool.fetch("SELECT id, status FROM comments ORDER BY id")
    await run(pool, site, STRICT)
    assert await pool.fetch("SELECT id, status FROM comments ORDER BY id") == before
    assert await pool.fetchval("SELECT count(*) FROM policies") == 0
    assert (await run(pool, other_site, STRICT)).comments == 0


async def test_pages_join_without_a_gap(
    judged: list[int], pool: Pool, site: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("moderation.simulate._PAGE", 2)
    assert (await run(pool, site, LENIENT)).comments == 7
    assert (await run(pool, site, LENIENT, limit=5)).comments == 5


async def test_the_command_tells_the_same(
    judged: list[int], database: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATABASE_URL", database)
    file = tmp_path / "policy.json"
    file.write_text(LENIENT.model_dump_json(), "utf-8")

    def command(*options: str) -> str:
        done = CliRunner().invoke(main, ["policy", "simulate", "demo", str(file), *options])
        assert done.exit_code == 0, done.output
        return done.stdout

    told = await asyncio.to_thread(command)
    assert "7 comments, 0 of them never scored" in told
    assert "hold -> publish: 3; moderators decided 2 of them, 1 otherwise" in told
    figures = json.loads(await asyncio.to_thread(command, "--json"))
    assert figures["candidate"] == {"publish": 7, "hold": 0, "reject": 0}
    assert figures["moves"] == [{"from": "hold", "to": "publish", "comments": 3, "judged": 2, "otherwise": 1}]


def test_a_file_that_is_no_policy_is_an_error(tmp_path: Path) -> None:
    file = tmp_path / "policy.json"
    file.write_text('{"bandz": {}}', "utf-8")
    done = CliRunner().invoke(main, ["policy", "simulate", "demo", str(file)])
    assert done.exit_code == 1
    assert "is not a policy" in done.stderr
