"""A ticket is answered at the console, and its reader reads the answer."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.browser.consoles import (
    Desk,
)

pytestmark = pytest.mark.browser

PAGE = Path(__file__).parents[2] / "docs" / "moderate.md"


def test_a_reader_without_help_is_answered(desk: Desk) -> None:
    page = desk.sit("Anna")
    page.get_by_role("link", name="Tickets").click()
    expect(page.get_by_text("No tickets here.")).to_be_visible()
    ticket = {"category": "sign_in", "message": "I cannot sign in with my subscription."}
    receipt = desk.service.call("POST", "/tickets", ticket)
    expect(page.get_by_role("link", name="Tickets")).to_have_text(re.compile(r"\b1$"))
    page.get_by_role("link", name="I cannot sign in").click()
    expect(page.get_by_role("heading", name=receipt["reference"])).to_be_visible()
    box = page.get_by_label("Answer or note")
    expect(box).to_be_visible()
    page.keyboard.press("r")
    expect(box).to_be_focused()
    page.keyboard.type("Just update, reload, then try again.")
    expect(box).to_have_value("Just update, reload, then try again.")
    page.keyboard.press("Control+Enter")
    expect(page.locator(".said-answer")).to_contain_text("Just update, reload")
    expect(box).to_have_value("")
    expect(page.get_by_label("State")).to_have_value("waiting_reader")
    box.fill("Second one today.")
    page.get_by_role("button", name="Note for colleagues").click()
    expect(page.locator(".said-note")).to_contain_text("Second one today.")
    page.get_by_label("State").select_option("resolved")
    expect(page.get_by_role("link", name="Tickets")).to_have_text(re.compile(r"\b0$"))

    reader = desk.page()
    reader.goto(receipt["url"])
    expect(reader.get_by_text("Just update, reload, then try again.")).to_be_visible()
    expect(reader.get_by_text("Second one today.")).to_have_count(0)


def test_an_answer_half_written_is_kept(desk: Desk) -> None:
    receipt = desk.service.call("POST", "/tickets", {"category": "other", "message": "Help, please."})
    page = desk.sit("Anna")
    page.goto(f"{desk.home}/tickets/{receipt['reference']}")
    page.get_by_label("Answer or note").fill("Half an answer")
    page.reload()
    expect(page.get_by_label("Answer or note")).to_have_value("Half an answer")
