"""The console as one moderator works in it: real service, real worker, real Chromium."""

import re
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, Route, expect

from tests.browser.consoles import (
    PASSWORD,
    Desk,
    card,
    decisions,
    end_sessions,
    row,
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
    page.keyboard.press("r")
    page.keyboard.press("1")
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
    page.keyboard.press("r")
    page.keyboard.press("6")
    desk.service.wait_for(first, "rejected")
    card(page, "idiot two")
    page.keyboard.press("a")
    desk.service.wait_for(second, "published")
    page.get_by_role("button", name="Undo").click()
    card(page, "idiot two")
    page.keyboard.press("u")
    card(page, "idiot one")
    desk.service.wait_for(first, "held")
    page.keyboard.press("u")
    expect(page.get_by_role("region", name="What happened last")).to_have_text("Nothing to undo")
    assert [to for _, to in decisions(desk, first)] == ["published", "held", "rejected", "held"]


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


def test_offline_a_decision_is_kept_and_sent_once(desk: Desk) -> None:
    first, second = desk.hold("idiot one", "idiot two")
    page = desk.sit("Anna")
    card(page, "idiot one")
    page.context.set_offline(True)
    page.keyboard.press("a")
    card(page, "idiot two")
    expect(page.get_by_text("Offline: 1 to send")).to_be_visible()
    page.keyboard.press("r")
    page.keyboard.press("1")
    expect(page.get_by_text("Offline: 2 to send")).to_be_visible()
    page.context.set_offline(False)
    desk.service.wait_for(first, "published")
    desk.service.wait_for(second, "rejected")
    expect(page.get_by_text("Live", exact=True)).to_be_visible()
    assert decisions(desk, first) == [("Anna", "published")]
    assert decisions(desk, second) == [("Anna", "rejected")]


def test_a_decision_outlives_the_page_it_was_made_on(desk: Desk) -> None:
    [held] = desk.hold("You idiot")
    page = desk.sit("Anna")
    card(page, "You idiot")
    page.route("**/decisions", lambda route: route.abort())
    page.keyboard.press("a")
    expect(page.get_by_text("Offline: 1 to send")).to_be_visible()
    context = page.context
    page.close()
    again = context.new_page()
    again.goto(desk.home)
    desk.service.wait_for(held, "published")
    expect(again.get_by_text("Nothing waits")).to_be_visible()
    assert decisions(desk, held) == [("Anna", "published")]


def test_a_decision_whose_answer_got_lost_is_made_once(desk: Desk) -> None:
    [held] = desk.hold("You idiot")
    page = desk.sit("Anna")
    card(page, "You idiot")
    keys: list[str] = []

    def lose_first(route: Route) -> None:
        keys.append(route.request.headers["idempotency-key"])
        if len(keys) == 1:
            route.fetch()
            route.abort()
        else:
            route.continue_()

    page.route("**/decisions", lose_first)
    page.keyboard.press("a")
    expect(page.get_by_text("Offline: 1 to send")).to_be_visible()
    expect(page.get_by_text("Live", exact=True)).to_be_visible()
    assert len(keys) == 2
    assert len(set(keys)) == 1
    assert decisions(desk, held) == [("Anna", "published")]


def test_a_session_that_ends_is_asked_for_and_the_work_goes_on(desk: Desk) -> None:
    [held, _] = desk.hold("idiot one", "idiot two")
    page = desk.sit("Anna")
    card(page, "idiot one")
    page.context.clear_cookies()
    page.keyboard.press("a")
    dialog = page.get_by_role("dialog", name="Sign in again")
    expect(dialog.get_by_label("Password")).to_be_focused()
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")
    expect(dialog).to_have_count(0)
    card(page, "idiot two")
    desk.service.wait_for(held, "published")
    assert decisions(desk, held) == [("Anna", "published")]


def test_a_session_that_is_ended_elsewhere_is_asked_for_without_a_touch(desk: Desk) -> None:
    page = desk.sit("Anna")
    expect(page.get_by_text("Nothing waits")).to_be_visible()
    end_sessions(desk)
    dialog = page.get_by_role("dialog", name="Sign in again")
    # The stream looks at the session every few seconds.
    expect(dialog.get_by_label("Password")).to_be_focused(timeout=20_000)
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")
    expect(dialog).to_have_count(0)
    expect(page.get_by_text("Live", exact=True)).to_be_visible()
    desk.hold("You idiot")
    card(page, "You idiot")


def test_the_page_may_be_framed_by_nobody_and_runs_nothing_but_its_own(desk: Desk) -> None:
    page = desk.page()
    answer = page.goto(desk.home)
    assert answer
    policy = answer.headers["content-security-policy"]
    assert "frame-ancestors 'none'" in policy
    assert "script-src 'self'" in policy
    assert "unsafe" not in policy


def test_a_reader_without_help_is_answered(desk: Desk) -> None:
    page = desk.sit("Anna")
    page.get_by_role("link", name="Tickets").click()
    expect(page.get_by_text("No tickets here.")).to_be_visible()
    ticket = {"category": "sign_in", "message": "I cannot sign in with my subscription."}
    receipt = desk.service.call("POST", "/tickets", ticket)
    expect(page.get_by_role("link", name="Tickets")).to_have_text(re.compile(r"\b1$"))
    page.get_by_role("link", name="I cannot sign in").click()
    expect(page.get_by_role("heading", name=receipt["reference"])).to_be_visible()
    box = page.get_by_label("Answer or note")
    expect(box).to_be_visible()
    page.keyboard.press("r")
    expect(box).to_be_focused()
    page.keyboard.type("Just update, reload, then try again.")
    expect(box).to_have_value("Just update, reload, then try again.")
    page.keyboard.press("Control+Enter")
    expect(page.locator(".said-answer")).to_contain_text("Just update, reload")
    expect(box).to_have_value("")
    expect(page.get_by_label("State")).to_have_value("waiting_reader")
    box.fill("Second one today.")
    page.get_by_role("button", name="Note for colleagues").click()
    expect(page.locator(".said-note")).to_contain_text("Second one today.")
    page.get_by_label("State").select_option("resolved")
    expect(page.get_by_role("link", name="Tickets")).to_have_text(re.compile(r"\b0$"))

    reader = desk.page()
    reader.goto(receipt["url"])
    expect(reader.get_by_text("Just update, reload, then try again.")).to_be_visible()
    expect(reader.get_by_text("Second one today.")).to_have_count(0)


def test_an_answer_half_written_is_kept(desk: Desk) -> None:
    receipt = desk.service.call("POST", "/tickets", {"category": "other", "message": "Help, please."})
    page = desk.sit("Anna")
    page.goto(f"{desk.home}/tickets/{receipt['reference']}")
    page.get_by_label("Answer or note").fill("Half an answer")
    page.reload()
    expect(page.get_by_label("Answer or note")).to_have_value("Half an answer")


def test_a_queue_that_cannot_be_read_says_so_and_is_read_again(desk: Desk) -> None:
    desk.hold("You idiot")
    email = desk.hire("Anna")
    page: Page = desk.page()
    page.route(
        "**/queue?*",
        lambda route: route.fulfill(status=503, json={"code": "unavailable", "title": "Not now."}),
    )
    page.goto(desk.home)
    sign_in(page, email)
    expect(page.get_by_role("alert")).to_contain_text("The queue could not be read. Not now.")
    page.unroute("**/queue?*")
    page.get_by_role("button", name="Try again").click()
    card(page, "You idiot")
