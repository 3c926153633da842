"""Deciding on many at once: what is marked in the list, and a band of scores after a look at a sample."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.album import SCREENS, Album
from tests.browser.consoles import Desk, card, fill, query, row, rows

pytestmark = pytest.mark.browser


def decided(desk: Desk, status: str) -> int:
    [found] = query(
        desk,
        """SELECT count(*) FROM comments c JOIN sites t ON t.id = c.site_id WHERE t.key = $1 AND c.status = $2""",
        desk.service.site,
        status,
    )
    return found["count"]


def say(page: Page, text: str) -> None:
    expect(page.get_by_role("region", name="What happened last")).to_contain_text(text)


def test_what_is_marked_by_key_is_decided_and_undone_as_one(desk: Desk) -> None:
    fill(desk, 8)
    anna = desk.sit("Anna")
    card(anna, "waiting 000")
    anna.keyboard.press("x")
    for _ in range(3):
        anna.keyboard.press("j")
    card(anna, "waiting 003")
    anna.keyboard.press("Shift+X")
    expect(anna.get_by_role("group", name="Marked")).to_contain_text("4 comments marked")
    anna.keyboard.press("Escape")
    expect(anna.get_by_role("group", name="Marked")).to_have_count(0)
    row(anna, "waiting 001").get_by_role("checkbox").click()
    row(anna, "waiting 005").get_by_role("checkbox").click(modifiers=["Shift"])
    expect(anna.get_by_role("group", name="Marked")).to_contain_text("5 comments marked")
    anna.keyboard.press("Shift+R")
    anna.get_by_role("button", name="Spam or advertising").click()
    say(anna, "5 rejected")
    # What is pointed at stays.
    anna.get_by_role("button", name="Undo").hover()
    expect(rows(anna)).to_have_count(3)
    assert decided(desk, "rejected") == 5
    anna.get_by_role("button", name="Undo").click()
    say(anna, "5 of 5 taken back")
    expect(rows(anna)).to_have_count(8)
    assert decided(desk, "held") == 8


def test_a_band_is_picked_by_key_looked_at_and_decided(desk: Desk) -> None:
    # A hundred and twenty of 0.92, forty of 0.42.
    fill(desk, 160, score="CASE WHEN n < 120 THEN 0.92 ELSE 0.42 END")
    ben = desk.sit("Ben")
    ben.locator(".card").wait_for()
    taken = 2
    anna = desk.sit("Anna")
    anna.locator(".card").wait_for()
    anna.keyboard.press("l")
    anna.locator(".band-bars").wait_for()
    lower = anna.get_by_role("slider", name="From")
    expect(lower).to_have_attribute("aria-valuetext", "0.90")
    expect(anna.get_by_role("status").filter(has_text="in this band")).to_have_text(
        "120 comments in this band"
    )
    lower.focus()
    for _ in range(10):
        anna.keyboard.press("ArrowLeft")
    expect(anna.get_by_role("status").filter(has_text="in this band")).to_have_text(
        "160 comments in this band"
    )
    for _ in range(10):
        anna.keyboard.press("ArrowRight")
    expect(anna.get_by_role("button", name="Approve all")).to_have_count(0)
    anna.get_by_role("button", name="Look at a sample").click()
    expect(anna.locator(".sample > li")).to_have_count(10)
    anna.get_by_label("or reject for").select_option("spam")
    anna.get_by_role("button", name="Reject all 120").click()
    say(anna, f"{120 - taken} rejected. Left alone: {taken} with somebody else")
    assert decided(desk, "rejected") == 120 - taken
    expect(anna.get_by_role("status").filter(has_text="in this band")).to_have_text(
        f"{taken} comments in this band"
    )
    anna.get_by_role("button", name=f"Take all {120 - taken} back").click()
    say(anna, f"{120 - taken} of {120 - taken} taken back")
    assert decided(desk, "held") == 160


def test_a_band_is_picked_by_pointer(desk: Desk) -> None:
    fill(desk, 20, score="n / 20.0 + 0.01")
    anna = desk.sit("Anna")
    anna.goto(f"{desk.home}/bands".replace("/queue", ""))
    slots = anna.locator(".bar-slot")
    expect(slots).to_have_count(20)
    slots.nth(4).hover()
    anna.mouse.down()
    slots.nth(7).hover()
    anna.mouse.up()
    slots.nth(15).hover()
    expect(anna.get_by_role("status").filter(has_text="in this band")).to_have_text("4 comments in this band")
    expect(anna.get_by_role("slider", name="Up to")).to_have_attribute("aria-valuetext", "0.40")


@pytest.mark.parametrize("screen", list(SCREENS))
def test_no_state_breaks_a_rule_of_axe(desk: Desk, screen: str) -> None:
    fill(desk, 60, score="0.3 + (n * n % 60) / 90.0")
    page = desk.sit("Lea", "lead", bypass_csp=True, **SCREENS[screen])
    album = Album(page, screen)
    rows(page).first.wait_for()
    row(page, "waiting 002").get_by_role("checkbox").click()
    row(page, "waiting 006").get_by_role("checkbox").click(modifiers=["Shift"])
    page.get_by_role("group", name="Marked").wait_for()
    album.look("marked")
    page.get_by_role("group", name="Marked").get_by_role("button", name="Reject").click()
    page.get_by_role("button", name="Personal attack").wait_for()
    album.look("marked-reject")
    page.keyboard.press("Escape")
    page.keyboard.press("Escape")
    row(page, "waiting 004").get_by_role("button").click()
    card(page, "waiting 004")
    page.get_by_role("button", name="Escalate", exact=True).click()
    album.look("escalating")
    page.get_by_label("What should a lead know?").fill("Is this a quotation?")
    page.keyboard.press("Enter")
    page.get_by_role("region", name="What happened last").get_by_role("button", name="Undo").wait_for()
    page.goto(f"{desk.home}/queue?view=escalated")
    row(page, "waiting 004").get_by_role("button").click()
    expect(card(page, "waiting 004")).to_contain_text("Is this a quotation?")
    album.look("escalated")
    page.goto(f"{desk.home}/bands")
    page.locator(".band-bars").wait_for()
    page.get_by_role("slider", name="From").fill("12")
    expect(page.get_by_role("status").filter(has_text="in this band")).to_have_text(
        re.compile(r"[1-9]\d* comments")
    )
    page.get_by_role("button", name="Look at a sample").click()
    page.get_by_role("button", name="Approve all").wait_for()
    album.look("bands")
