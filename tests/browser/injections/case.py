"""The list of what is injected, and how one asks about what then fails."""

from collections.abc import Callable

from playwright.sync_api import expect

from tests.browser.lab import Bench

Injection = Callable[[Bench], None]
CASES: list[tuple[str, str, Injection]] = []


def case(name: str, expected: str) -> Callable[[Injection], Injection]:
    """What is broken, and the cause that should be named for it."""

    def add(inject: Injection) -> Injection:
        CASES.append((name, expected, inject))
        return inject

    return add


def ask_about_the_failure(bench: Bench) -> None:
    alert = bench.page.get_by_role("alert").first
    expect(alert).to_be_visible()
    bench.started()
    alert.get_by_role("button", name="Get help").click()
