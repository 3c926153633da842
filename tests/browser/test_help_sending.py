"""A report of trouble arrives, once, whatever happens on the way: errors, no network, a page that is closed."""

import secrets

import pytest
from playwright.sync_api import Page, Route, expect

from tests.browser.conftest import LiveService
from tests.browser.help_form import fill_in, help_is_there, kept, send, tickets
from tests.browser.widgets import HELP, open_thread, ready

pytestmark = pytest.mark.browser

KEPT = "kept here and will be sent"


@pytest.fixture
def message() -> str:
    """Words that no other test's ticket has."""
    return f"It says no, number {secrets.token_hex(6)}."


def stored(service: LiveService, page: Page, message: str) -> list[dict]:
    return [ticket for ticket in tickets(service, page) if ticket["message"] == message]


def test_what_was_refused_is_sent_again_by_itself(
    page: Page, live_service: LiveService, article_key: str, message: str
) -> None:
    open_thread(page, live_service, article_key)
    page.route("**/tickets", lambda route: route.fulfill(status=503, json={"code": "unavailable"}))
    fill_in(page, message)
    send(page)
    expect(page.get_by_role("alert")).to_contain_text(KEPT)
    assert len(kept(page)) == 1
    page.unroute("**/tickets")
    expect(page.get_by_text("Your reference:")).to_be_visible()
    assert kept(page) == []
    assert len(stored(live_service, page, message)) == 1


def test_what_was_written_offline_is_sent_when_the_network_is_back(
    page: Page, live_service: LiveService, article_key: str, message: str
) -> None:
    open_thread(page, live_service, article_key)
    help_is_there(page)
    page.context.set_offline(True)
    fill_in(page, message)
    expect(page.locator("[data-cause=offline]")).to_be_visible()
    send(page)
    expect(page.get_by_role("alert")).to_contain_text(KEPT)
    page.context.set_offline(False)
    expect(page.get_by_text("Your reference:")).to_be_visible()
    assert len(stored(live_service, page, message)) == 1


def test_a_page_that_is_closed_sends_a_beacon_and_the_next_visit_confirms_it(
    page: Page, live_service: LiveService, article_key: str, message: str
) -> None:
    open_thread(page, live_service, article_key)

    # Not by a route, which would hold the beacon of a page that is gone.
    page.evaluate("() => { window.fetch = () => Promise.reject(new TypeError('Failed to fetch')) }")
    fill_in(page, message)
    send(page)
    expect(page.get_by_role("alert")).to_contain_text(KEPT)
    assert stored(live_service, page, message) == []
    page.goto(f"{live_service.url}/livez")
    page.wait_for_function(
        """async message => {
            const answer = await fetch('/api/v1/staff/sites/demo/tickets?state=all&limit=100');
            return (await answer.json()).items.some(ticket => ticket.message === message);
        }""",
        arg=message,
    )
    assert len(kept(page)) == 1
    page.goto(f"{live_service.url}/story/{article_key}")
    ready(page)
    expect(page.get_by_text("Your reference:")).to_be_visible()
    assert kept(page) == []
    assert len(stored(live_service, page, message)) == 1


def test_pressing_send_again_makes_no_second_ticket(
    page: Page, live_service: LiveService, article_key: str, message: str
) -> None:
    open_thread(page, live_service, article_key)

    def lose_the_answer(route: Route) -> None:
        route.fetch()
        route.abort("connectionreset")

    page.route("**/tickets", lose_the_answer, times=1)
    fill_in(page, message)
    send(page)
    expect(page.get_by_role("alert")).to_contain_text(KEPT)
    send(page)
    expect(page.get_by_text("Your reference:")).to_be_visible()
    assert len(stored(live_service, page, message)) == 1


def test_what_cannot_be_sent_can_be_copied(
    page: Page, live_service: LiveService, article_key: str, message: str
) -> None:
    page.context.grant_permissions(["clipboard-read", "clipboard-write"], origin=live_service.url)
    page.route("**/tickets", lambda route: route.abort())
    page.route(
        "**/config",
        lambda route: route.fulfill(json={**route.fetch().json(), "help_email": "help@news.example"}),
    )
    open_thread(page, live_service, article_key)
    fill_in(page, message)
    send(page)
    alert = page.get_by_role("alert")
    expect(alert).to_contain_text(KEPT)
    expect(alert.get_by_role("link", name="Send it by mail")).to_have_attribute(
        "href", f"mailto:help@news.example?body={page.evaluate('encodeURIComponent', message)}"
    )
    alert.get_by_role("button", name="Copy").click()
    expect(alert.get_by_role("button", name="Copied")).to_be_visible()
    assert page.evaluate("navigator.clipboard.readText()") == message


def test_an_incident_is_told_where_the_reader_writes(
    page: Page, live_service: LiveService, article_key: str
) -> None:
    page.route(
        "**/config",
        lambda route: route.fulfill(json={**route.fetch().json(), "trouble_since": "2026-11-24T12:00:00Z"}),
    )
    open_thread(page, live_service, article_key)
    told = page.get_by_text("Several readers have trouble commenting at the moment.")
    expect(told).to_be_visible()
    page.get_by_role("button", name=HELP).click()
    expect(told).to_have_count(2)
