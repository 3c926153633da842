"""What people and readers have said stands against whatever the machine decides later."""

from pathlib import Path

import pytest

from moderation import policies
from moderation.database import Pool
from moderation.decisions import Draft, decide
from moderation.policy import Policy
from moderation.policy_parts import Action
from moderation.statuses import Actor, Status
from moderation.worker import Worker
from tests.conftest import Api, Guest, MakeWorker


async def publish(api: Api, worker: Worker, text: str) -> tuple[Guest, str]:
    ann = await api.guest()
    posted = (await ann.post(text)).body["id"]
    await worker.run_once()
    assert (await api.call("GET", f"/comments/{posted}")).status == 200
    return ann, posted


async def edit(ann: Guest, comment: str, revision: int, text: str) -> None:
    answer = await ann.call(
        "PATCH", f"/comments/{comment}", json={"body": text}, headers={"If-Match": f'"{revision}"'}
    )
    assert answer.status == 200


async def status(pool: Pool, comment: str) -> str:
    return await pool.fetchval("SELECT status FROM comments WHERE id = $1", int(comment))


async def test_what_a_person_holds_no_edit_and_no_machine_brings_back(
    api: Api, worker: Worker, pool: Pool, site: int
) -> None:
    ann, comment = await publish(api, worker, "A claim about somebody.")
    draft = Draft(site, int(comment), 1, Status.PUBLISHED, Status.HELD, Actor.STAFF, staff_id=1)
    async with pool.acquire() as conn, conn.transaction():
        await decide(conn, [draft])

    await edit(ann, comment, 1, "A milder claim about somebody.")
    assert await worker.run_once()

    assert await status(pool, comment) == "held"
    assert await pool.fetchval("SELECT count(*) FROM scores WHERE revision = 2") == 1, "people see its scores"
    assert await pool.fetchval("SELECT count(*) FROM queue WHERE lane = 'review'") == 1


async def test_readers_reports_outlive_what_the_machine_decides(api: Api, worker: Worker, pool: Pool) -> None:
    ann, comment = await publish(api, worker, "A fine day.")
    reporter = await api.guest()
    assert (
        await reporter.call("POST", f"/comments/{comment}/reports", json={"reason": "abuse"})
    ).status == 201

    await edit(ann, comment, 1, "You idiot.")
    await worker.run_once()
    assert await status(pool, comment) == "held"
    reasons = await pool.fetchval("SELECT reasons FROM queue WHERE lane = 'review'")
    assert {reason["code"] for reason in reasons} == {"likely_toxic", "reported"}

    await edit(ann, comment, 2, "A fine day after all.")
    await worker.run_once()
    assert await status(pool, comment) == "published"
    reasons = await pool.fetchval("SELECT reasons FROM queue WHERE lane = 'review'")
    assert reasons == [{"code": "reported"}]
    assert await pool.fetchval("SELECT settled_by FROM reports") is None


@pytest.mark.parametrize("action", [Action.PUBLISH, Action.REJECT, Action.HOLD])
async def test_what_becomes_of_the_unscored_is_said_once_not_at_every_try(
    api: Api,
    pool: Pool,
    site: int,
    make_worker: MakeWorker,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    action: Action,
) -> None:
    monkeypatch.setenv("PARLEY_TEST_MODEL", str(tmp_path / "model"))
    async with pool.acquire() as conn, conn.transaction():
        await policies.save(conn, site, Policy(on_unscored=action), by="test", note="")
    worker = await make_worker("python:tests.classifiers:absent")
    ann = await api.guest()
    comment = (await ann.post("A fine day.")).body["id"]

    for _ in range(3):
        await pool.execute("UPDATE queue SET ready_at = now() WHERE lane = 'score'")
        assert await worker.run_once()

    expected = {Action.PUBLISH: "published", Action.REJECT: "rejected", Action.HOLD: "held"}[action]
    assert await status(pool, comment) == expected
    assert await pool.fetchval("SELECT count(*) FROM decisions") == 1

    (tmp_path / "model").touch()
    await worker.prepare()
    assert await worker.run_once()
    assert await status(pool, comment) == "published"
    assert await pool.fetchval("SELECT count(*) FROM queue") == 0
