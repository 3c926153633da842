"""A reader's page: from the card by a key; a warning that the reader has to read; a suspension that they are told of; and all
of their comments taken down and put back.
"""

import pytest
from playwright.sync_api import Page, expect

from tests.browser.consoles import Desk, card
from tests.browser.widgets import comment, open_thread, write

pytestmark = pytest.mark.browser


def open_author(console: Page, text: str) -> None:
    """Open the page of a card's author, by its key."""
    card(console, text)
    console.keyboard.press("p")
    console.get_by_role("heading", name="What to do").wait_for()


def test_a_warned_reader_reads_it_and_then_their_comment_is_taken(desk: Desk) -> None:
    reader = desk.page()
    open_thread(reader, desk.service, "story")
    write(reader, "The first of mine")
    first = comment(reader, "The first of mine")
    expect(first).to_have_attribute("data-status", "published")
    anna = desk.sit("Anna")
    anna.goto(f"{desk.home}/comments/{first.get_attribute('data-id')}")
    open_author(anna, "The first of mine")
    anna.get_by_role("button", name="Warn", exact=True).click()
    form = anna.get_by_role("form", name="Warn: Ada")
    form.get_by_label("For which rule").select_option("personal_attack")
    form.get_by_label("Words to the reader").fill("Attack views, not people.")
    form.get_by_role("button", name="Warn").click()
    history = anna.get_by_role("region", name="History")
    expect(history).to_contain_text("Warned: Personal attack")
    expect(history).to_contain_text("not read yet")

    write(reader, "A calm word")
    warning = reader.get_by_role("alert")
    expect(warning).to_contain_text("A moderator has warned you: Personal attack. Attack views, not people.")
    reader.get_by_role("button", name="I have read this").click()
    expect(comment(reader, "A calm word")).to_have_attribute("data-status", "published")
    expect(warning).to_have_count(0)
    anna.reload()
    expect(anna.get_by_role("region", name="History")).to_contain_text("read by the reader")


def test_a_suspended_reader_is_told_why_and_until_when_and_lifting_lets_them_write(desk: Desk) -> None:
    reader = desk.page()
    open_thread(reader, desk.service, "story")
    write(reader, "The first of mine")
    first = comment(reader, "The first of mine")
    expect(first).to_have_attribute("data-status", "published")
    anna = desk.sit("Anna")
    anna.goto(f"{desk.home}/comments/{first.get_attribute('data-id')}")
    open_author(anna, "The first of mine")
    anna.get_by_role("button", name="Suspend", exact=True).click()
    form = anna.get_by_role("form", name="Suspend: Ada")
    form.get_by_label("For how long").select_option("three days")
    form.get_by_label("A note for colleagues").fill("Third time.")
    form.get_by_role("button", name="Suspend").click()
    expect(anna.get_by_text("suspended until")).to_be_visible()
    expect(anna.get_by_text("Third time.")).to_be_visible()

    write(reader, "Me again")
    expect(reader.get_by_role("alert")).to_contain_text("You cannot comment until")
    expect(reader.get_by_role("alert")).to_contain_text("Personal attack.")
    anna.get_by_role("button", name="Lift it", exact=True).click()
    anna.get_by_role("form", name="Lift it: Ada").get_by_role("button", name="Lift it").click()
    expect(anna.get_by_text("Under no restriction")).to_be_visible()
    write(reader, "Me again", name=None)
    expect(comment(reader, "Me again")).to_have_attribute("data-status", "published")


def test_all_comments_go_with_progress_and_come_back(desk: Desk) -> None:
    token = desk.service.guest("Spam Sam")
    last = None
    for n in range(130):
        last = desk.service.post(f"Buy number {n}", token=token, article="story")
    desk.service.wait_for(last, "published")
    desk.hold("idiot deals", token=token, article="story")
    anna = desk.sit("Anna")
    open_author(anna, "idiot deals")
    part = anna.get_by_role("region", name="Everything at once")
    part.get_by_role("button", name="Take down all their comments").click()
    form = part.get_by_role("form", name="Take down all their comments")
    expect(form).to_contain_text("131 comments will be rejected")
    form.get_by_label("For which rule").select_option("spam")
    form.get_by_role("button", name="Take down 131").click()
    expect(part.get_by_text("131 taken down")).to_be_visible()
    comments = anna.get_by_role("region", name="Comments")
    expect(comments.get_by_role("button", name="rejected 131")).to_be_visible()
    # One act, one strike.
    expect(anna.get_by_role("heading", name="Strikes: 1 of 3")).to_be_visible()
    part.get_by_role("button", name="Put all back").click()
    expect(part.get_by_text("131 of 131 put back")).to_be_visible()
    expect(comments.get_by_role("button", name="published 130")).to_be_visible()
    expect(anna.get_by_role("heading", name="Strikes: 0 of 3")).to_be_visible()


def test_an_auditor_sees_a_reader_and_can_do_nothing(desk: Desk) -> None:
    desk.hold("You idiot")
    olga = desk.sit("Olga", role="auditor")
    card(olga, "You idiot")
    olga.keyboard.press("p")
    olga.get_by_role("heading", name="What was done before").wait_for()
    expect(olga.get_by_role("heading", name="What to do")).to_have_count(0)
    expect(olga.get_by_role("button", name="Take down all their comments")).to_have_count(0)
