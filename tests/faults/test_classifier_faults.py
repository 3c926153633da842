"""Fault 13: the classifier hangs, dies, or one text kills it. Others are judged, people get the text, and are told why."""

from pathlib import Path
from typing import Any

import aiohttp
import pytest

from tests.api.newsroom import Console
from tests.faults.checker import violations
from tests.faults.conftest import Start, looking
from tests.faults.history import History, Write
from tests.faults.writers import Writer
from tests.processes import Part, until, until_ready


class Desk:
    """A moderator at the console of the site `demo`, and the operator's look at /readyz."""

    def __init__(self, console: Console) -> None:
        self.console = console

    async def look(self, path: str) -> Any:
        status, body = await self.console.call("GET", f"/sites/demo{path}")
        assert status == 200, body
        return body

    async def queued(self) -> dict[str, set[str]]:
        """The texts that wait for people, each with the codes of its reasons."""
        items = (await self.look("/queue"))["items"]
        return {item["comment"]["body"]: {reason["code"] for reason in item["reasons"]} for item in items}

    async def workers(self) -> list[Any]:
        async with self.console.session.get(f"{self.console.base}/readyz") as answer:
            assert answer.status == 200
            return (await answer.json())["workers"]


@pytest.fixture
async def desk(port: int, tmp_path: Path) -> Any:
    """To be signed in once the service runs."""
    async with aiohttp.ClientSession(cookie_jar=aiohttp.CookieJar(unsafe=True)) as session:
        yield Desk(Console(f"http://127.0.0.1:{port}", session))


async def sign_in(desk: Desk, directory: Path) -> None:
    password = (directory / "demo-password").read_text().strip()
    status, _ = await desk.console.sign_in("moderator@demo.example", password)
    assert status == 200


async def post(writer: Writer, *texts: str) -> list[Write]:
    return [await writer.post(text) for text in texts]


def classifier_of(part: Part) -> Any:
    [child] = [process for process in part.family() if "moderation.isolated" in " ".join(process.cmdline())]
    return child


@pytest.mark.parametrize("fault", ["hang-the-classifier", "kill-the-classifier", "raise-in-the-classifier"])
async def test_a_text_that_breaks_the_classifier_reaches_people_and_the_others_are_judged(
    fault: str, start: Start, port: int, url: str, tmp_path: Path, desk: Desk
) -> None:
    history = History()
    part = start("up --demo", port=port, score_timeout_s=2)
    await until_ready(part, url)
    await sign_in(desk, tmp_path)
    async with Writer(url, history) as writer:
        await post(writer, "Before", f"Please {fault}", "After", "You idiot")

        async def settled() -> bool:
            counts = await desk.look("/counts")
            return counts["pending"] == 0 and len(await desk.queued()) == 2

        await until(settled, what="all judged or with people")

        assert await desk.queued() == {f"Please {fault}": {"unscored"}, "You idiot": {"likely_toxic"}}
        assert await shown(url) == ["After", "Before"]
        assert (await desk.look("/counts"))["classifier"] == {"id": "cued@1", "state": "ready", "detail": ""}
        assert [worker["state"] for worker in await desk.workers()] == ["ready"]
        await post(writer, "Later")
        await until(lambda: is_shown(url, "Later"), what="the classifier at work again")
    async with looking(tmp_path) as conn:
        assert await violations(conn, history) == []


async def test_a_classifier_that_dies_and_stays_away_is_told_of_and_made_up_for(
    start: Start, port: int, url: str, tmp_path: Path, desk: Desk
) -> None:
    weights = tmp_path / "weights"
    weights.touch()
    history = History()
    part = start("up --demo", port=port, classifier="python:tests.classifiers:absent", test_model=weights)
    await until_ready(part, url)
    await sign_in(desk, tmp_path)
    async with Writer(url, history) as writer:
        await post(writer, "Before")
        await until(lambda: is_shown(url, "Before"), what="the classifier at work")

        weights.unlink()
        classifier_of(part).kill()
        await post(writer, "While it is away")

        async def told() -> bool:
            return (await desk.look("/counts"))["classifier"]["state"] == "unavailable"

        await until(told, what="the console says that the classifier is away")
        assert await desk.queued() == {"While it is away": {"unscored"}}
        assert (await desk.look("/counts"))["unscored"] == 1
        [worker] = await desk.workers()
        assert (worker["state"], worker["classifier"]) == ("unavailable", None)
        assert "run the download" in worker["detail"], "the fix is named"
        assert await shown(url) == ["Before"]

        weights.touch()
        await until(lambda: is_shown(url, "While it is away"), what="judged when it is back")
        assert await desk.queued() == {}
        counts = await desk.look("/counts")
        assert (counts["unscored"], counts["classifier"]["state"]) == (0, "ready")


async def shown(url: str) -> list[str]:
    """What readers see, newest first, as text."""
    async with (
        aiohttp.ClientSession() as http,
        http.get(f"{url}/api/v1/sites/demo/articles/story/comments") as answer,
    ):
        comments = (await answer.json())["comments"]
    return [comment["html"].removeprefix("<p>").removesuffix("</p>") for comment in comments]


async def is_shown(url: str, text: str) -> bool:
    return text in await shown(url)
