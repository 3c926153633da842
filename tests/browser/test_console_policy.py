"""The policy in the console: tried before it is saved, saved as a version, taken back; word lists tried on disguises."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.consoles import Desk, card

pytestmark = pytest.mark.browser


def test_a_change_is_tried_saved_judges_at_once_and_is_taken_back(desk: Desk) -> None:
    for number in range(3):
        desk.service.wait_for(desk.service.post(f"A calm word {number}"), "published")
    page = desk.sit("Lena", role="lead")
    page.get_by_role("link", name="Policy").click()
    saving = page.get_by_role("region", name="Try out and save")
    expect(saving).to_contain_text("Version 0 judges now")
    # What was not tried is not saved.
    page.get_by_label("Hold everything until a person has seen it").check()
    expect(saving).to_contain_text("Try it on past comments first")
    expect(saving.get_by_role("button", name="Save")).to_be_disabled()
    saving.get_by_role("button", name="Try it").click()
    expect(saving).to_contain_text("3 comments: published now, held then")
    expect(saving).to_contain_text("premoderate: no → yes")
    saving.get_by_label("Why").fill("Election night")
    saving.get_by_role("button", name="Save").click()
    expect(saving).to_contain_text("Version 1 judges now")
    versions = page.get_by_role("region", name="Versions").get_by_role("listitem")
    expect(versions).to_have_count(1)
    expect(versions.first).to_contain_text("Election night")
    held = desk.service.post("Another calm word")
    desk.service.wait_for(held, "held")

    page.get_by_label("Hold everything until a person has seen it").uncheck()
    page.get_by_label("Blocked domains").fill("spam.example")
    page.get_by_label("Blocked domains").blur()
    saving.get_by_role("button", name="Try it").click()
    expect(saving).to_contain_text("links / blocked: + spam.example")
    saving.get_by_role("button", name="Save").click()
    expect(versions).to_have_count(2)
    page.get_by_role("button", name="Go back to version 1").click()
    expect(versions).to_have_count(3)
    expect(page.get_by_label("Hold everything until a person has seen it")).to_be_checked()
    expect(page.get_by_label("Blocked domains")).to_have_value("")


def test_a_word_list_is_tried_and_a_bad_pattern_told(desk: Desk) -> None:
    page = desk.sit("Lena", role="admin")
    page.get_by_role("link", name="Policy").click()
    page.get_by_role("button", name="Add a list").click()
    words = page.get_by_role("region", name="Word list List 2")
    words.get_by_label("Words").fill("badger\n")
    words.get_by_label("Try it on a text").fill("You b4dger, you.")
    words.get_by_role("button", name="Try").click()
    expect(words.locator("mark")).to_have_text(["b4dger"])
    expect(words).to_contain_text(re.compile(r"\d of 9 disguises of its words are caught"))
    words.get_by_label("Patterns").fill("(")
    words.get_by_role("button", name="Try").click()
    expect(words).to_contain_text("in the pattern '('")


def test_two_who_change_at_once_do_not_save_over_each_other(desk: Desk) -> None:
    lena, lars = desk.sit("Lena", role="lead"), desk.sit("Lars", role="lead")
    for page, label in ((lena, "Hold edits"), (lars, "Hold all that new readers write")):
        page.get_by_role("link", name="Policy").click()
        page.get_by_label(label).check()
        page.get_by_role("button", name="Try it").click()
        expect(page.get_by_text("This is what it would have done")).to_be_visible()
    lena.get_by_role("button", name="Save").click()
    expect(lena.get_by_text("Version 1 judges now")).to_be_visible()
    lars.get_by_role("button", name="Save").click()
    expect(lars.get_by_text("Version 1 has been saved meanwhile")).to_be_visible()


def test_a_moderator_reads_the_policy_and_changes_nothing(desk: Desk) -> None:
    desk.hold("You idiot")
    page = desk.sit("Anna")
    card(page, "You idiot")
    page.get_by_role("link", name="Policy").click()
    expect(page.get_by_label("Hold edits")).to_be_disabled()
    expect(page.get_by_role("button", name="Save")).to_have_count(0)
