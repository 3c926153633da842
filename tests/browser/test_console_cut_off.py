"""The console when the network, the service or the session goes away under it."""

from pathlib import Path

import pytest
from playwright.sync_api import Page, Route, expect

from tests.browser.consoles import PASSWORD, Desk, card, decisions, end_sessions, reject, sign_in

pytestmark = pytest.mark.browser

PAGE = Path(__file__).parents[2] / "docs" / "moderate.md"


def test_offline_a_decision_is_kept_and_sent_once(desk: Desk) -> None:
    first, second = desk.hold("idiot one", "idiot two")
    page = desk.sit("Anna")
    card(page, "idiot one")
    # What is needed for it has been read before the network goes.
    page.keyboard.press("r")
    page.get_by_role("button", name="Personal attack").wait_for()
    page.keyboard.press("Escape")
    page.context.set_offline(True)
    page.keyboard.press("a")
    card(page, "idiot two")
    expect(page.get_by_text("Offline: 1 to send")).to_be_visible()
    reject(page)
    expect(page.get_by_text("Offline: 2 to send")).to_be_visible()
    page.context.set_offline(False)
    desk.service.wait_for(first, "published")
    desk.service.wait_for(second, "rejected")
    expect(page.get_by_text("Live", exact=True)).to_be_visible()
    assert decisions(desk, first) == [("Anna", "published")]
    assert decisions(desk, second) == [("Anna", "rejected")]


def test_a_decision_outlives_the_page_it_was_made_on(desk: Desk) -> None:
    [held] = desk.hold("You idiot")
    page = desk.sit("Anna")
    card(page, "You idiot")
    page.route("**/decisions", lambda route: route.abort())
    page.keyboard.press("a")
    expect(page.get_by_text("Offline: 1 to send")).to_be_visible()
    context = page.context
    page.close()
    again = context.new_page()
    again.goto(desk.home)
    desk.service.wait_for(held, "published")
    expect(again.get_by_text("Nothing waits")).to_be_visible()
    assert decisions(desk, held) == [("Anna", "published")]


def test_a_decision_whose_answer_got_lost_is_made_once(desk: Desk) -> None:
    [held] = desk.hold("You idiot")
    page = desk.sit("Anna")
    card(page, "You idiot")
    keys: list[str] = []

    def lose_first(route: Route) -> None:
        keys.append(route.request.headers["idempotency-key"])
        if len(keys) == 1:
            route.fetch()
            route.abort()
        else:
            route.continue_()

    page.route("**/decisions", lose_first)
    page.keyboard.press("a")
    expect(page.get_by_text("Offline: 1 to send")).to_be_visible()
    expect(page.get_by_text("Live", exact=True)).to_be_visible()
    assert len(keys) == 2
    assert len(set(keys)) == 1
    assert decisions(desk, held) == [("Anna", "published")]


def test_a_session_that_ends_is_asked_for_and_the_work_goes_on(desk: Desk) -> None:
    [held, _] = desk.hold("idiot one", "idiot two")
    page = desk.sit("Anna")
    card(page, "idiot one")
    page.context.clear_cookies()
    page.keyboard.press("a")
    dialog = page.get_by_role("dialog", name="Sign in again")
    expect(dialog.get_by_label("Password")).to_be_focused()
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")
    expect(dialog).to_have_count(0)
    card(page, "idiot two")
    desk.service.wait_for(held, "published")
    assert decisions(desk, held) == [("Anna", "published")]


def test_a_session_that_is_ended_elsewhere_is_asked_for_without_a_touch(desk: Desk) -> None:
    page = desk.sit("Anna")
    expect(page.get_by_text("Nothing waits")).to_be_visible()
    end_sessions(desk)
    dialog = page.get_by_role("dialog", name="Sign in again")
    # The stream looks at the session every few seconds.
    expect(dialog.get_by_label("Password")).to_be_focused()
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")
    expect(dialog).to_have_count(0)
    expect(page.get_by_text("Live", exact=True)).to_be_visible()
    desk.hold("You idiot")
    card(page, "You idiot")


def test_a_queue_that_cannot_be_read_says_so_and_is_read_again(desk: Desk) -> None:
    desk.hold("You idiot")
    email = desk.hire("Anna")
    page: Page = desk.page()
    page.route(
        "**/queue?*",
        lambda route: route.fulfill(status=503, json={"code": "unavailable", "title": "Not now."}),
    )
    page.goto(desk.home)
    sign_in(page, email)
    expect(page.get_by_role("alert")).to_contain_text("The queue could not be read. Not now.")
    page.unroute("**/queue?*")
    page.get_by_role("button", name="Try again").click()
    card(page, "You idiot")
