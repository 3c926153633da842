"""The console as one moderator works in it: real service, real worker, real Chromium."""

import re
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.consoles import (
    PASSWORD,
    Desk,
    card,
    decisions,
    reject,
    rows,
    sign_in,
    wait_for_holders,
    waiting,
)
from tests.browser.widgets import comment, open_thread

pytestmark = pytest.mark.browser

PAGE = Path(__file__).parents[2] / "docs" / "moderate.md"


def test_signing_in_and_out(desk: Desk) -> None:
    desk.hold("You idiot")
    email = desk.hire("Anna")
    page = desk.page()
    page.goto(desk.home)
    sign_in(page, email, "wrong horse battery")
    expect(page.get_by_role("alert")).to_have_text("The e-mail address or the password is wrong.")
    expect(page.get_by_label("E-mail address")).to_have_value(email)
    expect(page.get_by_label("Password")).to_be_focused()
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")
    card(page, "You idiot")
    wait_for_holders(desk, Anna=1)

    page.reload()
    card(page, "You idiot")
    page.get_by_role("button", name="Anna: account").click()
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_role("button", name="Sign in")).to_be_visible()
    # Who leaves holds nothing back.
    wait_for_holders(desk)
    page.reload()
    expect(page.get_by_role("button", name="Sign in")).to_be_visible()


def test_a_card_shows_the_comment_in_its_context(desk: Desk) -> None:
    token = desk.service.guest("Otto")
    story: dict[str, Any] = {"article": "trams", "article_title": "A second tram line"}
    root = desk.service.post("The trams are full.", token=desk.service.guest("Rita"), **story)
    desk.service.wait_for(root, "published")
    desk.service.wait_for(desk.service.post("A calm word", token=token, **story), "published")
    desk.hold("Only an **idiot** takes the tram", token=token, parent_id=root["id"], **story)
    page = desk.sit("Anna")
    shown = card(page, "takes the tram")
    expect(shown.locator(".comment-text strong")).to_have_text("idiot")
    expect(shown.get_by_text("A second tram line")).to_be_visible()
    expect(shown.locator(".parent")).to_contain_text("In reply to Rita")
    expect(shown.locator(".parent")).to_contain_text("The trams are full.")
    why = shown.get_by_role("region", name="Why it is here").get_by_role("listitem")
    # The words that raised the score come when the classifier has time (test_console_card.py).
    expect(why.filter(has_text="held from")).to_have_text(
        ["Likely toxic: toxicity 0.95, held from 0.60", "Likely toxic: insult 0.90, held from 0.70"]
    )
    scores = shown.get_by_role("region", name="Scores")
    expect(scores.get_by_role("definition")).to_have_text(["0.95", "0.90"])
    expect(scores).to_contain_text("toxicity, not hate")
    context = shown.get_by_role("complementary", name="Context")
    expect(context).to_contain_text("1 published")
    expect(context).to_contain_text("A calm word")
    expect(context).to_contain_text("The classifier (cued@1): held")


def test_what_is_approved_by_a_key_appears_on_its_page_live(
    desk: Desk, browser: Browser, article_key: str
) -> None:
    reader = browser.new_context().new_page()
    open_thread(reader, desk.service, article_key)
    [held] = desk.hold("You old idiot", article=article_key)
    page = desk.sit("Anna")
    card(page, "You old idiot")
    page.keyboard.press("a")
    expect(page.get_by_text("Nothing waits")).to_be_visible()
    expect(comment(reader, "You old idiot")).to_be_visible()
    waiting(page, 0)
    assert decisions(desk, held) == [("Anna", "published")]
    reader.context.close()


def test_a_rejection_names_a_rule_and_may_carry_a_note(desk: Desk) -> None:
    first, second = desk.hold("One idiot", "Another idiot")
    page = desk.sit("Anna")
    card(page, "One idiot")
    page.keyboard.press("r")
    expect(page.get_by_role("button", name="Personal attack")).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.get_by_role("button", name="Personal attack")).to_have_count(0)
    reject(page)
    card(page, "Another idiot")
    own = desk.service.wait_for(first, "rejected")
    assert [reason["code"] for reason in own["reasons"]] == ["personal_attack"]
    assert not own["note"]

    page.keyboard.press("r")
    page.get_by_role("button", name="Personal attack").wait_for()
    page.keyboard.press("n")
    # Letters and digits that are keys elsewhere are only text here.
    page.keyboard.type("a1 r2 u")
    expect(page.get_by_label("A note to the author")).to_have_value("a1 r2 u")
    page.keyboard.press("Control+Enter")
    page.keyboard.press("ArrowDown")
    expect(page.get_by_role("button", name="Harassment")).to_be_focused()
    page.keyboard.press("Enter")
    own = desk.service.wait_for(second, "rejected")
    assert [reason["code"] for reason in own["reasons"]] == ["harassment"]
    assert own["note"] == "a1 r2 u"


