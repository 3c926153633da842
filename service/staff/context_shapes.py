"""What the context of one comment looks like."""

from datetime import datetime

from moderation.statuses import Status
from service.parsing import Out
from service.staff.queue_shapes import ItemOut
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


class ReportOut(Out):
    """A reader's report."""

    id: str
    reason: str
    detail: str | None
    reader: PersonOut
    created_at: datetime
    settled: bool


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
    recent: list[RecentOut]


class ContextOut(Out):
    """All the context of one comment."""

    comment: CommentOut
    scores: dict[str, float]
    model: str | None
    item: ItemOut | None
    parent: NearOut | None
    thread: list[NearOut]
    decisions: list[DecisionOut]
    reports: list[ReportOut]
    revisions: list[RevisionOut]
    author: ProfileOut
