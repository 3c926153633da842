"""`parley policy recalibrate`: from a site's decisions to an offer, or to a plain no."""

import asyncio
import json
import random
from collections.abc import Callable

import asyncpg
import pytest
from click.testing import CliRunner, Result

from moderation.bundled import DIRECTORY
from moderation.calibration import FEWEST_DECISIONS
from moderation.database import prepare
from service.cli import main

Fill = Callable[[int, float | None], None]
# The one whose thresholds the default policy has.
_MODEL = f"bundled@{json.loads((DIRECTORY / 'model.json').read_text())['version']}"


@pytest.fixture
def fill(database: str) -> Fill:
    """So many comments with scores, decided by moderators who remove one when its score is above `line`, mostly; with no
    line, just as often as the score says.
    """

    async def write(count: int, line: float | None) -> None:
        dice = random.Random(5)
        conn = await asyncpg.connect(database)
        await prepare(conn)
        site = await conn.fetchval("INSERT INTO sites (key, name) VALUES ('courier', 'Courier') RETURNING id")
        article = await conn.fetchval(
            "INSERT INTO articles (site_id, key) VALUES ($1, 'a') RETURNING id", site
        )
        reader = await conn.fetchval(
            "INSERT INTO readers (site_id, name, name_skeleton) VALUES ($1, 'Ann', 'ann') RETURNING id", site
        )
        for _ in range(count):
            score = dice.random()
            chance = dice.random()
            removed = chance < score if line is None else (score > line) != (chance < 0.1)
            comment = await conn.fetchval(
                """INSERT INTO comments (site_id, article_id, reader_id, body, html) VALUES ($1, $2, $3, 'x', 'x')
                   RETURNING id""",
                site,
                article,
                reader,
            )
            await conn.execute(
                "INSERT INTO revisions (site_id, comment_id, revision, body, html) VALUES ($1, $2, 1, 'x', 'x')",
                site,
                comment,
            )
            await conn.execute(
                "INSERT INTO scores (site_id, comment_id, revision, model, labels) VALUES ($1, $2, 1, $3, $4)",
                site,
                comment,
                _MODEL,
                {"toxicity": score},
            )
            await conn.execute(
                """INSERT INTO decisions (site_id, comment_id, revision, from_status, to_status, actor)
                   VALUES ($1, $2, 1, 'held', $3, 'staff')""",
                site,
                comment,
                "rejected" if removed else "published",
            )
        await conn.close()

    return lambda count, line: asyncio.run(write(count, line))


@pytest.fixture
def parley(database: str, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Result]:
    monkeypatch.setenv("DATABASE_URL", database)
    return lambda *arguments: CliRunner().invoke(main, arguments)


def test_moderators_who_remove_less_than_the_scores_say_raise_the_line(
    fill: Fill, parley: Callable[..., Result]
) -> None:
    fill(600, 0.7)
    before = json.loads(parley("policy", "show", "courier").stdout)["bands"][_MODEL]

    looked = parley("policy", "recalibrate", "courier")
    assert looked.exit_code == 0, looked.output
    assert f"toxicity of {_MODEL}: hold from 0." in looked.output
    assert parley("policy", "history", "courier").output == "", "an offer changes nothing"

    applied = parley("policy", "recalibrate", "courier", "--apply")
    assert applied.output.endswith("Version 1 is active.\n")
    after = json.loads(parley("policy", "show", "courier").stdout)["bands"][_MODEL]
    assert before["toxicity"]["hold_at"] < after["toxicity"]["hold_at"] < 0.75
    assert {label: band for label, band in after.items() if label != "toxicity"} == {
        label: band for label, band in before.items() if label != "toxicity"
    }


@pytest.mark.parametrize(
    ("count", "line", "said"),
    [
        (FEWEST_DECISIONS - 1, 0.5, "200 of both kinds are needed"),
        (1000, None, "no better than the scores as they are"),
        (1000, -1.0, "hardly follow the score"),
    ],
)
def test_too_few_decisions_or_ones_that_teach_nothing_are_no_offer(
    fill: Fill, parley: Callable[..., Result], count: int, line: float | None, said: str
) -> None:
    fill(count, line)
    result = parley("policy", "recalibrate", "courier")
    assert result.exit_code == 1
    assert "Nothing to offer" in result.output
    assert said in result.output
