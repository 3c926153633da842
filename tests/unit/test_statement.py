"""What each field of a statement of reasons must be, case by case, and that nothing personal is in it."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from moderation.reasons import HOUSE_RULES
from moderation.statuses import Actor, Status
from service.statement import CATEGORIES, statement
from service.store.statements import Restriction

# The Commission's own lists, from the documentation of its API (version 2).
SIXTEEN = {
    "ANIMAL_WELFARE",
    "CONSUMER_INFORMATION",
    "CYBER_VIOLENCE",
    "CYBER_VIOLENCE_AGAINST_WOMEN",
    "DATA_PROTECTION_AND_PRIVACY_VIOLATIONS",
    "ILLEGAL_OR_HARMFUL_SPEECH",
    "INTELLECTUAL_PROPERTY_INFRINGEMENTS",
    "NEGATIVE_EFFECTS_ON_CIVIC_DISCOURSE_OR_ELECTIONS",
    "NOT_SPECIFIED_NOTICE",
    "OTHER_VIOLATION_TC",
    "PROTECTION_OF_MINORS",
    "RISK_FOR_PUBLIC_SECURITY",
    "SCAMS_AND_FRAUD",
    "SELF_HARM",
    "UNSAFE_AND_PROHIBITED_PRODUCTS",
    "VIOLENCE",
}
REJECTED = Restriction(
    id=7,
    at=datetime(2026, 3, 2, 23, 30, tzinfo=UTC),
    written_on=date(2026, 3, 1),
    to_status=Status.REJECTED,
    was_up=False,
    actor=Actor.STAFF,
    reasons=("personal_attack",),
    detected=False,
    reported_for=(),
)

TAKEN_DOWN = (
    "A reader's comment under an article was taken down by a person until it is reviewed. "
    "Software had pointed it out. Readers had reported it. Reason: Personal attack."
)


def test_a_rejection_by_a_person_under_the_sites_rules() -> None:
    assert statement(REJECTED) == {
        "decision_visibility": ["DECISION_VISIBILITY_CONTENT_REMOVED"],
        "decision_ground": "DECISION_GROUND_INCOMPATIBLE_CONTENT",
        "incompatible_content_ground": "Rules of the comment section: Personal attack",
        "incompatible_content_explanation": "It attacks a person instead of what was said or done.",
        "incompatible_content_illegal": "No",
        "content_type": ["CONTENT_TYPE_TEXT"],
        "category": "STATEMENT_CATEGORY_CYBER_VIOLENCE",
        "content_date": "2026-03-01",
        "application_date": "2026-03-02",
        "decision_facts": "A reader's comment under an article was kept from appearing by a person. Reason: Personal attack.",
        "source_type": "SOURCE_VOLUNTARY",
        "automated_detection": "No",
        "automated_decision": "AUTOMATED_DECISION_NOT_AUTOMATED",
        "puid": "decision-7",
    }


@pytest.mark.parametrize(
    ("change", "field", "value"),
    [
        ({"actor": Actor.MACHINE, "detected": True}, "automated_decision", "AUTOMATED_DECISION_FULLY"),
        ({"actor": Actor.MACHINE, "detected": True}, "automated_detection", "Yes"),
        # What software found and a person decided is detected by software, not decided by it.
        ({"detected": True}, "automated_detection", "Yes"),
        ({"detected": True}, "automated_decision", "AUTOMATED_DECISION_NOT_AUTOMATED"),
        ({"reported_for": ("spam",)}, "source_type", "SOURCE_TYPE_OTHER_NOTIFICATION"),
        ({"reported_for": ("illegal", "spam")}, "source_type", "SOURCE_ARTICLE_16"),
        (
            {"to_status": Status.HELD, "was_up": True},
            "decision_visibility",
            ["DECISION_VISIBILITY_CONTENT_DISABLED"],
        ),
        ({"reasons": ("illegal",)}, "decision_ground", "DECISION_GROUND_ILLEGAL_CONTENT"),
        ({"reasons": ("illegal",)}, "illegal_content_legal_ground", "Against the law"),
        ({"reasons": ("threat",)}, "category", "STATEMENT_CATEGORY_VIOLENCE"),
        ({"reasons": ("spam",)}, "category", "STATEMENT_CATEGORY_OTHER_VIOLATION_TC"),
        ({"reasons": ()}, "category", "STATEMENT_CATEGORY_OTHER_VIOLATION_TC"),
        ({"reasons": ("a code of old", "hate")}, "category", "STATEMENT_CATEGORY_ILLEGAL_OR_HARMFUL_SPEECH"),
        (
            {"to_status": Status.HELD, "was_up": True, "detected": True, "reported_for": ("hate",)},
            "decision_facts",
            TAKEN_DOWN,
        ),
    ],
)
def test_each_field_follows_what_happened(change: dict[str, object], field: str, value: object) -> None:
    assert statement(replace(REJECTED, **change))[field] == value  # type: ignore[arg-type]


@pytest.mark.parametrize("code", HOUSE_RULES)
def test_every_rule_gives_a_statement_within_the_databases_bounds(code: str) -> None:
    made = statement(replace(REJECTED, reasons=(str(code),)))
    assert made["category"].removeprefix("STATEMENT_CATEGORY_") in SIXTEEN
    illegal = made["decision_ground"] == "DECISION_GROUND_ILLEGAL_CONTENT"
    kind = "illegal_content" if illegal else "incompatible_content"
    grounds = [made[name] for name in made if name.startswith(kind) and name.endswith("ground")]
    assert [len(ground) <= 500 for ground in grounds] == [True]
    assert len(made[f"{kind}_explanation"]) <= 2000
    assert len(made["decision_facts"]) <= 5000
    # One ground only: the fields of the other are not there.
    assert not [
        name for name in made if name.startswith("incompatible_content" if illegal else "illegal_content")
    ]


def test_categories_are_the_commissions() -> None:
    assert set(CATEGORIES.values()) <= SIXTEEN
