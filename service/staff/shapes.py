"""What staff calls take and give, and reasons put into the words that staff read."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import Field, StringConstraints

from moderation.reasons import Reason
from moderation.statuses import Actor, Status
from service.parsing import In, Out

Id = Annotated[str, StringConstraints(pattern=r"^[1-9][0-9]{0,17}$")]
ArticleKey = Annotated[str, StringConstraints(min_length=1, max_length=512)]


def in_words(stored: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Reasons as stored, each with its title as `text`."""
    reasons = [Reason.from_json(reason) for reason in stored]
    return [{**reason.to_json(), "text": reason.code.for_staff} for reason in reasons]


def title_of(code: str | None) -> str | None:
    """A stored reason's title, as staff read it."""
    return Reason.from_json({"code": code}).code.for_staff if code else None


def worded(document: dict[str, Any]) -> dict[str, Any]:
    """A decision or a handover with its `reasons` in words."""
    return {**document, "reasons": in_words(document["reasons"])}


def worded_item(item: dict[str, Any]) -> dict[str, Any]:
    """An item with its `reasons`, and those of what is proposed, in words."""
    handover = item["handover"]
    return {**worded(item), "handover": worded(handover) if handover else None}


class SignInIn(In):
    """Who signs in."""

    email: Annotated[str, StringConstraints(min_length=3, max_length=254)]
    password: Annotated[str, StringConstraints(min_length=1, max_length=200)]
    # A one-time code, or a recovery code, once `code_needed` has asked for it.
    code: Annotated[str, StringConstraints(min_length=1, max_length=40)] | None = None


class DecisionIn(In):
    """What to do with a comment; `revision` and `status` are those that were on the screen."""

    action: Literal["publish", "reject", "hold"]
    revision: Annotated[int, Field(ge=1)]
    status: Literal["pending", "published", "held", "rejected"]
    reason: str | None = None
    note: Annotated[str, StringConstraints(strip_whitespace=True, max_length=2000)] | None = None


class PersonOut(Out):
    """A member of staff, or a reader."""

    id: str
    name: str


class StaffOut(PersonOut):
    """A member of staff to themselves."""

    email: str


class SiteRoleOut(Out):
    """A site that one may see, and as what."""

    key: str
    name: str
    role: Literal["moderator", "lead", "admin", "auditor"]


class SessionOut(Out):
    """Who is signed in."""

    staff: StaffOut
    sites: list[SiteRoleOut]
    # Sites whose role does not count until one signs in with a second factor.
    withheld: list[str]


class ReasonOut(Out):
    """Why something waits or was decided."""

    code: str
    text: str
    label: str | None = None
    score: float | None = None
    threshold: float | None = None
    start: int | None = None
    end: int | None = None


class AuthorOut(PersonOut):
    """Who wrote a comment, with what became of their last 200."""

    badge: str | None
    published: int
    rejected: int
    held: int


class ArticleOut(Out):
    """Where a comment stands."""

    key: str
    title: str | None
    url: str | None


class ParentOut(Out):
    """What a comment replies to."""

    id: str
    author_name: str | None
    html: str


class CommentOut(Out):
    """A comment as staff see it: its newest text."""

    id: str
    revision: int
    status: Status
    body: str
    html: str
    created_at: datetime
    is_reply: bool
    pinned: bool
    featured: bool
    author: AuthorOut
    article: ArticleOut
    parent: ParentOut | None


class DecisionOut(Out):
    """A decision."""

    id: str
    comment_id: str
    revision: int
    from_status: Status
    to_status: Status
    actor: Actor
    staff: PersonOut | None
    reasons: list[ReasonOut]
    note: str | None
    model: str | None
    undoes: str | None
    appeal_id: str | None
    created_at: datetime


class HouseRuleOut(Out):
    """A reason that a rejection may name: its title, and what the author reads."""

    code: str
    title: str
    text: str


class ReasonsOut(Out):
    """The reasons that a rejection may name, in the order in which they are offered."""

    reasons: list[HouseRuleOut]
