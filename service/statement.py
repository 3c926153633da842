"""A restriction as a statement of reasons in the shape of the EU's DSA Transparency Database, version 2.

Everything in it is made from codes: no text of a comment, no name, nothing that leads to a person. One large platform had
one field inverted for over two years; tests/unit/test_statement.py says what each field must be, case by case.
"""

from collections.abc import Mapping
from typing import Any

from moderation.reasons import ReasonCode
from moderation.statuses import Actor, Status
from service.store.statements import Restriction

_CATEGORY = "STATEMENT_CATEGORY_"
_VIOLATION = "OTHER_VIOLATION_TC"
# The Commission's sixteen categories that a comment can fall under, by our reason; all others are against the terms only.
CATEGORIES: Mapping[ReasonCode, str] = {
    ReasonCode.PERSONAL_ATTACK: "CYBER_VIOLENCE",
    ReasonCode.HARASSMENT: "CYBER_VIOLENCE",
    ReasonCode.HATE: "ILLEGAL_OR_HARMFUL_SPEECH",
    ReasonCode.THREAT: "VIOLENCE",
    ReasonCode.PRIVACY: "DATA_PROTECTION_AND_PRIVACY_VIOLATIONS",
    ReasonCode.ILLEGAL: "ILLEGAL_OR_HARMFUL_SPEECH",
    ReasonCode.MISINFORMATION: "NEGATIVE_EFFECTS_ON_CIVIC_DISCOURSE_OR_ELECTIONS",
    ReasonCode.LIKELY_TOXIC: "ILLEGAL_OR_HARMFUL_SPEECH",
    ReasonCode.BANNED_WORD: "ILLEGAL_OR_HARMFUL_SPEECH",
    ReasonCode.SUSPECT_WORD: "ILLEGAL_OR_HARMFUL_SPEECH",
}
_CODES = {str(code): code for code in ReasonCode}
# How to have it looked at again, as Article 17(3)(f) asks; the EU's database has no field for it.
REDRESS = (
    "The author can appeal within six months of the decision, without charge: under the comment itself, or on the help page. "
    "Somebody who had no part in the decision judges the appeal, never software alone, and tells the author why."
)


def statement(restriction: Restriction) -> dict[str, Any]:
    """The statement's fields; those that do not apply are left out."""
    reason = next((_CODES[code] for code in restriction.reasons if code in _CODES), ReasonCode.OTHER)
    illegal = reason is ReasonCode.ILLEGAL
    return {
        "decision_visibility": [
            "DECISION_VISIBILITY_CONTENT_REMOVED"
            if restriction.to_status is Status.REJECTED
            else "DECISION_VISIBILITY_CONTENT_DISABLED"
        ],
        **(_illegal(reason) if illegal else _incompatible(reason)),
        "content_type": ["CONTENT_TYPE_TEXT"],
        "category": _CATEGORY + CATEGORIES.get(reason, _VIOLATION),
        "content_date": restriction.written_on.isoformat(),
        "application_date": restriction.at.date().isoformat(),
        "decision_facts": _facts(restriction, reason),
        "source_type": _source(restriction),
        "automated_detection": "Yes" if restriction.detected else "No",
        "automated_decision": "AUTOMATED_DECISION_FULLY"
        if restriction.actor is Actor.MACHINE
        else "AUTOMATED_DECISION_NOT_AUTOMATED",
        "puid": f"decision-{restriction.id}",
    }


def _illegal(reason: ReasonCode) -> dict[str, str]:
    return {
        "decision_ground": "DECISION_GROUND_ILLEGAL_CONTENT",
        "illegal_content_legal_ground": reason.for_staff,
        "illegal_content_explanation": reason.for_author,
    }


def _incompatible(reason: ReasonCode) -> dict[str, str]:
    return {
        "decision_ground": "DECISION_GROUND_INCOMPATIBLE_CONTENT",
        "incompatible_content_ground": f"Rules of the comment section: {reason.for_staff}",
        "incompatible_content_explanation": reason.for_author,
        "incompatible_content_illegal": "No",
    }


def _source(restriction: Restriction) -> str:
    """A reader's report that something is against the law is a notice under Article 16, any other is not."""
    if "illegal" in restriction.reported_for:
        return "SOURCE_ARTICLE_16"
    return "SOURCE_TYPE_OTHER_NOTIFICATION" if restriction.reported_for else "SOURCE_VOLUNTARY"


def _facts(restriction: Restriction, reason: ReasonCode) -> str:
    by = "by software without a person" if restriction.actor is Actor.MACHINE else "by a person"
    what = "taken down" if restriction.was_up else "kept from appearing"
    until = "" if restriction.to_status is Status.REJECTED else " until it is reviewed"
    found = "Software had pointed it out. " if restriction.detected else ""
    heard = "Readers had reported it. " if restriction.reported_for else ""
    return f"A reader's comment under an article was {what} {by}{until}. {found}{heard}Reason: {reason.for_staff}."
