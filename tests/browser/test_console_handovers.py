"""What is not for everybody to decide: items for leads, and decisions that take two."""

import pytest
from playwright.sync_api import expect

from moderation.policy import Policy
from moderation.policy_parts import SecondReview
from tests.browser.consoles import Desk, card, decisions, query, reject, row, rows

pytestmark = pytest.mark.browser


def test_a_moderator_escalates_and_a_lead_decides_or_hands_back(desk: Desk) -> None:
    held = desk.hold("idiot one", "idiot two", "idiot three")
    anna = desk.sit("Anna")
    card(anna, "idiot")
    row(anna, "idiot two").get_by_role("button").click()
    card(anna, "idiot two")
    anna.keyboard.press("e")
    anna.get_by_label("What should a lead know?").fill("Is this a quotation?")
    anna.keyboard.press("Enter")
    expect(row(anna, "idiot two")).to_have_count(0)
    expect(anna.get_by_role("button", name="Escalated 1")).to_be_visible()

    # Others may look, and whoever escalated may take it back; not decide.
    anna.get_by_role("button", name="Escalated 1").click()
    row(anna, "idiot two").get_by_role("button").click()
    expect(card(anna, "idiot two")).to_contain_text("It waits for a lead")
    expect(anna.get_by_role("button", name="Take it back")).to_be_visible()
    anna.keyboard.press("a")

    # It is at the top of a lead's list, with what the colleague wrote.
    lea = desk.sit("Lea", "lead")
    expect(rows(lea).first).to_contain_text("idiot two")
    rows(lea).first.get_by_role("button").click()
    expect(card(lea, "idiot two")).to_contain_text("Is this a quotation?")

    lea.keyboard.press("b")
    lea.get_by_label("What should colleagues know?").fill("It is not.")
    lea.keyboard.press("Enter")
    expect(anna.get_by_role("button", name="Escalated 0")).to_be_visible()
    assert decisions(desk, held[1]) == []
    anna.get_by_role("button", name="All 3").click()
    row(anna, "idiot two").get_by_role("button").click()
    card(anna, "idiot two")
    anna.keyboard.press("a")
    expect(row(anna, "idiot two")).to_have_count(0)
    expect(anna.get_by_role("status").filter(has_text="Approved")).to_be_visible()


def test_a_decision_that_takes_two_is_confirmed_by_a_colleague(desk: Desk) -> None:
    policy = Policy.default().model_copy(update={"second_review": SecondReview(reasons=("personal_attack",))})
    query(
        desk,
        """INSERT INTO policies (site_id, version, document, active, created_by)
           SELECT id, 1, $2, true, 'test' FROM sites WHERE key = $1""",
        desk.service.site,
        policy.model_dump_json(),
    )
    [held] = desk.hold("idiot one")
    anna = desk.sit("Anna")
    card(anna, "idiot one")
    reject(anna)
    expect(
        anna.get_by_role("status").filter(has_text="Proposed: a second person confirms it")
    ).to_be_visible()
    ben = desk.sit("Ben")
    shown = card(ben, "idiot one")
    expect(shown).to_contain_text("Anna proposes to reject it: personal attack")
    expect(ben.get_by_role("button", name="Approve")).to_have_count(0)
    ben.keyboard.press("c")
    expect(ben.get_by_role("status").filter(has_text="Confirmed")).to_be_visible()
    # The way back is there once the service has answered.
    expect(ben.get_by_role("button", name="Undo")).to_be_visible()
    expect(rows(ben)).to_have_count(0)
    assert decisions(desk, held) == [("Ben", "rejected")]
