"""The queue seen from several sides, search over all comments, and filters that are kept."""

import re
from urllib.error import HTTPError

import pytest
from playwright.sync_api import Page, expect

from tests.browser.consoles import Desk, card, row, rows

pytestmark = pytest.mark.browser


def side(page: Page, name: str) -> None:
    page.get_by_role("group", name="Which items").get_by_role("button", name=re.compile(f"^{name}")).click()


def test_the_queue_is_seen_from_one_side_and_stays_so_after_a_reload(desk: Desk) -> None:
    desk.hold("idiot one", "idiot two")
    calm = desk.service.post("A calm word", article="story")
    desk.service.wait_for(calm, "published")
    page = desk.sit("Anna")
    expect(rows(page)).to_have_count(2)
    side(page, "Reported")
    expect(page.get_by_text("Nothing of that waits")).to_be_visible()
    expect(page).to_have_url(re.compile(r"/queue\?view=reported$"))
    # What comes while one looks appears if it belongs, and only then.
    desk.hold("idiot three")
    token = desk.service.guest()
    desk.service.call(
        "POST", f"/comments/{calm['id']}/reports", {"reason": "spam"}, Authorization=f"Bearer {token}"
    )
    card(page, "A calm word")
    expect(rows(page)).to_have_count(1)
    page.reload()
    card(page, "A calm word")
    expect(rows(page)).to_have_count(1)
    side(page, "All")
    expect(rows(page)).to_have_count(4)


def test_one_article_and_the_oldest_first(desk: Desk) -> None:
    desk.hold("idiot one", article="trams", article_title="A second tram line")
    desk.hold("idiot two", "idiot three", article="cars", article_title="Cars")
    page = desk.sit("Anna")
    expect(rows(page)).to_have_count(3)
    page.get_by_label("Article", exact=True).select_option("A second tram line (1)")
    expect(rows(page)).to_have_count(1)
    card(page, "idiot one")
    page.get_by_label("Article", exact=True).select_option("Cars (2)")
    page.get_by_label("Order").select_option("Oldest")
    expect(rows(page)).to_have_count(2)
    card(page, "idiot two")
    expect(page).to_have_url(re.compile(r"order=oldest&article=cars$"))
    # Decisions go on to the next of the same article.
    page.keyboard.press("a")
    card(page, "idiot three")
    page.keyboard.press("a")
    expect(page.get_by_text("Nothing of that waits")).to_be_visible()


def test_an_article_is_closed_where_its_queue_is_seen(desk: Desk) -> None:
    desk.hold("idiot one", article="trams")
    page = desk.sit("Anna")
    card(page, "idiot one")
    page.get_by_label("Article", exact=True).select_option("trams (1)")
    page.get_by_label("This article").select_option("Closed: no more comments")
    expect(page.get_by_role("region", name="What happened last")).to_contain_text("Closed")
    with pytest.raises(HTTPError) as refused:
        desk.service.post("Another", article="trams")
    assert refused.value.code == 409
    page.reload()
    expect(page.get_by_label("This article")).to_have_value("closed")
    page.get_by_label("This article").select_option("Comments wait for a person")
    expect(page.get_by_role("region", name="What happened last")).to_contain_text("wait for a person")
    desk.hold("A calm word", article="trams")


def test_an_items_place_is_explained(desk: Desk) -> None:
    desk.hold("You idiot")
    page = desk.sit("Anna")
    shown = card(page, "You idiot")
    expect(shown.get_by_role("region", name="Why it is here")).to_contain_text(
        re.compile(r"severity 9\.5 × reach \d\.\d × reporters 1\.0 × age 1\.\d, which doubles every 6 hours")
    )
    expect(row(page, "You idiot").locator("time")).to_have_attribute("title", re.compile("severity 9.5"))


def test_any_comment_is_found_and_decided_on_where_it_was_found(desk: Desk) -> None:
    otto = desk.service.guest("Otto")
    found = desk.service.post("The trams were full", token=otto, article="trams")
    desk.service.wait_for(found, "published")
    desk.service.wait_for(desk.service.post("Cars are better than trams"), "published")
    desk.hold("An idiot, surely")
    page = desk.sit("Anna")
    card(page, "An idiot")
    page.keyboard.press("f")
    expect(page.get_by_role("region", name="Search").get_by_role("listitem")).to_have_count(3)
    page.get_by_label("Words").fill("trams -cars")
    page.keyboard.press("Enter")
    expect(page.get_by_role("region", name="Search").get_by_role("listitem")).to_have_count(1)
    page.get_by_role("link", name="The trams were full").click()
    shown = card(page, "The trams were full")
    page.keyboard.press("h")
    desk.service.wait_for(found, "held")
    expect(shown.locator(".card-head")).to_contain_text("held")
    page.get_by_role("link", name="All their comments").click()
    expect(page).to_have_url(re.compile(r"/search\?reader=\d+$"))
    expect(page.get_by_role("region", name="Search").get_by_role("listitem")).to_have_count(1)
    page.get_by_label("Author’s id").fill("")
    page.get_by_label("Status").select_option("held")
    page.get_by_role("button", name="Search", exact=True).click()
    expect(page.get_by_role("region", name="Search").get_by_role("listitem")).to_have_count(2)
    page.get_by_label("Toxicity from").fill("0.9")
    page.keyboard.press("Enter")
    expect(page.get_by_role("region", name="Search").get_by_role("listitem")).to_have_count(1)
    page.go_back()
    expect(page.get_by_role("region", name="Search").get_by_role("listitem")).to_have_count(2)
    expect(page.get_by_label("Toxicity from")).to_have_value("")


def test_words_typed_into_the_palette_are_looked_for(desk: Desk) -> None:
    desk.service.wait_for(desk.service.post("The trams were full"), "published")
    page = desk.sit("Anna")
    page.keyboard.press("/")
    page.keyboard.type("trams were")
    page.keyboard.press("Enter")
    expect(page.get_by_role("link", name="The trams were full")).to_be_visible()
    expect(page.get_by_label("Words")).to_have_value("trams were")


def test_a_filter_is_saved_gone_to_and_deleted(desk: Desk) -> None:
    desk.hold("idiot one")
    page = desk.sit("Anna")
    expect(rows(page)).to_have_count(1)
    side(page, "Unscored")
    page.get_by_role("button", name="Saved…").click()
    dialog = page.get_by_role("dialog", name="Saved filters")
    expect(dialog.get_by_label("Save what you see now as")).to_be_focused()
    page.keyboard.type("Nobody has read these")
    page.keyboard.press("Enter")
    expect(dialog.get_by_role("button", name="Nobody has read these", exact=True)).to_be_visible()
    page.keyboard.press("Escape")
    side(page, "All")
    expect(rows(page)).to_have_count(1)
    page.keyboard.press("Control+k")
    page.keyboard.type("nobody has")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(r"view=unscored$"))
    page.get_by_role("button", name="Saved…").click()
    dialog.get_by_role("button", name="Delete Nobody has read these").click()
    expect(dialog).to_contain_text("None yet")
    page.reload()
    page.get_by_role("button", name="Saved…").click()
    expect(dialog).to_contain_text("None yet")
