"""The record: a lead sees what was done, goes to what it was about, and takes it away as a file."""

import csv
import re
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.browser.consoles import Desk, card, reject

pytestmark = pytest.mark.browser


def test_a_lead_sees_what_was_done_narrows_it_and_takes_it_away(desk: Desk) -> None:
    _, second = desk.hold("idiot one", "idiot two")
    anna = desk.sit("Anna")
    card(anna, "idiot one")
    reject(anna)
    card(anna, "idiot two")
    anna.keyboard.press("a")
    expect(anna.get_by_text("Nothing waits")).to_be_visible()
    desk.service.wait_for(second, "published")
    expect(anna.get_by_role("link", name="Record")).to_have_count(0)

    lena = desk.sit("Lena", role="lead")
    lena.get_by_role("link", name="Record").click()
    acts = lena.get_by_role("region", name="Acts").get_by_role("row")
    expect(acts).to_have_count(5)
    expect(acts.nth(1)).to_contain_text("Lena")
    expect(acts.nth(1)).to_contain_text("signed in")
    expect(acts.nth(3)).to_contain_text("held → rejected · personal attack")
    lena.get_by_role("link", name="Anna").first.click()
    expect(acts).to_have_count(4)
    lena.get_by_label("What").select_option("rejected")
    lena.get_by_role("button", name="Show").click()
    expect(acts).to_have_count(2)
    with lena.expect_download() as taken:
        lena.get_by_role("link", name="As CSV").first.click()
    rows = list(csv.DictReader(Path(taken.value.path()).read_text().splitlines()))
    assert [(row["action"], row["staff"]) for row in rows] == [("comment.reject", "Anna")]
    lena.get_by_role("button", name="Everything by everybody").click()
    # Taking it away was an act.
    expect(acts).to_have_count(6)
    lena.get_by_role("link", name=re.compile(r"^comment \d+$")).last.click()
    card(lena, "idiot one")


def test_statements_of_reasons_are_taken_away_without_a_text(desk: Desk) -> None:
    [held] = desk.hold("You idiot")
    anna = desk.sit("Anna")
    card(anna, "You idiot")
    reject(anna, "3")
    desk.service.wait_for(held, "rejected")
    olga = desk.sit("Olga", role="auditor")
    olga.get_by_role("link", name="Record").click()
    with olga.expect_download() as taken:
        olga.get_by_role("region", name="Statements of reasons").get_by_role("link", name="As CSV").click()
    text = Path(taken.value.path()).read_text()
    [row] = csv.DictReader(text.splitlines())
    assert row["category"] == "STATEMENT_CATEGORY_ILLEGAL_OR_HARMFUL_SPEECH"
    assert "idiot" not in text
