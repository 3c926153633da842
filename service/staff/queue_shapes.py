"""What the calls of the queue take and give."""

from datetime import datetime
from typing import Annotated, Literal

from pydantic import Field

from moderation.policy import ArticleMode
from moderation.statuses import Lane
from moderation.views import Order, View
from service.parsing import In, Out
from service.staff.handover_shapes import HandoverOut
from service.staff.shapes import ArticleKey, ArticleOut, CommentOut, Id, PersonOut, ReasonOut

MAX_CLAIMS = 50

Ids = Annotated[list[Id], Field(min_length=1, max_length=MAX_CLAIMS)]


class SelectionIn(In):
    """What somebody wants to see of the queue; `article` is an article's key."""

    view: View = View.ALL
    order: Order = Order.URGENT
    article: ArticleKey | None = None


class QueueQuery(SelectionIn):
    """Which page of the queue."""

    cursor: str | None = None
    limit: Annotated[int, Field(ge=1, le=100)] = 25


class ClaimIn(SelectionIn):
    """The next `limit` items of the selection, or the items of the comments named."""

    limit: Annotated[int, Field(ge=1, le=MAX_CLAIMS)] = 1
    ids: Ids | None = None


class IdsIn(In):
    """The items of these comments."""

    ids: Ids


class HolderOut(PersonOut):
    """Who has claimed an item."""

    until: datetime


class WordOut(Out):
    """A word that raised `label`: from `start` to `end` of the body, in code points; `weight` in log-odds."""

    label: str
    start: int
    end: int
    weight: float


class UrgencyOut(Out):
    """Why an item stands where it stands: `rank` orders them, falling; the others are factors beside `priority`."""

    rank: float
    reach: float
    reporters: float
    doubles_every_h: int


class ItemOut(Out):
    """What waits for people; `priority` is how severe it looks."""

    id: str
    lane: Lane
    reasons: list[ReasonOut]
    priority: float
    urgency: UrgencyOut
    queued_at: datetime
    attempts: int
    # Whom it waits for: anybody, a second person, or a lead; and what brought it there.
    stage: Literal["first", "second", "lead"]
    handover: HandoverOut | None
    claimed_by: HolderOut | None
    comment: CommentOut
    scores: dict[str, float]
    model: str | None
    words: list[WordOut] | None


class ClassifierOut(Out):
    """How the classifier does; `detail` says why there is none, or why it is not the first of the order."""

    id: str | None
    state: Literal["ready", "unavailable", "absent"]
    detail: str = ""


class CountsOut(Out):
    """How much waits: `waiting` for people, of which the views overlap; `pending` for the classifier."""

    waiting: int
    held: int
    reported: int
    unscored: int
    new_readers: int
    second: int
    escalated: int
    pending: int
    tickets_open: int
    appeals: int
    incidents_open: int
    oldest_held_at: datetime | None
    classifier: ClassifierOut


class QueueOut(Out):
    """One page of the queue."""

    items: list[ItemOut]
    next: str | None
    counts: CountsOut


class WaitingArticleOut(ArticleOut):
    """An article with how many of its comments wait."""

    waiting: int


class WaitingArticlesOut(Out):
    """The articles that have most waiting."""

    articles: list[WaitingArticleOut]


class ArticleStateOut(ArticleOut):
    """An article: `mode` says when its comments are looked at."""

    mode: ArticleMode
    comment_count: int


class ArticleModeIn(In):
    """When an article's comments are looked at: after they appear, before, or no more are taken."""

    mode: ArticleMode


class ItemsOut(Out):
    """Claimed items."""

    items: list[ItemOut]


class HeldOut(Out):
    """The items still held, and until when."""

    ids: list[str]
    until: datetime | None
