"""Every cause of the table, injected into a real browser: the first answer is the right one, and comes at once.

What is printed (`pytest -rP`) is the table of results; what is asserted is the share that is right.
"""

import statistics
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest
from playwright.sync_api import Browser, expect
from playwright.sync_api import Error as PlaywrightError

from tests.browser.conftest import CHROMIUM, FLAGS
from tests.browser.injections import CASES
from tests.browser.lab import Bench, Lab, open_lab
from tests.browser.patience import PATIENCE_S

pytestmark = pytest.mark.browser

RIGHT = 0.9


class Result(NamedTuple):
    case: str
    expected: str
    first: str
    settled: str
    milliseconds: float

    @property
    def right(self) -> bool:
        return self.first == self.settled == self.expected


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    lab = open_lab(tmp_path_factory.mktemp("lab"))
    yield lab
    lab.close()


def first_answer(bench: Bench) -> tuple[str, str, float]:
    """The first cause that is shown, the first when everything was checked, and the milliseconds to the former."""
    loader = bench.page.locator("parley-comments + a[href*='?error=']")
    shown = bench.page.locator("[data-cause]").first
    shown.or_(loader).first.wait_for()
    took = 1000 * (time.perf_counter() - bench.asked_at)
    if loader.count():
        told = str(loader.get_attribute("href")).partition("?error=")[2]
        return told, told, took
    first = str(shown.get_attribute("data-cause"))
    section = bench.page.locator(".answers[aria-busy]")
    if section.count():
        expect(section).to_have_attribute("aria-busy", "false")
    return first, str(shown.get_attribute("data-cause")), took


def test_the_first_answer_is_the_right_one(lab: Lab, browser: Browser) -> None:
    results = [_blocked_storage(lab, browser)]
    for name, expected, inject in CASES:
        context = browser.new_context()
        bench = Bench(lab, browser, context, f"story-{lab.number()}")
        try:
            inject(bench)
            results.append(Result(name, expected, *first_answer(bench)))
        except (AssertionError, PlaywrightError) as error:
            # No answer at all is a wrong one; the others are still to be asked.
            sys.stdout.write(f"{name}: {error}\n")
            results.append(Result(name, expected, "none", "none", 1000 * PATIENCE_S))
        context.close()
    sys.stdout.write(f"\n{_table(results)}\n")
    assert sum(result.right for result in results) >= RIGHT * len(results)


def _blocked_storage(lab: Lab, browser: Browser) -> Result:
    """A Chromium that is set to block all cookies and site data, which takes a profile of its own."""
    with tempfile.TemporaryDirectory() as profile:
        preferences = Path(profile) / "Default" / "Preferences"
        preferences.parent.mkdir()
        preferences.write_text('{"profile": {"default_content_setting_values": {"cookies": 2}}}')
        context = browser.browser_type.launch_persistent_context(
            profile, executable_path=CHROMIUM, args=FLAGS
        )
        bench = Bench(lab, browser, context, "story-storage")
        bench.visit()
        bench.ask()
        result = Result("cookies and site data are blocked", "storage", *first_answer(bench))
        context.close()
    return result


def _table(results: list[Result]) -> str:
    lines = [f"{'what is broken':58} {'expected':16} {'first answer':16} {'settled on':16} right    ms"]
    for result in results:
        right = "yes" if result.right else "NO"
        lines.append(
            f"{result.case:58} {result.expected:16} {result.first:16} {result.settled:16} {right:5} "
            f"{result.milliseconds:5.0f}"
        )
    share = sum(result.right for result in results) / len(results)
    median = statistics.median(result.milliseconds for result in results)
    lines.append(f"{len(results)} injected, {share:.1%} right at first, median {median:.0f} ms")
    return "\n".join(lines)
