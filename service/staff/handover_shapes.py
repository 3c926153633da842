"""What the calls that hand an item over take and give."""

from datetime import datetime
from typing import Annotated, Literal

from pydantic import StringConstraints

from moderation.statuses import Status
from service.parsing import In, Out
from service.staff.shapes import Id, PersonOut, ReasonOut

Words = Annotated[str, StringConstraints(strip_whitespace=True, max_length=2000)]


class HandoverIn(In):
    """What colleagues are to know; no reader sees it."""

    words: Words = ""


class ConfirmIn(In):
    """The proposal that was on the screen."""

    handover: Id


class HandoverOut(Out):
    """How an item came to wait for somebody else: to a lead (escalate, disagree), back (hand_back), for a second person (propose)."""

    id: str
    comment_id: str
    revision: int
    action: Literal["escalate", "hand_back", "propose", "disagree", "withdraw"]
    staff: PersonOut
    words: str | None
    from_status: Status | None
    to_status: Status | None
    reasons: list[ReasonOut]
    note: str | None
    created_at: datetime
