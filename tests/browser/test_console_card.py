"""What the card tells: the words behind a score, who reported, notes about the author; and breaks, for those who like."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.consoles import Desk, card, reject, rows, wait_for_words

pytestmark = pytest.mark.browser


def test_the_words_that_raised_the_score_are_marked_in_the_text_and_named(desk: Desk) -> None:
    [held] = desk.hold("Only an **idiot** says so, idiot.")
    # They are looked for once the classifier has time.
    wait_for_words(desk, held)
    page = desk.sit("Anna")
    shown = card(page, "says so")
    why = shown.get_by_role("region", name="Why it is here")
    raised = why.get_by_role("listitem").filter(has_text="Raised toxicity most")
    expect(raised.locator("mark")).to_have_text(["idiot"])
    expect(shown.locator(".comment-text mark")).to_have_text(["idiot", "idiot"])
    page.keyboard.press("m")
    expect(shown.locator(".comment-text mark").first).to_have_attribute(
        "title", re.compile("Raised the score for: toxicity")
    )


def test_reports_are_one_item_with_each_reporters_record(desk: Desk) -> None:
    calm = desk.service.post("A calm word")
    desk.service.wait_for(calm, "published")
    rob = desk.service.guest("Rob")
    for token, reason in (
        (rob, "spam"),
        (desk.service.guest("Una"), "spam"),
        (desk.service.guest("Vera"), "hate"),
    ):
        path = f"/comments/{calm['id']}/reports"
        desk.service.call("POST", path, {"reason": reason}, Authorization=f"Bearer {token}")
    page = desk.sit("Anna")
    card(page, "A calm word")
    expect(rows(page)).to_have_count(1)
    context = page.get_by_role("complementary", name="Context")
    expect(context).to_contain_text("Reports: 3 open, 0 settled")
    expect(context).to_contain_text("2 spam")
    expect(context).to_contain_text("no report of theirs was dealt with yet")
    reject(page)
    desk.service.wait_for(calm, "rejected")
    second = desk.service.post("Another calm word")
    desk.service.wait_for(second, "published")
    desk.service.call(
        "POST", f"/comments/{second['id']}/reports", {"reason": "spam"}, Authorization=f"Bearer {rob}"
    )
    card(page, "Another calm word")
    expect(context).to_contain_text("1 of their last 1 report upheld")


def test_a_note_about_an_author_is_there_for_colleagues(desk: Desk) -> None:
    desk.hold("You idiot", token=desk.service.guest("Otto"))
    page = desk.sit("Anna")
    card(page, "You idiot")
    box = page.get_by_label("A note about this reader")
    box.fill("Warned on Monday")
    page.reload()
    card(page, "You idiot")
    # What is half written is kept.
    expect(box).to_have_value("Warned on Monday")
    box.press("Control+Enter")
    context = page.get_by_role("complementary", name="Context")
    expect(context.get_by_text("Warned on Monday")).to_be_visible()
    expect(box).to_have_value("")
    olga = desk.sit("Olga", role="auditor")
    card(olga, "You idiot")
    expect(olga.get_by_text("Warned on Monday")).to_be_visible()
    expect(olga.get_by_label("A note about this reader")).to_have_count(0)


def test_a_break_is_suggested_to_those_who_want_that(desk: Desk) -> None:
    desk.hold(*(f"idiot {number:02}" for number in range(21)))
    page = desk.sit("Anna")
    card(page, "idiot 00")
    page.get_by_role("button", name="Anna: account").click()
    page.get_by_label("Suggest a break").select_option("After 20 that score high")
    page.keyboard.press("Escape")
    for number in range(19):
        card(page, f"idiot {number:02}")
        page.keyboard.press("a")
    notices = page.get_by_role("region", name="To be dealt with")
    expect(notices).to_contain_text("You have had 20 comments that score high")
    notices.get_by_role("button", name="Have a break").click()
    expect(page.get_by_role("heading", name="A break")).to_be_visible()
    page.get_by_role("button", name="Go on").click()
    card(page, "idiot 19")
    page.get_by_role("button", name="Anna: account").click()
    expect(page.get_by_text("Today you have seen 20 comments")).to_be_visible()
