"""What staff calls about tickets take and give."""

from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import Field, StringConstraints

from service.parsing import In, Out
from service.staff.shapes import ArticleOut, PersonOut
from service.store.ticket_states import State

MAX_MESSAGE = 4000

SettableState = Literal["open", "in_progress", "waiting_reader", "resolved", "closed", "spam"]


class InboxQuery(In):
    """Which tickets."""

    state: Literal["active", "all"] | State = "active"
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


class TicketOut(Out):
    """A ticket; `messages` and `steps` only where one ticket is asked for."""

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
    created_at: datetime
    updated_at: datetime
    messages: list[MessageOut] | None = None
    steps: list[StepOut] | None = None


class InboxOut(Out):
    """One page of tickets."""

    items: list[TicketOut]
    next: str | None
