"""What the calls about quality take and give."""

from datetime import datetime
from typing import Annotated, Literal

from pydantic import Field

from moderation.statuses import Actor, Status
from service.parsing import In, Out
from service.staff.shapes import ArticleOut, ReasonOut


class DaysQuery(In):
    """How many days back."""

    days: Annotated[int, Field(ge=1, le=366)] = 28


class SampleOut(Out):
    """A comment to be judged as if nobody had: without its author, its scores, or what became of it."""

    id: str
    html: str
    created_at: datetime
    article: ArticleOut
    parent_html: str | None


class NextSampleOut(Out):
    """The sample that one is lent, for ten minutes; null if there is none to judge."""

    sample: SampleOut | None


class VerdictIn(In):
    """What should have become of it."""

    verdict: Literal["published", "rejected", "unsure"]


class RevealedOut(Out):
    """What had become of it; `agrees` is null for `unsure`."""

    comment_id: str
    actor: Actor
    status: Status
    agrees: bool | None
    reasons: list[ReasonOut]
    model: str | None


class MineOut(Out):
    """One's own work: decisions, those undone again, samples judged, and second looks at one's decisions."""

    decided: int
    rejected: int
    undone_by_me: int
    undone_by_others: int
    judged: int
    looked_at: int
    agreed: int


class SecondLooksOut(Out):
    """Second looks at one kind of decision: how many were sure, the share that agreed, Cohen's kappa."""

    stratum: Literal["machine_published", "machine_rejected", "staff"]
    looks: int
    agreed: float | None
    kappa: float | None


class LanguageOut(Out):
    """Second looks at what the machine did in one language (null: not known), and the share that agreed."""

    language: str | None
    looks: int
    agreed: float


class LabelOut(Out):
    """What people did with what the machine held for a label: `precision` is the share that they rejected."""

    label: str | None
    decided: int
    rejected: int
    precision: float


class DriftOut(Out):
    """A day (UTC) and a model: quantiles of the label `toxicity` over the comments of that day."""

    at: datetime
    model: str
    comments: int
    median: float | None
    p90: float | None
    p99: float | None


class AppealsCountOut(Out):
    """Appeals: open and overdue now; let stand and overturned in that time; the median time to a decision, in seconds."""

    open: int
    overdue: int
    upheld: int
    overturned: int
    median_s: float | None


class QualityOut(Out):
    """How good judgement is on a site, without anybody's name."""

    second_looks: list[SecondLooksOut]
    languages: list[LanguageOut]
    labels: list[LabelOut]
    appeals: AppealsCountOut
    drift: list[DriftOut]
