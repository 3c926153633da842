"""A reader's page, the staff and one's own account for everybody: no rule of axe is broken, light or dark, desk or telephone."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.album import SCREENS, Album
from tests.browser.consoles import PASSWORD, Desk, card

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("screen", list(SCREENS))
def test_no_screen_about_people_breaks_a_rule_of_axe(desk: Desk, screen: str) -> None:
    token = desk.service.guest("Otto Brandt")
    namesake = desk.service.guest("0tto Brandt")
    desk.hold("An idiot wrote this first.", token=namesake, article="trams")
    desk.hold("Only an idiot rides trams.", token=token, article="trams", article_title="Trams at last")
    page = desk.sit("Lena", "admin", bypass_csp=True, **SCREENS[screen])
    album = Album(page, screen)

    def author(text: str) -> None:
        page.get_by_role("link", name="Queue").click()
        page.get_by_role("region", name="Waiting").get_by_text(text).first.click()
        card(page, text)
        page.keyboard.press("p")
        page.get_by_role("heading", name="What to do").wait_for()

    author("wrote this first")
    page.get_by_role("button", name="Ban", exact=True).click()
    page.get_by_role("form", name=re.compile("^Ban")).get_by_role("button", name="Ban").click()
    page.get_by_text("Banned:").wait_for()
    author("rides trams")
    page.get_by_role("region", name="Hints").wait_for()
    page.get_by_role("button", name="Warn", exact=True).click()
    form = page.get_by_role("form", name=re.compile("^Warn"))
    form.get_by_label("Words to the reader").fill("Attack views, not people.")
    form.get_by_role("button", name="Warn").click()
    page.get_by_text("Warned:").wait_for()
    page.get_by_role("button", name="Suspend", exact=True).click()
    page.get_by_label("For how long").select_option("until…")
    page.get_by_label("Until", exact=True).wait_for()
    album.look("reader")
    page.get_by_role("button", name="Leave it").click()
    page.get_by_role("button", name="Take down all their comments").click()
    album.look("removal")

    page.get_by_role("link", name="Staff").click()
    page.get_by_label("E-mail address").fill("nora@example.org")
    page.get_by_role("button", name="Invite").click()
    link = page.locator(".once code").inner_text()
    album.look("staff")

    page.get_by_role("button", name=re.compile("account and preferences")).click()
    page.get_by_role("link", name="Your account").click()
    codes = page.get_by_role("region", name="One-time codes")
    album.look("account")
    codes.get_by_label("Your password").fill(PASSWORD)
    codes.get_by_role("button", name="Set up one-time codes").click()
    expect(codes.get_by_role("img", name="QR code")).to_be_visible()
    album.look("codes")

    page.goto(link)
    page.get_by_label("Your name").wait_for()
    album.look("join")
