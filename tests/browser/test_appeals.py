"""Appeals from end to end: a reader appeals, somebody who did not decide judges it, and the reader sees what comes of it."""

import re
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.album import SCREENS, Album
from tests.browser.consoles import Desk, card, run_out, sign_in, waiting
from tests.browser.widgets import comment, open_thread, write

pytestmark = pytest.mark.browser

WORDS = "You are an idiot, dear printer"


def rejected(desk: Desk, article: str, **options: Any) -> tuple[Page, Page]:
    """A reader's comment that Anna rejects; gives the reader's page and Anna's."""
    reader = desk.page(**options)
    open_thread(reader, desk.service, article)
    write(reader, WORDS, "Rita")
    comment(reader, WORDS).get_by_role("button", name="Send it as it is").click()
    comment(reader, WORDS).get_by_text("A moderator will read this").wait_for()
    anna = desk.sit("Anna")
    card(anna, WORDS)
    anna.keyboard.press("r")
    anna.get_by_role("button", name="Personal attack").click()
    expect(comment(reader, WORDS)).to_contain_text("It attacks a person instead of what was said")
    return reader, anna


def appeal(page: Page, why: str) -> Locator:
    """The reader asks for another look, under the comment."""
    own = comment(page, WORDS)
    own.get_by_role("button", name="Ask for another look").click()
    own.get_by_label("Why should it be published?").fill(why)
    own.get_by_role("button", name="Ask for another look").click()
    expect(own).to_contain_text("You asked for another look")
    return own


def open_appeal(page: Page, why: str) -> Locator:
    """The console's card of the appeal."""
    page.get_by_role("link", name=re.compile("^Appeals")).click()
    page.get_by_role("region", name="Appeals").get_by_role("listitem").filter(has_text=why).click()
    shown = page.get_by_role("article", name="Appeal")
    expect(shown).to_contain_text(why)
    expect(shown).to_contain_text(WORDS)
    return shown


def test_a_reader_appeals_and_a_second_moderator_publishes_it_live(desk: Desk, article_key: str) -> None:
    reader, anna = rejected(desk, article_key)
    own = appeal(reader, "My printer is one.")
    expect(own.get_by_role("button", name="Ask for another look")).to_have_count(0)
    reader.reload()
    expect(comment(reader, WORDS)).to_contain_text("You asked for another look")

    # Whoever decided is told why nothing can be done, and, as long as there is nobody else, that nobody can.
    shown = open_appeal(anna, "My printer is one.")
    expect(shown).to_contain_text("You had a part in what is appealed, so somebody else has to judge it.")
    expect(shown).to_contain_text("Nobody else on this site’s staff can.")
    expect(shown.get_by_role("button", name="Overturn: publish it")).to_have_count(0)

    ben = desk.sit("Ben", "lead")
    anna.reload()
    expect(anna.get_by_role("article", name="Appeal")).to_contain_text("Ben (lead) can.")
    shown = open_appeal(ben, "My printer is one.")
    expect(shown).to_contain_text("Personal attack")
    expect(shown).to_contain_text(re.compile(r"to be decided by .* \(6 days left\)"))
    expect(anna.get_by_role("region", name="Appeals")).to_contain_text("with Ben")
    shown.get_by_role("button", name="Overturn: publish it").click()
    # What is pointed at stays.
    ben.get_by_role("button", name="Undo").hover()

    expect(comment(reader, WORDS)).to_have_attribute("data-status", "published")
    expect(comment(reader, WORDS)).to_contain_text("You were right: it was published after another look.")
    expect(shown).to_contain_text("It is overturned.")
    expect(ben.get_by_role("link", name=re.compile("^Appeals"))).to_have_text(re.compile(r"\b0$"))

    # Taken back, it is open again, and the reader sees that too.
    ben.get_by_role("button", name="Undo").click()
    expect(shown.get_by_role("button", name="Overturn: publish it")).to_be_visible()
    expect(shown).to_contain_text("to be decided by")


def test_a_decision_that_stands_comes_with_why(desk: Desk, article_key: str) -> None:
    reader, _ = rejected(desk, article_key)
    appeal(reader, "It was a joke.")
    ben = desk.sit("Ben")
    shown = open_appeal(ben, "It was a joke.")
    shown.get_by_role("button", name="Let it stand").click()
    expect(shown).to_contain_text("Tell the reader why the decision stands.")
    shown.get_by_label("A note to the reader").fill("Jokes about people hurt, too.")
    shown.get_by_role("button", name="Let it stand").click()
    expect(shown).to_contain_text("It is upheld.")
    own = comment(reader, WORDS)
    expect(own).to_contain_text("Somebody else has looked at it again, and agrees with the decision.")
    expect(own).to_contain_text("Jokes about people hurt, too.")
    expect(own.get_by_role("button", name="Ask for another look")).to_have_count(0)


