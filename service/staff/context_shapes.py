"""What the context of one comment looks like."""

from datetime import datetime
from typing import Annotated

from pydantic import StringConstraints

from moderation.statuses import Status
from service.parsing import In, Out
from service.staff.handover_shapes import HandoverOut
from service.staff.queue_shapes import ItemOut, WordOut
from service.staff.shapes import AuthorOut, CommentOut, DecisionOut, PersonOut


class NearOut(Out):
    """A comment in the same thread."""

    id: str
    parent_id: str | None
    depth: int
    author: PersonOut
    html: str
    status: Status
    created_at: datetime


class ReporterOut(Out):
    """What became of a reader's last hundred reports that were dealt with: `upheld`, the comment was rejected."""

    settled: int
    upheld: int


class ReportOut(Out):
    """A report, with how often the reader was right before; of somebody without an account, the ticket that it is."""

    id: str
    reason: str
    detail: str | None
    reader: PersonOut | None
    ticket: str | None
    record: ReporterOut
    created_at: datetime
    settled: bool


class ReportedOut(Out):
    """How many reported a comment for one reason."""

    reason: str
    open: int
    settled: int


class NoteOut(Out):
    """What somebody on the staff noted about a reader."""

    id: str
    staff: PersonOut
    body: str
    created_at: datetime


class NoteIn(In):
    """A note about a reader, for colleagues."""

    body: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=2000)]


class RevisionOut(Out):
    """A text that the comment had."""

    revision: int
    body: str
    html: str
    created_at: datetime


class RecentOut(Out):
    """Another comment by the same author."""

    id: str
    html: str
    status: Status
    created_at: datetime


class ProfileOut(AuthorOut):
    """The author, at more length."""

    created_at: datetime
    sanction: str
    sanctioned_until: datetime | None
    notes: list[NoteOut]
    # How many strikes, of how many that suggest a sanction; how many readers under one this may be.
    strikes: int
    strike_limit: int
    hints: int
    recent: list[RecentOut]


class DecidedOut(Out):
    """A decision that was made, or the proposal of one that waits for a second person, and the comment after it."""

    decision: DecisionOut | None
    proposal: HandoverOut | None
    comment: CommentOut


class ContextOut(Out):
    """All the context of one comment."""

    comment: CommentOut
    scores: dict[str, float]
    model: str | None
    words: list[WordOut] | None
    item: ItemOut | None
    # The open appeal's id.
    appeal: str | None
    parent: NearOut | None
    thread: list[NearOut]
    decisions: list[DecisionOut]
    handovers: list[HandoverOut]
    reports: list[ReportOut]
    reported: list[ReportedOut]
    revisions: list[RevisionOut]
    author: ProfileOut
