"""What staff calls about tickets take and give."""

from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import Field, StringConstraints

from moderation.appeals import AppealState
from moderation.statuses import Actor, Status
from service.parsing import In, Out
from service.staff.shapes import ArticleOut, PersonOut, ReasonOut
from service.store.ticket_states import State

MAX_MESSAGE = 4000

SettableState = Literal["open", "in_progress", "waiting_reader", "resolved", "closed", "spam"]


class InboxQuery(In):
    """Which tickets: `cause` as a browser named it, or none; `language` like de; `words` as in a web search, or a reference."""

    state: Literal["active", "all"] | State = "active"
    cause: Annotated[str, StringConstraints(min_length=1, max_length=40)] | None = None
    article: Annotated[str, StringConstraints(min_length=1, max_length=512)] | None = None
    language: Annotated[str, StringConstraints(pattern=r"^[A-Za-z]{2,3}$")] | None = None
    words: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200)] | None = (
        None
    )
    cursor: str | None = None
    limit: Annotated[int, Field(ge=1, le=100)] = 25


class MessageIn(In):
    """An answer for the reader, or a note for colleagues; `state` is where the ticket goes with it."""

    kind: Literal["answer", "note"]
    body: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=MAX_MESSAGE)]
    state: SettableState | None = None


class StateIn(In):
    """Where a ticket goes."""

    state: SettableState


class MergeIn(In):
    """The ticket that goes on in this one's place, by its reference."""

    into: Annotated[str, StringConstraints(min_length=1, max_length=40)]


class MessageOut(Out):
    """What was said on a ticket."""

    id: str
    kind: Literal["reader", "answer", "note"]
    staff: PersonOut | None
    body: str
    created_at: datetime


class StepOut(Out):
    """A change of a ticket's state."""

    from_state: State
    to_state: State
    actor: Literal["reader", "staff", "system"]
    staff: PersonOut | None
    created_at: datetime


class MailOut(Out):
    """Mails to the reader that have not been taken by the mail server; `error` is how the last try ended."""

    state: Literal["waiting", "failed"]
    error: str | None


class VerdictOut(Out):
    """The last decision on a comment."""

    to_status: Status
    actor: Actor
    staff: PersonOut | None
    reasons: list[ReasonOut]
    note: str | None
    created_at: datetime


class AboutOut(Out):
    """The comment that a ticket is about, the beginning of its newest text, and what was decided last."""

    id: str
    status: Status
    body: str | None
    created_at: datetime
    decision: VerdictOut | None


class RequestOut(Out):
    """A line of the log, of a call that failed: `code` of the problem that was answered, `error` the kind of ours."""

    request_id: str
    route: str
    status: int
    code: str | None
    error: str | None
    milliseconds: float
    at: datetime


class AppealRefOut(Out):
    """The appeal that a ticket was handed over as."""

    id: str
    state: AppealState
    due_at: datetime
    decided_at: datetime | None
    note: str | None


class TicketOut(Out):
    """A ticket; the last four only where one ticket is asked for. `requests` are those that its diagnostics name."""

    reference: str
    category: str
    state: State
    message: str
    email: str | None
    article: ArticleOut | None
    comment_id: str | None
    reader: PersonOut | None
    diagnostics: dict[str, Any]
    overflow: bool
    cause: str | None
    incident_id: str | None
    merged_into: str | None
    mail: MailOut | None
    appeal: AppealRefOut | None
    created_at: datetime
    updated_at: datetime
    messages: list[MessageOut] | None = None
    steps: list[StepOut] | None = None
    comment: AboutOut | None = None
    requests: list[RequestOut] | None = None


class InboxOut(Out):
    """One page of tickets."""

    items: list[TicketOut]
    next: str | None
