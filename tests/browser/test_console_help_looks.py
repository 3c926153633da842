"""The console's side of help for everybody: no rule of axe is broken, light or dark, on a desk or on a telephone."""

import pytest
from playwright.sync_api import expect

from tests.browser.album import SCREENS, Album
from tests.browser.consoles import Desk, sign_in
from tests.browser.test_console_help import crowd, failing_call, tell

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("screen", list(SCREENS))
def test_no_state_of_help_breaks_a_rule_of_axe(desk: Desk, screen: str) -> None:
    [comment] = desk.hold("Only an idiot would close the tram line, and everybody on the council knows it.")
    desk.service.call("POST", "/diagnosis", {}, Origin="https://a-copy-of-the-courier.example")
    crowd(desk)
    crowd(desk, "network", 2)
    breadcrumbs = [{"at": 120, "what": "loaded"}, {"at": 4100, "what": "POST comments", "status": 401}]
    diagnostics = {
        "causes": ["held", "session_over"],
        "browser": "Mozilla/5.0 (X11; Linux x86_64; rv:130.0) Gecko/20100101 Firefox/130.0",
        "page": "https://news.example/2026/a-second-tram-line-and-what-it-costs",
        "error": {"code": "unauthenticated", "status": 401, "request_id": failing_call(desk)},
        "breadcrumbs": breadcrumbs,
        "online": True,
    }
    tell(
        desk,
        "Where is my comment?\nI tried twice.",
        comment_id=comment["id"],
        article="story",
        diagnostics=diagnostics,
    )

    # The policy stands in the way of axe's own script, not of the console's.
    page = desk.page(bypass_csp=True, **SCREENS[screen])
    album = Album(page, screen)
    page.goto(desk.home)
    sign_in(page, desk.hire("Lena", "lead"))
    expect(page.get_by_role("region", name="Open incidents")).to_be_visible()
    album.look("incident-banner")
    page.get_by_role("link", name="Tickets").click()
    page.get_by_text("More", exact=True).click()
    album.look("inbox-filters")
    page.get_by_text("More", exact=True).click()
    page.get_by_role("link", name="Where is my comment?").click()
    page.get_by_text("What their browser said").click()
    page.get_by_text("What the log says of their request").click()
    album.look("ticket")
    page.get_by_role("button", name="Merge…").click()
    page.get_by_role("dialog", name="Merge this ticket").wait_for()
    album.look("ticket-merge")
    page.keyboard.press("Escape")
    if screen == "phone":
        page.get_by_role("button", name="Back to the list").click()

    page.get_by_role("link", name="Incidents").click()
    page.get_by_label("What everybody who wrote about it is told").wait_for()
    page.get_by_text("The numbers").click()
    album.look("incidents")
    page.get_by_role("link", name="Site’s faults").click()
    page.get_by_role("button", name="It is mended").first.wait_for()
    album.look("faults")
    page.get_by_role("button", name="It is mended").first.click()
    page.get_by_text("called mended by Lena").wait_for()
    page.get_by_role("link", name="Saved answers").click()
    page.get_by_label("Title").fill("Update and reload")
    page.get_by_label("Text").fill("Hello {name},\nplease reload the page. {staff}")
    page.get_by_role("button", name="Save").click()
    page.get_by_role("heading", name="Update and reload").wait_for()
    album.look("saved-answers")
