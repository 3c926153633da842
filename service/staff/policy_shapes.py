"""What the calls about a site's policy take and give."""

from datetime import datetime
from typing import Annotated, Any

from pydantic import Field, StringConstraints

from moderation.policy_parts import Action, Band
from service.parsing import In, Out
from service.staff.shapes import PersonOut

Document = dict[str, Any]
Text = Annotated[str, StringConstraints(max_length=5_000)]


class PolicyIn(In):
    """A whole policy in place of version `base`, and why."""

    base: Annotated[int, Field(ge=0)]
    document: Document
    note: Annotated[str, StringConstraints(strip_whitespace=True, max_length=500)] = ""


class RestoreIn(In):
    """An earlier version in place of version `base`."""

    base: Annotated[int, Field(ge=0)]


class CandidateIn(In):
    """A policy to be tried on the newest `limit` comments of the last `days` days."""

    document: Document
    days: Annotated[int, Field(ge=1, le=365)] = 30
    limit: Annotated[int, Field(ge=1, le=10_000)] = 2_000


class WordTestIn(In):
    """A word list (as in a policy), to be tried on a text; its words are tried in disguise as well."""

    word_list: Document
    text: Text = ""


class VersionsQuery(In):
    """Which page of the versions."""

    cursor: str | None = None
    limit: Annotated[int, Field(ge=1, le=50)] = 20


class ChangeOut(Out):
    """A setting that changed; a list by what was added and removed."""

    path: str
    before: Any
    after: Any
    added: list[str]
    removed: list[str]


class PolicyOut(Out):
    """The policy that judges now; version 0 is the default. `bands` are those that count for `model`."""

    version: int
    document: Document
    model: str | None
    bands: dict[str, Band]


class VersionOut(Out):
    """A version; `staff` is null for one that an operator saved (`by` says who)."""

    version: int
    active: bool
    note: str
    by: str
    staff: PersonOut | None
    created_at: datetime
    changes: list[ChangeOut]


class VersionsOut(Out):
    """One page of versions, newest first, each with what it changed."""

    items: list[VersionOut]
    next: str | None


class MoveOut(Out):
    """Comments that the candidate treats unlike the active policy, with some of them; see SimulationOut."""

    before: Action
    after: Action
    comments: int
    judged: int
    otherwise: int
    samples: list[str]


class SimulationOut(Out):
    """What each policy makes of past comments. Of those that move, moderators had decided `judged`, `otherwise` of them
    against what the candidate would do.
    """

    comments: int
    unscored: int
    active: dict[Action, int]
    candidate: dict[Action, int]
    moves: list[MoveOut]
    changes: list[ChangeOut]


class SpanOut(Out):
    """A range of the text, in code points."""

    start: int
    end: int


class VariantOut(Out):
    """A word in disguise, and whether the list catches it."""

    word: str
    trick: str
    text: str
    caught: bool


class WordTestOut(Out):
    """What a word list finds."""

    hits: list[SpanOut]
    variants: list[VariantOut]
