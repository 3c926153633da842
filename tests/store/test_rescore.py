"""Another model over past comments: in shadow, resumable, told before anything is judged by it."""

import asyncio
import os
from collections.abc import AsyncIterator, Mapping, Sequence

import pytest
from click.testing import CliRunner, Result

from moderation.database import Pool
from moderation.isolation import IsolatedClassifier
from moderation.policy_parts import Action
from moderation.rescore import Rescored, judge_again, rescore
from moderation.simulate import compare
from moderation.worker import Worker
from service.cli import main
from service.store.queue import read_comment
from tests.conftest import Api

BODIES = ("A word.", "An idiot.", "This is fine.", "Nothing more.")


class Other:
    """A model that dislikes the fine."""

    id = "other@2"
    labels = ("toxicity",)

    def score(self, texts: Sequence[str]) -> list[Mapping[str, float]]:
        return [{"toxicity": 0.97 if "fine" in text else 0.01} for text in texts]

    def close(self) -> None:
        pass


class Fragile(Other):
    """A model that an idiot is too much for."""

    id = "fragile@1"

    def score(self, texts: Sequence[str]) -> list[Mapping[str, float]]:
        if any("idiot" in text for text in texts):
            os._exit(3)
        return super().score(texts)


def other() -> Other:
    return Other()


def fragile() -> Fragile:
    return Fragile()


@pytest.fixture
async def model() -> AsyncIterator[IsolatedClassifier]:
    isolated = IsolatedClassifier("python:tests.store.test_rescore:other")
    yield isolated
    await isolated.close()


@pytest.fixture
async def comments(api: Api, worker: Worker) -> list[int]:
    """One held, three published, judged by cued@1."""
    ids = [int((await (await api.guest()).post(body)).body["id"]) for body in BODIES]
    await worker.run_once()
    return ids


def quiet(_what: str, _done: int, _of: int) -> None:
    pass


async def test_scores_are_kept_in_shadow_and_change_nothing_that_is_seen(
    comments: list[int], pool: Pool, site: int, model: IsolatedClassifier
) -> None:
    before = await pool.fetch("SELECT id, status FROM comments ORDER BY id")
    async with pool.acquire() as conn:
        assert await rescore(conn, site, model, days=30, report=quiet) == Rescored(4, [])
        shown = await read_comment(conn, site, comments[2])
    assert shown is not None
    assert shown["model"] == "cued@1"
    assert await pool.fetch("SELECT id, status FROM comments ORDER BY id") == before
    assert await pool.fetchval("SELECT count(*) FROM scores WHERE shadow AND model = 'other@2'") == 4
    assert await pool.fetchval("SELECT count(*) FROM queue WHERE lane = 'score'") == 0


async def test_what_would_be_judged_otherwise_is_told(
    comments: list[int], pool: Pool, site: int, model: IsolatedClassifier
) -> None:
    async with pool.acquire() as conn:
        await rescore(conn, site, model, days=30, report=quiet)
        found = await compare(conn, site, "other@2")
    moves = {key: move.comments for key, move in found.moves.items()}
    assert moves == {
        (Action.HOLD, Action.PUBLISH): [comments[1]],
        (Action.PUBLISH, Action.HOLD): [comments[2]],
    }


async def test_a_second_run_passes_over_what_is_done(
    comments: list[int], pool: Pool, site: int, model: IsolatedClassifier, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("moderation.rescore.BATCH", 1)

    def stop(_what: str, done: int, _of: int) -> None:
        if done == 2:
            raise KeyboardInterrupt

    async with pool.acquire() as conn:
        with pytest.raises(KeyboardInterrupt):
            await rescore(conn, site, model, days=30, report=stop)
        assert await rescore(conn, site, model, days=30, report=quiet) == Rescored(2, [])
        assert await rescore(conn, site, model, days=30, report=quiet) == Rescored(0, [])


async def test_a_comment_that_breaks_the_model_is_passed_over_and_named(
    comments: list[int], pool: Pool, site: int
) -> None:
    model = IsolatedClassifier("python:tests.store.test_rescore:fragile")
    async with pool.acquire() as conn:
        assert await rescore(conn, site, model, days=30, report=quiet) == Rescored(3, [comments[1]])
    await model.close()
    scored = await pool.fetch("SELECT comment_id FROM scores WHERE model = 'fragile@1' ORDER BY comment_id")
    assert [row["comment_id"] for row in scored] == [comments[0], comments[2], comments[3]]


async def test_the_judging_models_own_scores_are_left_alone(
    comments: list[int], pool: Pool, site: int
) -> None:
    same = IsolatedClassifier("python:tests.classifiers:Cued")
    async with pool.acquire() as conn:
        assert await rescore(conn, site, same, days=30, report=quiet) == Rescored(0, [])
    await same.close()
    assert await pool.fetchval("SELECT bool_or(shadow) FROM scores") is False


async def test_what_is_judged_again_is_judged_by_the_workers_model_last_of_all(
    comments: list[int], api: Api, pool: Pool, site: int, worker: Worker
) -> None:
    await pool.execute("UPDATE comments SET status = 'published' WHERE id = $1", comments[1])
    async with pool.acquire() as conn:
        await judge_again(conn, site, [comments[1]])
    await (await api.guest()).post("A new one.")
    order = await pool.fetch("SELECT comment_id FROM queue WHERE lane = 'score' ORDER BY priority DESC, id")
    assert order[-1]["comment_id"] == comments[1]
    await worker.run_once()
    assert await pool.fetchval("SELECT status FROM comments WHERE id = $1", comments[1]) == "held"


async def test_the_command_rescores_and_tells(
    comments: list[int], database: str, pool: Pool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATABASE_URL", database)
    monkeypatch.setattr("os.nice", lambda _: 0)

    def command(*options: str) -> str:
        done = CliRunner().invoke(
            main, ["model", "rescore", "demo", "python:tests.store.test_rescore:other", *options]
        )
        assert done.exit_code == 0, done.output
        assert "rescoring: 4 of 4" in done.stderr or options
        return done.stdout

    told = await asyncio.to_thread(command)
    assert "publish -> hold: 1; moderators decided 0 of them, 0 otherwise" in told
    assert await pool.fetchval("SELECT count(*) FROM queue WHERE lane = 'score'") == 0
    await asyncio.to_thread(command, "--judge")
    assert await pool.fetchval("SELECT count(*) FROM queue WHERE lane = 'score'") == 2


async def test_the_command_names_what_broke_the_model_and_a_model_that_is_not_there(
    comments: list[int], database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATABASE_URL", database)
    monkeypatch.setattr("os.nice", lambda _: 0)

    def command(factory: str) -> Result:
        return CliRunner().invoke(
            main, ["model", "rescore", "demo", f"python:tests.store.test_rescore:{factory}"]
        )

    done = await asyncio.to_thread(command, "fragile")
    assert done.exit_code == 0, done.output
    assert f"broke on 1 comments, which have no score of it: {comments[1]}" in done.stderr
    gone = await asyncio.to_thread(command, "nothing")
    assert gone.exit_code == 1
    assert "nothing" in gone.stderr