def test_what_is_typed_survives_a_reload(desk: Desk, article_key: str) -> None:
    reader, _ = rejected(desk, article_key)
    own = comment(reader, WORDS)
    own.get_by_role("button", name="Ask for another look").click()
    own.get_by_label("Why should it be published?").fill("Half a th")
    reader.reload()
    own.get_by_role("button", name="Ask for another look").click()
    expect(own.get_by_label("Why should it be published?")).to_have_value("Half a th")


def test_a_ticket_about_a_rejection_becomes_an_appeal_whose_outcome_its_page_shows(
    desk: Desk, article_key: str
) -> None:
    comment_ = desk.hold(WORDS, article=article_key)[0]
    anna = desk.sit("Anna")
    card(anna, WORDS)
    anna.keyboard.press("r")
    anna.get_by_role("button", name="Personal attack").click()
    desk.service.wait_for(comment_, "rejected")
    receipt = desk.service.call(
        "POST",
        "/tickets",
        {"category": "comment_rejected", "message": "My printer!", "comment_id": comment_["id"]},
        Authorization=f"Bearer {comment_['token']}",
    )
    page = desk.page()
    page.goto(receipt["url"])
    expect(page.get_by_role("heading", name="Your appeal")).to_be_visible()
    expect(page.locator("main")).to_contain_text(
        "Your appeal is before somebody who had no part in the decision."
    )

    ben = desk.sit("Ben")
    ben.goto(f"{desk.home}/tickets/{receipt['reference']}")
    ben.get_by_role("link", name="Its appeal").click()
    shown = ben.get_by_role("article", name="Appeal")
    shown.get_by_label("A note to the reader").fill("Printers suffer, too.")
    shown.get_by_role("button", name="Let it stand").click()
    expect(shown).to_contain_text("It is upheld.")

    page.reload()
    expect(page.locator("main")).to_contain_text("the decision stands")
    expect(page.locator("main")).to_contain_text("Printers suffer, too.")


def test_whoever_comes_late_may_appeal_instead(desk: Desk, article_key: str) -> None:
    desk.hold(WORDS, article=article_key)
    ben = desk.sit("Ben")
    card(ben, WORDS)
    # Ben hears nothing more, his claim runs out, and Anna is first.
    ben.route("**/events", lambda route: route.abort())
    ben.reload()
    ben.get_by_text("Reconnecting…").wait_for()
    card(ben, WORDS)
    run_out(desk)
    anna = desk.sit("Anna")
    card(anna, WORDS)
    anna.keyboard.press("a")
    waiting(anna, 0)
    ben.keyboard.press("r")
    ben.get_by_role("button", name="Personal attack").click()
    ben.get_by_role("button", name="Appeal it").click()
    dialog = ben.get_by_role("dialog", name="Appeal a decision")
    expect(dialog).to_contain_text("Anna: published")
    dialog.get_by_label("Why would you decide otherwise?").fill("It is an insult.")
    dialog.get_by_role("button", name="Open the appeal").click()
    shown = ben.get_by_role("article", name="Appeal")
    expect(shown).to_contain_text("It is an insult.")
    expect(shown).to_contain_text("You had a part in what is appealed")

    lea = desk.sit("Lea", "lead")
    shown = open_appeal(lea, "It is an insult.")
    expect(shown.get_by_role("button", name="Keep it up")).to_be_visible()
    shown.get_by_label("Where it is rejected, for").select_option("Personal attack")
    shown.get_by_role("button", name="Overturn: reject it").click()
    expect(shown).to_contain_text("It is overturned.")


@pytest.mark.parametrize("screen", list(SCREENS))
def test_no_state_of_an_appeal_breaks_a_rule_of_axe(desk: Desk, article_key: str, screen: str) -> None:
    options = {"bypass_csp": True, **SCREENS[screen]}
    reader, _ = rejected(desk, article_key, **options)
    own = comment(reader, WORDS)
    own.get_by_role("button", name="Ask for another look").click()
    own.get_by_label("Why should it be published?").fill("My printer is one, and I meant nobody else.")
    Album(reader, screen).look("widget-appeal")
    own.get_by_role("button", name="Ask for another look").click()
    expect(own).to_contain_text("You asked for another look")
    Album(reader, screen).look("widget-appealed")

    desk.hire("Lea", "lead")
    for person in ("Ben", "Anna"):
        page = desk.page(**options)
        page.goto(desk.home)
        sign_in(
            page, f"{person.lower()}@{desk.service.site}.example" if person == "Anna" else desk.hire(person)
        )
        page.get_by_role("navigation", name="Sections").wait_for()
        shown = open_appeal(page, "My printer is one")
        page.get_by_role("complementary", name="Context").get_by_text("1 rejected").first.wait_for()
        if person == "Anna":
            expect(shown).to_contain_text("Lea (lead) and Ben can.")
        else:
            shown.get_by_text("Statement of reasons").click()
        Album(page, screen).look(f"appeal-{person.lower()}")
        if screen == "phone":
            page.get_by_role("button", name="Back to the list").click()
            Album(page, screen).look("appeals")
