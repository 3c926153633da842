"""The console by its keys: walking, skipping, commands; inert while somebody types."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.browser.consoles import (
    Desk,
    card,
    decisions,
    row,
    wait_for_holders,
)

pytestmark = pytest.mark.browser

PAGE = Path(__file__).parents[2] / "docs" / "moderate.md"


def test_the_list_is_walked_and_cards_are_skipped_by_key(desk: Desk) -> None:
    desk.hold("idiot one", "idiot two", "idiot three")
    page = desk.sit("Anna")
    card(page, "idiot one")
    page.keyboard.press("j")
    card(page, "idiot two")
    expect(row(page, "idiot two").get_by_role("button")).to_have_attribute("aria-current", "true")
    page.keyboard.press("k")
    card(page, "idiot one")
    page.keyboard.press("s")
    card(page, "idiot two")
    expect(row(page, "idiot one")).to_contain_text("skipped")
    page.keyboard.press("s")
    card(page, "idiot three")
    wait_for_holders(desk, Anna=2)


def test_keys_do_nothing_while_one_types_or_when_they_are_switched_off(desk: Desk) -> None:
    [held] = desk.hold("You idiot")
    page = desk.sit("Anna")
    card(page, "You idiot")
    page.keyboard.press("/")
    box = page.get_by_role("combobox", name="A command")
    expect(box).to_be_focused()
    page.keyboard.type("aru")
    expect(box).to_have_value("aru")
    page.keyboard.press("Escape")
    expect(box).to_have_count(0)
    page.keyboard.press("?")
    page.get_by_role("dialog").get_by_label("Single keys work").uncheck()
    page.keyboard.press("Escape")
    page.keyboard.press("a")
    page.keyboard.press("r")
    # Whatever those keys had done would have been done before this.
    page.keyboard.press("Control+k")
    expect(box).to_be_focused()
    page.keyboard.press("Escape")
    card(page, "You idiot")
    expect(page.get_by_role("button", name="Personal attack")).to_have_count(0)
    assert decisions(desk, held) == []


def test_the_moderators_page_lists_every_key(desk: Desk) -> None:
    desk.hold("You idiot")
    page = desk.sit("Anna")
    card(page, "You idiot")
    page.keyboard.press("?")
    shown = page.get_by_role("dialog", name="Keys").locator("dt .unseen").all_text_contents()
    table = [line.split("|")[1] for line in PAGE.read_text().splitlines() if line.startswith("| `")]
    assert set(shown) <= {key for keys in table for key in re.findall("`(.+?)`", keys)}
    assert {"a", "r", "s", "u", "j", "k", "?"} <= set(shown)


def test_any_comment_is_found_by_its_id_or_link_and_decided_on(desk: Desk) -> None:
    calm = desk.service.post("A calm word", article="story")
    desk.service.wait_for(calm, "published")
    page = desk.sit("Anna")
    page.keyboard.press("Control+k")
    page.keyboard.type(f"https://courier.example/story#parley-{calm['id']}")
    page.keyboard.press("Enter")
    shown = card(page, "A calm word")
    expect(shown.locator(".card-head")).to_contain_text("published")
    page.keyboard.press("h")
    desk.service.wait_for(calm, "held")
    expect(shown.locator(".card-head")).to_contain_text("held")
    page.keyboard.press("u")
    desk.service.wait_for(calm, "published")
    expect(shown.locator(".card-head")).to_contain_text("published")
    page.keyboard.press("g")
    expect(page.get_by_text("Nothing waits")).to_be_visible()
    page.go_back()
    card(page, "A calm word")
