"""No sequence of what anybody can do reaches an illegal status, loses a row of the record, or lets somebody judge himself.

PARLEY_WALKS says how many walks are tried, PARLEY_WALK_STEPS how long each is, PARLEY_WALK_FIRST with which number they begin.
"""

import os
import random

import aiohttp
import pytest

from moderation.database import Pool
from tests.conftest import Api
from tests.walk.judge import Judge
from tests.walk.others import OTHERS
from tests.walk.staff import STAFF_ACTIONS
from tests.walk.world import World

WALKS = int(os.environ.get("PARLEY_WALKS", "4"))
STEPS = int(os.environ.get("PARLEY_WALK_STEPS", "60"))
FIRST = int(os.environ.get("PARLEY_WALK_FIRST", "1"))
ACTIONS = {**OTHERS, **STAFF_ACTIONS}


async def walk(api: Api, pool: Pool, number: int, steps: int) -> None:
    """Raises AssertionError with all that was done up to there."""
    base = str(api.client.make_url("")).rstrip("/")
    async with aiohttp.ClientSession() as session:
        world = World(base, pool, api.client.server.app, session, random.Random(number))
        await world.settle_in(str(number))
        judge = Judge(world)
        for action in world.chance.choices(list(ACTIONS), list(ACTIONS.values()), k=steps):
            try:
                step = await action(world)
                if step is not None:
                    await judge.hold(step)
            except AssertionError as error:
                said = "\n".join(world.said)
                raise AssertionError(f"walk {number}, in {action.__name__}: {error}\n{said}") from error


@pytest.mark.parametrize("number", range(FIRST, FIRST + WALKS))
async def test_nothing_that_anybody_does_breaks_the_rules(api: Api, pool: Pool, number: int) -> None:
    await walk(api, pool, number, STEPS)
