"""What the calls that decide on many comments at once take and give."""

from typing import Annotated, Literal, Self

from pydantic import Field, StringConstraints, model_validator

from service.parsing import In, Out
from service.staff.queue_shapes import SelectionIn
from service.staff.shapes import Id
from service.store.picking import MOST

Share = Annotated[float, Field(ge=0, le=1, allow_inf_nan=False)]
Label = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,39}$")]


class SpreadQuery(SelectionIn):
    """Which label's scores, on which side of the queue."""

    label: Label = "toxicity"


class SpreadOut(Out):
    """So many of what waits in each of twenty bins of a label's score; the `labels` there are; how many were not scored."""

    bins: list[int]
    labels: list[str]
    unscored: int


class SampleQuery(SpreadQuery):
    """Some of a band, by chance."""

    low: Share
    high: Share
    size: Annotated[int, Field(ge=1, le=30)] = 10


class PickIn(In):
    """An item as it was on the screen."""

    id: Id
    revision: Annotated[int, Field(ge=1)]
    status: Literal["published", "held", "rejected"]


class BandIn(SpreadQuery):
    """Everything on a side of the queue whose score for a label is `low` or more, and below `high` (1: to the top)."""

    low: Share
    high: Share


class BulkIn(In):
    """What to do with the items picked, or with all of a band."""

    action: Literal["publish", "reject"]
    reason: str | None = None
    note: Annotated[str, StringConstraints(strip_whitespace=True, max_length=2000)] | None = None
    items: Annotated[list[PickIn], Field(min_length=1, max_length=MOST)] | None = None
    band: BandIn | None = None

    @model_validator(mode="after")
    def _one_of_both(self) -> Self:
        if (self.items is None) == (self.band is None):
            raise ValueError("either items or a band")
        return self
