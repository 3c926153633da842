"""What staff calls about incidents take and give."""

from datetime import datetime
from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from service.parsing import In, Out
from service.staff.shapes import PersonOut
from service.staff.ticket_shapes import MAX_MESSAGE


class IncidentsQuery(In):
    """Which incidents."""

    state: Literal["open", "all"] = "open"
    cursor: str | None = None
    limit: Annotated[int, Field(ge=1, le=100)] = 25


class ResolutionIn(In):
    """How an incident ends: with an answer for everybody linked; or (null) it was none, and their tickets are open again."""

    answer: (
        Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=MAX_MESSAGE)] | None
    )


class CommonOut(Out):
    """What nine in ten of an incident's tickets have in common; null where they differ."""

    build: str | None
    browser: str | None
    route: str | None


class IncidentOut(Out):
    """Many readers with one cause; `waiting` of its `tickets` are still to be answered."""

    id: str
    cause: str
    code: str
    common: CommonOut
    opened_at: datetime
    resolved_at: datetime | None
    resolved_by: PersonOut | None
    answer: str | None
    tickets: int
    waiting: int


class IncidentsOut(Out):
    """One page of incidents, newest first."""

    items: list[IncidentOut]
    next: str | None
