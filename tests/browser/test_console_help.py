"""The console's side of help: the inbox with all behind a ticket, saved answers, incidents, what the site has to mend."""

import csv
import io
import re
import urllib.error
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.consoles import Desk

pytestmark = pytest.mark.browser


def tell(desk: Desk, message: str, *, browser: str = "Firefox/130.0", key: str = "", **more: Any) -> Any:
    """A reader's ticket; gives its receipt."""
    headers = {"User-Agent": browser} | ({"Idempotency-Key": key} if key else {})
    return desk.service.call(
        "POST", "/tickets", {"category": "cannot_post", "message": message, **more}, **headers
    )


def at_tickets(desk: Desk, name: str = "Anna", role: str = "moderator") -> Page:
    page = desk.sit(name, role=role)
    page.get_by_role("link", name="Tickets").click()
    return page


def crowd(desk: Desk, cause: str = "csp", size: int = 6) -> None:
    """So many readers with one trouble that it is an incident."""
    for n in range(size):
        diagnostics = {"causes": [cause], "build": "b1", "phase": "ready", "browser": f"Firefox/{120 + n}.0"}
        tell(desk, f"Nothing works, {n}.", browser=f"Firefox/{120 + n}.0", diagnostics=diagnostics)


def failing_call(desk: Desk) -> str:
    """A call that is refused; gives its request's id."""
    try:
        desk.service.call("POST", "/articles/story/comments", {"body": "Hello"})
    except urllib.error.HTTPError as error:
        return error.headers["X-Request-Id"]
    raise AssertionError("it was not refused")


def test_the_inbox_is_searched_and_the_address_keeps_it(desk: Desk) -> None:
    tell(
        desk,
        "The tram picture hides my comment.",
        article="trams",
        diagnostics={"causes": ["csp"], "language": "de-AT"},
    )
    other = tell(
        desk, "I cannot log in.", article="rivers", diagnostics={"causes": ["session_over"], "language": "en"}
    )
    page = at_tickets(desk)
    tram, log = (
        page.get_by_role("link", name="tram picture"),
        page.get_by_role("link", name="I cannot log in"),
    )
    expect(tram).to_be_visible()
    expect(log).to_be_visible()
    words = page.get_by_label("Words or reference")
    words.fill("picture tram")
    words.press("Enter")
    expect(log).to_have_count(0)
    expect(tram).to_be_visible()
    page.reload()
    expect(words).to_have_value("picture tram")
    expect(log).to_have_count(0)
    words.fill(other["reference"].lower())
    words.press("Enter")
    expect(log).to_be_visible()
    expect(tram).to_have_count(0)
    words.fill("")
    page.get_by_text("More", exact=True).click()
    page.get_by_role("combobox", name="Cause", exact=True).select_option("csp")
    expect(log).to_have_count(0)
    expect(tram).to_be_visible()
    page.get_by_role("combobox", name="Cause", exact=True).select_option("")
    page.get_by_label("Language").fill("en")
    page.keyboard.press("Enter")
    expect(tram).to_have_count(0)
    expect(log).to_be_visible()
    page.get_by_label("Language").fill("")
    page.get_by_label("Article’s key").fill("trams")
    page.keyboard.press("Enter")
    expect(log).to_have_count(0)
    page.get_by_role("combobox", name="Show", exact=True).select_option("spam")
    expect(page.get_by_text("No tickets here.")).to_be_visible()


def test_behind_a_ticket_stand_the_comment_its_decision_and_the_log(desk: Desk) -> None:
    [comment] = desk.hold("Only an idiot would say so.")
    diagnostics = {"causes": ["held"], "error": {"code": "unauthenticated", "request_id": failing_call(desk)}}
    receipt = tell(desk, "Where is it?", comment_id=comment["id"], diagnostics=diagnostics)
    page = at_tickets(desk)
    page.get_by_role("link", name="Where is it?").click()
    about = page.get_by_role("region", name="The comment it is about")
    expect(about).to_contain_text("Only an idiot would say so.")
    expect(about).to_contain_text("held by the classifier or the rules")
    # The line is kept a moment after the call was answered.
    expect(page.get_by_text("What the log says of their request")).to_be_visible()

    def lines() -> str:
        page.reload()
        page.get_by_text("What the log says of their request").click()
        return page.locator(".diagnostics").last.inner_text()

    told = next(text for _ in range(60) if "401" in (text := lines()))
    assert "POST /api/v1/sites/{site}/articles/{article}/comments 401 unauthenticated" in told
    assert diagnostics["error"]["request_id"] in told  # type: ignore[index]
    about.get_by_role("link", name="The comment it is about").click()
    expect(page).to_have_url(re.compile(rf"/comments/{comment['id']}$"))
    assert receipt["reference"]


def test_two_tickets_become_one_from_the_screen(desk: Desk) -> None:
    first, second = tell(desk, "It is broken."), tell(desk, "Still broken!")
    page = at_tickets(desk)
    page.get_by_role("link", name="Still broken!").click()
    page.get_by_role("button", name="Merge…").click()
    dialog = page.get_by_role("dialog", name="Merge this ticket")
    dialog.get_by_label("The other’s reference").fill("PX-0000-0000")
    page.keyboard.press("Enter")
    expect(dialog.get_by_role("alert")).to_have_text("There is no such ticket.")
    dialog.get_by_label("The other’s reference").fill(first["reference"].lower())
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name=first["reference"])).to_be_visible()
    expect(page.locator(".said-note")).to_contain_text("Still broken!")
    expect(page.get_by_role("link", name="Still broken!")).to_have_count(0)
    page.get_by_label("Words or reference").fill(second["reference"])
    page.keyboard.press("Enter")
    page.get_by_role("link", name="Still broken!").click()
    expect(page.get_by_text("It goes on as")).to_contain_text(first["reference"])