def test_every_decision_is_undone_by_a_key_or_a_button(desk: Desk) -> None:
    first, second, _ = desk.hold("idiot one", "idiot two", "idiot three")
    page = desk.sit("Anna")
    card(page, "idiot one")
    page.keyboard.press("a")
    card(page, "idiot two")
    desk.service.wait_for(first, "published")
    page.keyboard.press("u")
    card(page, "idiot one")
    expect(rows(page)).to_have_count(3)
    expect(rows(page).first).to_contain_text("idiot one")
    desk.service.wait_for(first, "held")
    wait_for_holders(desk, Anna=2)

    # It can be decided again, the other way.
    reject(page, "6")
    desk.service.wait_for(first, "rejected")
    card(page, "idiot two")
    page.keyboard.press("a")
    # What is pointed at stays.
    page.get_by_role("button", name="Undo").hover()
    desk.service.wait_for(second, "published")
    page.get_by_role("button", name="Undo").click()
    card(page, "idiot two")
    page.keyboard.press("u")
    card(page, "idiot one")
    desk.service.wait_for(first, "held")
    page.keyboard.press("u")
    expect(page.get_by_role("region", name="What happened last")).to_have_text("Nothing to undo")
    assert [to for _, to in decisions(desk, first)] == ["published", "held", "rejected", "held"]


def test_counts_and_the_list_follow_without_a_reload(desk: Desk) -> None:
    page = desk.sit("Anna")
    expect(page.get_by_text("Nothing waits")).to_be_visible()
    waiting(page, 0)
    [held] = desk.hold("You idiot")
    card(page, "You idiot")
    waiting(page, 1)
    expect(page).to_have_title("(1) Queue · Parley")
    desk.service.call("DELETE", f"/comments/{held['id']}", Authorization=f"Bearer {held['token']}")
    waiting(page, 0)


def test_a_long_list_stays_as_it_is_until_one_asks(desk: Desk) -> None:
    desk.hold(*(f"idiot {number:02}" for number in range(12)))
    page = desk.sit("Anna")
    card(page, "idiot 00")
    expect(rows(page)).to_have_count(12)
    desk.hold("One more idiot")
    button = page.get_by_role("button", name="1 new item")
    expect(button).to_be_visible()
    waiting(page, 13)
    expect(rows(page)).to_have_count(12)
    button.click()
    expect(rows(page)).to_have_count(13)
    expect(button).to_have_count(0)
    card(page, "idiot 00")


def test_text_is_blurred_until_it_is_revealed_for_those_who_like(desk: Desk) -> None:
    desk.hold("You idiot")
    page = desk.sit("Anna")
    shown = card(page, "You idiot")
    page.get_by_role("button", name="Anna: account").click()
    page.get_by_label("Blur comments").select_option("Those that score high")
    page.keyboard.press("Escape")
    expect(shown.locator(".comment-text")).to_have_class(re.compile("masked"))
    page.keyboard.press("v")
    expect(shown.locator(".comment-text")).not_to_have_class(re.compile("masked"))


def test_an_auditor_looks_and_does_not_decide(desk: Desk) -> None:
    [held] = desk.hold("You idiot")
    page = desk.sit("Olga", role="auditor")
    shown = card(page, "You idiot")
    expect(shown).to_contain_text("You may look here, not decide.")
    page.keyboard.press("a")
    expect(page.get_by_role("button", name="Approve")).to_have_count(0)
    wait_for_holders(desk)
    assert decisions(desk, held) == []


def test_the_page_may_be_framed_by_nobody_and_runs_nothing_but_its_own(desk: Desk) -> None:
    page = desk.page()
    answer = page.goto(desk.home)
    assert answer
    policy = answer.headers["content-security-policy"]
    assert "frame-ancestors 'none'" in policy
    assert "script-src 'self'" in policy
    assert "unsafe" not in policy
