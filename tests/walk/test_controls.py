"""The walks would see it: with one check taken out at a time, one of them fails."""

from collections.abc import Callable
from typing import Any

import asyncpg
import pytest

from moderation import appeals, decisions, outcomes, stages
from moderation.appeals import Hindrance
from moderation.database import Pool
from service import auth, endpoint
from service.store import history, participation, record
from tests.conftest import Api
from tests.walk.test_walks import walk

# So many walks are tried before a check counts as one that nobody would miss.
_MOST = 12
_STEPS = 100


async def _nothing(*_: Any, **__: Any) -> None:
    """What is left out."""


async def _none_reopened(*_: Any) -> int:
    return 0


async def _as_drafted(conn: Any, drafts: Any) -> Any:
    """Every comment is taken to be as the decision says."""
    rows = await _lock(conn, drafts)
    says = {(one.site_id, one.comment_id): one for one in drafts}
    return {
        key: {**row, "status": says[key].from_status, "revision": says[key].revision}
        for key, row in rows.items()
    }


def _partial(*args: Any, **more: Any) -> Hindrance | None:
    found = _hindrance(*args, **more)
    return None if found is Hindrance.NOT_IMPARTIAL else found


async def _quiet(_: Any, changes: Any) -> list[int | None]:
    return [None] * len(changes)


async def _uncounted(conn: Any, site_id: int, comment_id: int, reader_id: int, value: int | None) -> Any:
    await conn.execute(
        "DELETE FROM votes WHERE site_id = $1 AND comment_id = $2 AND reader_id = $3",
        site_id,
        comment_id,
        reader_id,
    )
    return await _vote(conn, site_id, comment_id, reader_id, value)


_lock, _hindrance, _vote = decisions._lock, appeals.hindrance, participation.vote
CONTROLS: dict[str, tuple[object, str, Callable[..., Any]]] = {
    "a decision over somebody else's": (decisions, "_lock", _as_drafted),
    "a status that no decision set": (decisions, "_move_comments", _nothing),
    "an appeal judged by whom it is against": (appeals, "hindrance", _partial),
    "what was escalated or proposed decided by anybody": (stages, "hindrance", lambda *_, **__: None),
    "no event": (outcomes, "publish_events", _quiet),
    "replies not counted": (outcomes, "count_replies", _nothing),
    "votes counted twice": (participation, "vote", _uncounted),
    "held and not queued": (outcomes, "update_review_queue", _nothing),
    "nothing in the record": (record, "note", _nothing),
    "reports lost by undoing": (history, "reopen_reports", _none_reopened),
    "undone and not where it waited": (stages, "restore", _nothing),
    "everybody may do everything": (endpoint, "demand", lambda *_: None),
    "a role counts on every site": (
        auth.Caller,
        "role",
        property(lambda caller: next(iter(caller.staff.roles.values()), None) if caller.staff else None),
    ),
}


@pytest.mark.parametrize("control", CONTROLS)
async def test_a_walk_fails(api: Api, pool: Pool, control: str, monkeypatch: pytest.MonkeyPatch) -> None:
    place, name, instead = CONTROLS[control]
    monkeypatch.setattr(place, name, instead)
    with pytest.raises((AssertionError, asyncpg.PostgresError)):
        await _some_walks(api, pool)


async def _some_walks(api: Api, pool: Pool) -> None:
    for number in range(1, _MOST + 1):
        await walk(api, pool, number, _STEPS)