def test_saved_answers_are_written_by_leads_and_used_by_all(desk: Desk) -> None:
    token = desk.service.guest("Otto Brandt")
    ticket = {"category": "cannot_post", "message": "Help me."}
    receipt = desk.service.call("POST", "/tickets", ticket, Authorization=f"Bearer {token}")
    lead = at_tickets(desk, "Lena", role="lead")
    lead.get_by_role("link", name="Saved answers").click()
    lead.get_by_label("Title").fill("Reload")
    text = lead.get_by_role("form", name="A new answer").get_by_label("Text")
    text.fill("Hello {nome}")
    lead.get_by_role("button", name="Save").click()
    expect(lead.get_by_role("alert").filter(has_text="cannot be filled in")).to_contain_text("{nome}")
    text.fill("Hello {name}, about {reference} and {article}: reload. {staff}")
    lead.get_by_role("button", name="Save").click()
    expect(lead.get_by_role("heading", name="Reload")).to_be_visible()
    lead.get_by_role("button", name="Change Reload").click()
    lead.get_by_role("form", name="Change Reload").get_by_label("Title").fill("Reload it")
    lead.get_by_role("form", name="Change Reload").get_by_role("button", name="Save").click()
    expect(lead.get_by_role("heading", name="Reload it")).to_be_visible()

    ben = at_tickets(desk, "Ben")
    ben.get_by_role("link", name="Saved answers").click()
    expect(ben.get_by_role("heading", name="Reload it")).to_be_visible()
    expect(ben.get_by_role("button", name="Change Reload it")).to_have_count(0)
    expect(ben.get_by_role("form")).to_have_count(0)
    ben.get_by_role("link", name="Inbox").click()
    ben.get_by_role("link", name="Help me.").click()
    ben.get_by_label("Saved answers").select_option("Reload it")
    box = ben.get_by_label("Answer or note")
    filled = f"Hello Otto Brandt, about {receipt['reference']} and {{article}}: reload. Ben"
    expect(box).to_have_value(filled)
    ben.get_by_role("button", name="Answer the reader").click()
    expect(ben.get_by_text("Not sent: fill in {article}")).to_be_visible()
    expect(ben.locator(".said-answer")).to_have_count(0)
    box.fill(filled.replace("{article}", "the trams"))
    ben.get_by_label("and resolve it").check()
    ben.get_by_role("button", name="Answer the reader").click()
    expect(ben.locator(".said-answer")).to_contain_text("the trams: reload. Ben")
    expect(ben.get_by_label("State")).to_have_value("resolved")
    lead.get_by_role("button", name="Delete Reload it").click()
    expect(lead.get_by_text("None yet.")).to_be_visible()


def test_an_incident_is_told_above_all_and_ended_with_one_answer(desk: Desk) -> None:
    anna, ben = desk.sit("Anna"), desk.sit("Ben")
    crowd(desk)
    banner = anna.get_by_role("region", name="Open incidents")
    expect(banner).to_contain_text("An incident is open")
    banner.get_by_role("link", name="See what it is").click()
    expect(banner).to_have_count(0)
    expect(anna.get_by_role("heading", name="the page’s policy")).to_be_visible()
    expect(anna.get_by_text("6 to be answered")).to_be_visible()
    expect(anna.get_by_text("Nine in ten have: build b1")).to_be_visible()
    expect(anna.get_by_role("img", name="Tickets a day")).to_be_visible()
    anna.get_by_text("The numbers").click()
    expect(anna.get_by_role("columnheader", name="the page’s policy")).to_be_visible()
    with anna.expect_download() as download:
        anna.get_by_role("link", name="As CSV").click()
    rows = list(csv.DictReader(io.StringIO(download.value.path().read_text("utf-8"))))
    assert [(row["cause"], row["tickets"]) for row in rows] == [("csp", "6")]

    expect(ben.get_by_role("region", name="Open incidents")).to_be_visible()
    anna.get_by_label("What everybody who wrote about it is told").fill("It works again.")
    anna.get_by_role("button", name="Answer all and end it").click()
    expect(anna.get_by_text("Nothing is broken for many readers.")).to_be_visible()
    expect(anna.get_by_role("region", name="Past")).to_contain_text("It works again.")
    expect(ben.get_by_role("region", name="Open incidents")).to_have_count(0)
    anna.get_by_role("link", name="6 readers wrote").click()
    anna.get_by_role("link", name="Nothing works, 3.").click()
    expect(anna.locator(".said-answer")).to_contain_text("It works again.")
    expect(anna.get_by_label("State")).to_have_value("resolved")


def test_what_the_site_has_to_mend_is_told_and_called_mended(desk: Desk) -> None:
    for _ in range(2):
        desk.service.call("POST", "/diagnosis", {}, Origin="https://copy.example")
    page = at_tickets(desk)
    page.get_by_role("link", name="Site’s faults").click()
    fault = page.get_by_role("listitem").filter(has_text="https://copy.example")
    expect(fault).to_contain_text("seen 2 times")
    expect(fault).to_contain_text(f"parley site set {desk.service.site} --origin")
    fault.get_by_role("button", name="It is mended").click()
    expect(fault).to_contain_text("called mended by Anna")
    expect(fault.get_by_role("button")).to_have_count(0)
    desk.service.call("POST", "/diagnosis", {}, Origin="https://copy.example")
    page.reload()
    expect(fault).to_contain_text("seen 3 times")
    expect(fault.get_by_role("button", name="It is mended")).to_be_visible()
