"""What stands in the way of an appeal, or of a decision because of one, as an answer."""

from moderation.appeals import Hindrance
from moderation.filing import Refusal
from service.problems import Problem

_REFUSED = {
    Refusal.NOT_FOUND: "There is no such comment of yours.",
    Refusal.NOTHING: "There is no decision here that can be appealed.",
    Refusal.TOO_LATE: "An appeal can be made within six months.",
    Refusal.APPEALED: "There has been an appeal against this.",
    Refusal.KEY_REUSED: "This Idempotency-Key belongs to another appeal.",
}


def refused(refusal: Refusal) -> Problem:
    """Why there can be no appeal."""
    return Problem(refusal, _REFUSED[refusal])


def hindered(hindrance: Hindrance, appeal_id: int | None) -> Problem:
    """What keeps somebody from deciding: an appeal, or a colleague whose turn it is."""
    appeal = str(appeal_id) if appeal_id is not None else None
    match hindrance:
        case Hindrance.UNDER_APPEAL:
            return Problem("under_appeal", "It is under appeal, and is decided there.", appeal=appeal)
        case Hindrance.NOT_IMPARTIAL:
            detail = "You had a part in what was appealed, so somebody else has to decide."
            return Problem("not_impartial", detail, appeal=appeal)
        case Hindrance.DECIDED:
            return Problem("stale", "The appeal has been decided.", appeal=appeal)
        case Hindrance.ESCALATED:
            return Problem("escalated", "It waits for a lead.")
        case Hindrance.NEEDS_SECOND:
            return Problem("needs_second", "Something is proposed about it: confirm that, or disagree.")
        case Hindrance.PROPOSED_IT:
            return Problem("not_impartial", "You proposed what to do, so somebody else has to decide.")
