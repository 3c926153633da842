"""A second look at decisions, blind, and what it tells."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.consoles import Desk

pytestmark = pytest.mark.browser

CALM = "The trams are late again because nobody wants to pay for the new drivers"


def look(page: Page) -> None:
    page.get_by_role("link", name="Quality").click()


def test_decisions_are_judged_again_without_knowing_them(desk: Desk) -> None:
    for n in range(2):
        desk.service.wait_for(desk.service.post(f"{CALM}, said number {n}.", article="trams"), "published")
    page = desk.sit("Lena", "lead")
    look(page)
    shown = page.get_by_role("article", name="Comment to be judged")
    expect(shown).to_contain_text(CALM)
    expect(shown).not_to_contain_text(re.compile("published|rejected by|toxicity|Guest", re.IGNORECASE))
    first = "number 0" if "number 0" in shown.inner_text() else "number 1"
    page.keyboard.press("a")
    said = page.get_by_role("status").filter(has_text="The one before")
    expect(said).to_contain_text("was published by the software. You agree.")
    expect(shown).not_to_contain_text(first)
    page.keyboard.press("r")
    expect(said).to_contain_text("You see it differently.")
    expect(page.get_by_text("There is nothing to look at a second time.")).to_be_visible()
    table = page.get_by_role("region", name="Second looks").get_by_role("row")
    expect(table.filter(has_text="Published by software")).to_contain_text(re.compile(r"2\s*too few to say"))
    expect(page.locator(".figures > div").filter(has_text="second looks by you")).to_contain_text("2")
    said.get_by_role("link", name="Open it").click()
    expect(page.locator(".comment-text", has_text=CALM)).to_be_visible()


def test_a_moderator_sees_their_own_work_and_an_auditor_the_whole(desk: Desk) -> None:
    page = desk.sit("Mona")
    look(page)
    expect(page.get_by_role("heading", name="Your own work")).to_be_visible()
    expect(page.get_by_role("heading", name="Drift of scores")).to_have_count(0)
    auditor = desk.sit("Arno", "auditor")
    look(auditor)
    expect(auditor.get_by_role("heading", name="Drift of scores")).to_be_visible()
    expect(auditor.get_by_role("heading", name="A second look", exact=True)).to_have_count(0)
