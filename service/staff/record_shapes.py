"""What the record of staff's acts, and the statements of reasons, take and give."""

from datetime import date, datetime
from typing import Annotated, Any, Literal

from pydantic import Field, StringConstraints

from service.parsing import In, Out
from service.staff.shapes import Id, PersonOut
from service.store.record import Deed


class ActsWanted(In):
    """Which acts: everything that is given must hold. `since` and `until` are days in UTC, both included."""

    staff: Id | None = None
    action: Deed | None = None
    subject: (
        Annotated[
            str,
            StringConstraints(pattern=r"^(comment|ticket|reader|policy|article|staff|batch):[\w-]{1,40}$"),
        ]
        | None
    ) = None
    since: date | None = None
    until: date | None = None


class RecordQuery(ActsWanted):
    """Which page of the record."""

    cursor: str | None = None
    limit: Annotated[int, Field(ge=1, le=100)] = 50


class RecordExportQuery(ActsWanted):
    """Which acts, and as what kind of file."""

    format: Literal["csv", "jsonl"] = "csv"


class ActOut(Out):
    """Something that somebody on the staff did. `staff` is null for what an operator did on the command line."""

    id: str
    at: datetime
    staff: PersonOut | None
    action: Deed
    subject: str
    detail: dict[str, Any]


class RecordOut(Out):
    """One page of the record, newest first."""

    items: list[ActOut]
    next: str | None


class StatementsQuery(In):
    """Of which days (UTC, both included), and as what kind of file."""

    since: date
    until: date
    format: Literal["csv", "jsonl"] = "jsonl"
