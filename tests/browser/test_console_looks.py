"""The console for everybody: no rule of axe is broken in any state, light or dark, on a desk or on a telephone.

Leaves a picture of each state in screenshots/, for people to look at.
"""

import pytest
from playwright.sync_api import expect

from tests.browser.album import SCREENS, Album
from tests.browser.consoles import Desk, card, row, sign_in, wait_for_words

pytestmark = pytest.mark.browser

LONG = (
    "I have read this paper for twenty years, and the *letters page* used to be the best of it.\n\n"
    "> trams are for people who cannot drive\n\nOnly an idiot would write that. My mother is 84 and rides the 9 to the"
    " market twice a week. Ask her about cars, and bring an hour. [The timetable](https://example.org/9) is no help."
)


@pytest.mark.parametrize("screen", list(SCREENS))
def test_no_state_breaks_a_rule_of_axe(desk: Desk, screen: str) -> None:
    token = desk.service.guest("Otto Brandt")
    article = {"article": "trams", "article_title": "City council votes for a second tram line"}
    root = desk.service.post("The trams were full this morning, again.", token=token, **article)
    desk.service.wait_for(root, "published")
    [held] = desk.hold(LONG, token=token, parent_id=root["id"], **article)
    desk.hold(*(f"Only an idiot would believe number {n}, said the baker." for n in range(1, 8)), **article)
    diagnostics = {"error": "network", "build": "a1b2c3", "skew_s": 2}
    ticket = {"message": "My comment does not show up.\nI tried twice.", "diagnostics": diagnostics}
    desk.service.call("POST", "/tickets", {"category": "comment_missing", **ticket})

    # The policy stands in the way of axe's own script, not of the console's.
    page = desk.page(bypass_csp=True, **SCREENS[screen])
    album = Album(page, screen)
    page.goto(desk.home)
    expect(page.get_by_label("E-mail address")).to_be_focused()
    album.look("sign-in")
    sign_in(page, desk.hire("Lena", "lead"))
    expect(page.get_by_text("Live", exact=True)).to_be_attached()
    if screen == "phone":
        album.look("list")
    if screen == "desk":
        page.get_by_role("button", name="Reported").click()
        page.get_by_text("Nothing of that waits").wait_for()
        album.look("side")
        page.get_by_role("button", name="All 8").click()
    row(page, "letters page").click()
    card(page, "letters page")
    page.get_by_role("complementary", name="Context").get_by_text("The trams were full").first.wait_for()
    page.get_by_label("A note about this reader").fill("Kind in letters, less so here.")
    page.get_by_role("button", name="Note it").click()
    page.get_by_text("Kind in letters").wait_for()
    wait_for_words(desk, held)
    album.look("card")

    page.get_by_role("button", name="Reject").click()
    page.get_by_role("button", name="Personal attack").wait_for()
    album.look("reject")
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Approve").click()
    page.get_by_role("button", name="Undo").wait_for()
    album.look("toast")
    page.get_by_role("button", name="Lena: account").click()
    album.look("menu")
    page.keyboard.press("Escape")
    page.keyboard.press("?")
    page.get_by_role("dialog", name="Keys").wait_for()
    album.look("keys")
    page.keyboard.press("Escape")
    page.keyboard.press("/")
    page.get_by_role("dialog", name="Command palette").wait_for()
    album.look("palette")
    page.keyboard.press("Escape")

    page.get_by_role("link", name="Search").click()
    page.get_by_label("Words").fill("idiot -baker or trams")
    page.keyboard.press("Enter")
    page.get_by_text("More", exact=True).click()
    page.get_by_role("link", name="letters page").wait_for()
    album.look("search")
    page.get_by_role("button", name="Saved…").click()
    page.get_by_role("dialog", name="Saved filters").get_by_label("Save what").fill("Trams")
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Delete Trams").wait_for()
    album.look("saved")
    page.keyboard.press("Escape")

    page.get_by_role("link", name="Record").click()
    page.get_by_role("row", name="Lena").first.wait_for()
    album.look("record")

    page.get_by_role("link", name="Insight").click()
    page.get_by_role("heading", name="Articles").wait_for()
    album.look("insight")
    page.get_by_role("link", name="Quality").click()
    page.get_by_role("article", name="Comment to be judged").wait_for()
    page.get_by_role("region", name="By language").wait_for()
    album.look("quality")
    page.get_by_role("link", name="Policy").click()
    page.get_by_label("toxicity: hold from", exact=True).wait_for()
    album.look("policy-form")
    page.get_by_label("toxicity: hold from", exact=True).fill("0.01")
    page.get_by_label("toxicity: hold from", exact=True).blur()
    page.get_by_role("button", name="Try it").click()
    page.get_by_text("This is what it would have done").wait_for()
    words = page.get_by_role("region", name="Word list urging self-harm")
    words.get_by_label("Try it on a text").fill("k1ll y0urself, he said")
    words.get_by_role("button", name="Try").click()
    words.get_by_text("disguises of its words are caught").wait_for()
    page.get_by_role("heading", name="Versions").scroll_into_view_if_needed()
    album.look("policy")

    page.get_by_role("link", name="Tickets").click()
    page.get_by_role("link", name="My comment does not show up").click()
    page.get_by_text("What their browser said").click()
    album.look("inbox")
