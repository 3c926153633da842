"""What staff calls about appeals take and give."""

from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import Field, StringConstraints

from moderation.appeals import AppealState
from moderation.policy import Sanction
from service.parsing import In, Out
from service.reader.appeals import AppealText
from service.staff.queue_shapes import MAX_CLAIMS, HolderOut, Ids
from service.staff.shapes import CommentOut, DecisionOut, Id, PersonOut

Note = Annotated[str, StringConstraints(strip_whitespace=True, max_length=2000)]


class AppealsQuery(In):
    """Open appeals, the first to be due first, or those that are over, newest first."""

    state: Literal["open", "over"] = "open"
    cursor: str | None = None
    limit: Annotated[int, Field(ge=1, le=100)] = 25


class AppealClaimIn(In):
    """The appeals named, or the next `limit` that are due."""

    limit: Annotated[int, Field(ge=1, le=MAX_CLAIMS)] = 1
    ids: Ids | None = None


class DissentIn(In):
    """The colleague's decision that one would have made otherwise, and why."""

    decision: Id
    body: AppealText


class VerdictIn(In):
    """What comes of an appeal. `revision` and `status` are those of the comment on the screen, none for a sanction; `reason` is
    needed where the comment stays, or is, rejected; `note` tells the reader why, and is needed where the decision stands.
    """

    outcome: Literal["overturn", "uphold"]
    revision: Annotated[int, Field(ge=1)] | None = None
    status: Literal["published", "held", "rejected"] | None = None
    reason: str | None = None
    note: Note | None = None


class JudgeOut(PersonOut):
    """Somebody who may judge an appeal."""

    role: Literal["moderator", "lead", "admin"]


class SanctionOut(Out):
    """A restriction on a reader's account; `staff` is null where nobody is known to have decided it."""

    id: str
    sanction: Sanction
    until: datetime | None
    reason: str | None
    note: str | None
    staff: PersonOut | None
    created_at: datetime


class AppealOut(Out):
    """An appeal: against a decision on a comment, or against a sanction.

    `body` is what the reader wrote, `dissent` what a colleague did who opened it. Whoever is among the `parties` may not judge it
    (`barred` says whether that is the caller); the `judges` may. `note` is what whoever judged it wrote to the reader.
    """

    id: str
    kind: Literal["comment", "sanction"]
    state: AppealState
    body: str | None
    dissent: str | None
    opened_by: PersonOut | None
    reader: PersonOut
    created_at: datetime
    due_at: datetime
    decided_at: datetime | None
    judge: PersonOut | None
    note: str | None
    claimed_by: HolderOut | None
    barred: bool
    parties: list[PersonOut]
    judges: list[JudgeOut]
    tickets: list[str]
    decision: DecisionOut | None
    sanction: SanctionOut | None
    comment: CommentOut | None
    # Only where one appeal is asked for.
    statement: dict[str, Any] | None = None
    redress: str | None = None


class AppealsOut(Out):
    """One page of appeals."""

    items: list[AppealOut]
    next: str | None


class ClaimedAppealsOut(Out):
    """Claimed appeals."""

    items: list[AppealOut]
