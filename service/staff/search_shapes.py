"""What searching, and saving what one searches for, takes and gives."""

from datetime import date, datetime
from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from moderation.statuses import Status
from service.parsing import In, Out
from service.staff.shapes import ArticleKey, ArticleOut, Id, PersonOut

Share = Annotated[float, Field(ge=0, le=1, allow_inf_nan=False)]


class SearchQuery(In):
    """What to look for: everything that is given must hold. `since` and `until` are days in UTC, both included."""

    words: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200)] | None = (
        None
    )
    author: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=100)] | None = (
        None
    )
    reader: Id | None = None
    article: ArticleKey | None = None
    status: Status | None = None
    low: Share | None = None
    high: Share | None = None
    since: date | None = None
    until: date | None = None
    cursor: str | None = None
    limit: Annotated[int, Field(ge=1, le=100)] = 25


class FoundOut(Out):
    """A comment that was found: its newest text, cut after 500 characters, and the toxicity that it was scored with."""

    id: str
    status: Status
    body: str
    created_at: datetime
    author: PersonOut
    article: ArticleOut
    toxicity: float | None


class SearchOut(Out):
    """One page of what was found, newest first."""

    items: list[FoundOut]
    next: str | None


class FilterIn(In):
    """A name for a view of the queue or a search; `query` is what stands behind the `?` of its address."""

    name: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=60)]
    place: Literal["queue", "search"]
    query: Annotated[
        dict[
            Annotated[str, StringConstraints(max_length=20)],
            Annotated[str, StringConstraints(max_length=512)],
        ],
        Field(max_length=12),
    ]


class FilterOut(Out):
    """A saved filter."""

    id: str
    name: str
    place: Literal["queue", "search"]
    query: dict[str, str]


class FiltersOut(Out):
    """One's saved filters, by name."""

    filters: list[FilterOut]
