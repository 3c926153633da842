"""How the work goes, in the console: figures, plots with their numbers, and the hours as a file."""

import csv
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.browser.consoles import Desk, card

pytestmark = pytest.mark.browser


def test_figures_plots_and_numbers_say_the_same(desk: Desk) -> None:
    desk.service.wait_for(desk.service.post("A calm word", article="story"), "published")
    desk.hold("idiot one", "idiot two", article="trams", article_title="A second tram line")
    page = desk.sit("Anna")
    card(page, "idiot one")
    page.keyboard.press("a")
    card(page, "idiot two")
    expect(page.get_by_role("link", name="Queue 1")).to_be_visible()
    page.get_by_role("link", name="Insight").click()
    figures = page.locator(".figures > div")
    expect(figures.filter(has_text="came in").first).to_contain_text("3")
    expect(figures.filter(has_text="without a person")).to_contain_text("33 %")
    expect(figures.filter(has_text="decided by people")).to_contain_text("1")
    expect(figures.filter(has_text="wait now")).to_contain_text("1")
    expect(page.get_by_role("img", name="Came in. At most 3")).to_be_visible()
    page.get_by_text("The numbers", exact=True).click()
    rows = page.get_by_role("region", name="The numbers").get_by_role("row")
    expect(rows).to_have_count(26)
    page.get_by_label("The last").select_option("7 days")
    expect(rows).to_have_count(30)
    with page.expect_download() as taken:
        page.get_by_role("link", name="As CSV").click()
    hours = list(csv.DictReader(Path(taken.value.path()).read_text().splitlines()))
    assert len(hours) == 169
    assert sum(int(hour["inbound"]) for hour in hours) == 3
    page.get_by_role("link", name="A second tram line").click()
    card(page, "idiot two")
