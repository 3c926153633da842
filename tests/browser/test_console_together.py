"""Several moderators on one queue: nobody steps on anybody, and whoever comes late is told."""

import re
import time
from collections import deque
from collections.abc import Iterable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.consoles import (
    Desk,
    card,
    decisions,
    holders,
    reject,
    row,
    rows,
    run_out,
    wait_for_holders,
    waiting,
)
from tests.browser.patience import PATIENCE_S

pytestmark = pytest.mark.browser


def deaf(desk: Desk, name: str) -> Page:
    """Somebody who signs in and hears nothing of what happens after that."""
    page = desk.sit(name)
    page.route("**/events", lambda route: route.abort())
    page.reload()
    page.get_by_text("Reconnecting…").wait_for()
    return page


def approve_on_the_first_that_can(desk: Desk, pages: Iterable[tuple[str, Page]]) -> None:
    """Let the first decide who has a card on the screen that is theirs, by the database."""
    deadline = time.monotonic() + PATIENCE_S
    while True:
        held = holders(desk)
        for name, page in pages:
            shown = page.locator("[data-id][aria-current=true]").evaluate_all(
                "all => all.map(row => row.dataset.id)"
            )
            if any(held.get(one) == name for one in shown):
                page.get_by_role("button", name="Approve").click()
                return
        assert time.monotonic() < deadline, "nobody has a card"


def test_two_never_hold_one_item_and_see_what_the_other_has(desk: Desk) -> None:
    held = desk.hold(*(f"idiot {number}" for number in range(5)))
    anna = desk.sit("Anna")
    card(anna, "idiot 0")
    wait_for_holders(desk, Anna=2)
    ben = desk.sit("Ben")
    card(ben, "idiot 2")
    names = wait_for_holders(desk, Anna=2, Ben=2)
    assert [names.get(one["id"]) for one in held] == ["Anna", "Anna", "Ben", "Ben", None]
    expect(row(ben, "idiot 0")).to_contain_text("with Anna")
    expect(row(anna, "idiot 2")).to_contain_text("with Ben")

    # One may look at what the other has, not decide on it.
    row(ben, "idiot 0").get_by_role("button").click()
    expect(card(ben, "idiot 0")).to_contain_text("Anna has this one now")
    ben.keyboard.press("a")
    expect(ben.get_by_role("button", name="Approve")).to_have_count(0)
    ben.get_by_role("button", name="Next free one").click()
    card(ben, "idiot 2")
    wait_for_holders(desk, Anna=2, Ben=2)
    assert decisions(desk, held[0]) == []

    # Who leaves gives back.
    anna.close()
    wait_for_holders(desk, Ben=2)
    expect(row(ben, "idiot 0")).not_to_contain_text("with Anna")


def test_a_queue_worked_by_two_is_decided_once_each(desk: Desk) -> None:
    held = desk.hold(*(f"idiot {number:02}" for number in range(10)))
    pages = {"Anna": desk.sit("Anna"), "Ben": desk.sit("Ben")}
    for page in pages.values():
        page.locator(".card").wait_for()
    turns = deque(pages.items())
    for _ in held:
        # Near the end one of them may have both that are left: the current card and the next.
        approve_on_the_first_that_can(desk, turns)
        turns.rotate()
    for page in pages.values():
        expect(page.get_by_text("Nothing waits")).to_be_visible()
        expect(page.locator(".notice")).to_have_count(0)
    for one in held:
        desk.service.wait_for(one, "published")
    made = [decisions(desk, one) for one in held]
    assert [len(one) for one in made] == [1] * 10
    assert {name for [(name, _)] in made} == {"Anna", "Ben"}


def test_decided_cards_leave_the_others_screens(desk: Desk) -> None:
    held = desk.hold("idiot one", "idiot two", "idiot three")
    anna = desk.sit("Anna")
    card(anna, "idiot one")
    wait_for_holders(desk, Anna=2)
    ben = desk.sit("Ben")
    card(ben, "idiot three")
    anna.keyboard.press("a")
    card(anna, "idiot two")
    expect(rows(ben)).to_have_count(2)
    waiting(ben, 2)
    assert decisions(desk, held[0]) == [("Anna", "published")]

    # The one that is read just now stays, and says who decided.
    row(ben, "idiot two").get_by_role("button").click()
    expect(card(ben, "idiot two")).to_contain_text("Anna has this one now")
    reject(anna)
    expect(card(ben, "idiot two")).to_contain_text("Anna decided this first: rejected")
    ben.get_by_role("button", name="Next free one").click()
    card(ben, "idiot three")
    expect(rows(ben)).to_have_count(1)
    # Undone, it comes back to both.
    anna.keyboard.press("u")
    expect(rows(ben)).to_have_count(2)


def test_a_late_decision_is_told_who_was_first(desk: Desk) -> None:
    [held] = desk.hold("You idiot")
    anna = deaf(desk, "Anna")
    card(anna, "You idiot")
    wait_for_holders(desk, Anna=1)
    run_out(desk)
    ben = desk.sit("Ben")
    card(ben, "You idiot")
    wait_for_holders(desk, Ben=1)
    ben.keyboard.press("a")
    desk.service.wait_for(held, "published")
    reject(anna)
    notice = anna.get_by_role("region", name="To be dealt with")
    expect(notice).to_contain_text(
        re.compile(r"Ben decided this \d+ s ago: published\. Yours was not made\.")
    )
    assert decisions(desk, held) == [("Ben", "published")]
    # Only knowingly is it decided over.
    notice.get_by_role("button", name="Reject it anyway").click()
    desk.service.wait_for(held, "rejected")
    expect(notice).to_have_count(0)
    assert decisions(desk, held) == [("Ben", "published"), ("Anna", "rejected")]
    anna.keyboard.press("u")
    desk.service.wait_for(held, "published")


def test_two_who_decide_alike_are_not_bothered(desk: Desk) -> None:
    [held] = desk.hold("You idiot")
    anna = deaf(desk, "Anna")
    card(anna, "You idiot")
    wait_for_holders(desk, Anna=1)
    run_out(desk)
    ben = desk.sit("Ben")
    card(ben, "You idiot")
    ben.keyboard.press("a")
    desk.service.wait_for(held, "published")
    anna.keyboard.press("a")
    expect(anna.get_by_role("region", name="What happened last")).to_have_text("Ben had decided the same")
    expect(anna.locator(".notice")).to_have_count(0)
    assert decisions(desk, held) == [("Ben", "published")]


def test_a_claim_that_ran_out_and_went_to_another_is_told(desk: Desk) -> None:
    [held] = desk.hold("You idiot")
    anna = deaf(desk, "Anna")
    card(anna, "You idiot")
    wait_for_holders(desk, Anna=1)
    run_out(desk)
    ben = desk.sit("Ben")
    card(ben, "You idiot")
    wait_for_holders(desk, Ben=1)
    anna.keyboard.press("a")
    expect(anna.get_by_role("region", name="To be dealt with")).to_contain_text("Ben has this item")
    expect(row(anna, "You idiot")).to_contain_text("with Ben")
    assert decisions(desk, held) == []
    assert set(holders(desk).values()) == {"Ben"}


def test_a_text_that_was_edited_meanwhile_is_not_decided_on(desk: Desk) -> None:
    [held] = desk.hold("You idiot")
    anna = deaf(desk, "Anna")
    card(anna, "You idiot")
    headers = {"Authorization": f"Bearer {held['token']}", "If-Match": f'"{held["revision"]}"'}
    desk.service.call("PATCH", f"/comments/{held['id']}", {"body": "You dear idiot"}, **headers)
    anna.keyboard.press("a")
    notice = anna.get_by_role("region", name="To be dealt with")
    expect(notice).to_contain_text("The author changed the text before you decided.")
    notice.get_by_role("button", name="Open it").click()
    card(anna, "You dear idiot")
    assert decisions(desk, held) == []


def test_after_a_minute_away_the_screen_catches_up(desk: Desk) -> None:
    first, second = desk.hold("idiot one", "idiot two")
    anna = desk.sit("Anna")
    card(anna, "idiot one")
    wait_for_holders(desk, Anna=2)
    anna.context.set_offline(True)
    expect(anna.get_by_text("Reconnecting…")).to_be_visible()
    run_out(desk)
    ben = desk.sit("Ben")
    card(ben, "idiot one")
    ben.keyboard.press("a")
    card(ben, "idiot two")
    desk.service.wait_for(first, "published")
    anna.context.set_offline(False)
    expect(card(anna, "idiot one")).to_contain_text("Ben decided this first: published")
    expect(row(anna, "idiot two")).to_contain_text("with Ben")
    assert decisions(desk, second) == []


def test_tickets_are_answered_where_others_see_it(desk: Desk) -> None:
    receipt = desk.service.call("POST", "/tickets", {"category": "other", "message": "Help, please."})
    anna, ben = desk.sit("Anna"), desk.sit("Ben")
    for page in (anna, ben):
        page.get_by_role("link", name="Tickets").click()
        page.get_by_role("link", name="Help, please.").click()
        expect(page.get_by_role("heading", name=receipt["reference"])).to_be_visible()
    anna.get_by_label("Answer or note").fill("Here is help.")
    anna.get_by_role("button", name="Answer the reader").click()
    expect(ben.locator(".said-answer")).to_contain_text("Here is help.")
