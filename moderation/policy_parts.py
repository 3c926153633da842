"""The parts a policy is made of, and the thresholds that ship with a model."""

import json
import re
from collections.abc import Mapping
from enum import StrEnum
from functools import cache
from importlib.resources import files
from typing import Annotated, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, field_validator, model_validator

from moderation.patterns import check_pattern, check_word

MAX_ENTRIES = 10_000
MAX_PATTERNS = 200

Probability = Annotated[float, Field(ge=0, le=1, allow_inf_nan=False)]
Count = Annotated[int, Field(ge=0, le=1_000_000)]


class Action(StrEnum):
    """What becomes of a comment."""

    PUBLISH = "publish"
    HOLD = "hold"
    REJECT = "reject"

    @property
    def strictness(self) -> int:
        """0 for publish, 1 for hold, 2 for reject."""
        return list(Action).index(self)


class Severity(StrEnum):
    """What a word list's hit asks for; `block` refuses the text at the door, so that its author can change it."""

    HOLD = "hold"
    REJECT = "reject"
    BLOCK = "block"


class Part(BaseModel):
    """A piece of a policy: immutable, and strict about names, so that a misspelt setting is an error."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Band(Part):
    """Where one label's scores are cut: below `hold_at` publish, from there hold, from `reject_at` reject."""

    hold_at: Probability | None
    reject_at: Probability | None = None

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.reject_at is not None and self.hold_at is not None and self.reject_at < self.hold_at:
            raise ValueError("reject_at must not be below hold_at")
        return self


class WordList(Part):
    """Plain words (whole words, any spelling that folds to them, `*` for any letters at an end) and RE2 patterns."""

    name: Annotated[str, Field(min_length=1, max_length=60)]
    severity: Severity = Severity.HOLD
    words: Annotated[tuple[str, ...], Field(max_length=MAX_ENTRIES)] = ()
    patterns: Annotated[tuple[str, ...], Field(max_length=MAX_PATTERNS)] = ()

    @field_validator("words")
    @classmethod
    def _usable_words(cls, words: tuple[str, ...]) -> tuple[str, ...]:
        for word in words:
            check_word(word)
        return words

    @field_validator("patterns")
    @classmethod
    def _usable_patterns(cls, patterns: tuple[str, ...]) -> tuple[str, ...]:
        for pattern in patterns:
            check_pattern(pattern)
        return patterns


_DOMAIN = re.compile(r"[^\s/:@.]+(?:\.[^\s/:@.]+)+")


def _domain(value: str) -> str:
    domain = value.strip().lower().removeprefix("www.")
    if not _DOMAIN.fullmatch(domain):
        raise ValueError(f"not a domain such as example.org: {value!r}")
    return domain


Domain = Annotated[str, AfterValidator(_domain)]


class LinkRules(Part):
    """Links: those to `allowed` domains are free, more than `max_free` others hold, `blocked` ones always count."""

    max_free: Count = 2
    allowed: Annotated[tuple[Domain, ...], Field(max_length=1000)] = ()
    blocked: Annotated[tuple[Domain, ...], Field(max_length=MAX_ENTRIES)] = ()
    on_blocked: Action = Action.HOLD

    @field_validator("on_blocked")
    @classmethod
    def _not_published(cls, action: Action) -> Action:
        if action is Action.PUBLISH:
            raise ValueError("a link to a blocked site is held or rejected")
        return action


class NewReaders(Part):
    """Readers with fewer than `until_published` published comments, and accounts younger than `until_age_s` seconds."""

    until_published: Count = 3
    until_age_s: Count = 0
    hold_all: bool = False
    max_links: Count = 0


class Record(Part):
    """Readers of whose last hundred comments at least `rejected`, and at least `share` of those judged, were rejected."""

    rejected: Count = 5
    share: Probability = 0.5


class Repeats(Part):
    """The same text by the same reader within a day: more than `max_same` earlier ones ask for `action`."""

    max_same: Count = 0
    action: Action = Action.HOLD


class SecondReview(Part):
    """What no person decides alone: rejections for these reasons, and everything on these articles (keys)."""

    reasons: Annotated[tuple[str, ...], Field(max_length=100)] = ()
    articles: Annotated[tuple[str, ...], Field(max_length=1000)] = ()


Bands = Mapping[str, Band]

# For models that came without thresholds of their own, in the labels that Detoxify's models share.
FALLBACK_BANDS: Bands = {
    "toxicity": Band(hold_at=0.6),
    "severe_toxicity": Band(hold_at=0.3),
    "obscene": Band(hold_at=0.8),
    "identity_attack": Band(hold_at=0.4),
    "insult": Band(hold_at=0.7),
    "threat": Band(hold_at=0.3),
    "sexual_explicit": Band(hold_at=0.6),
}


class Thresholds(Part):
    """What `models/*/thresholds.json` says: the bands of one model in one version. More may stand in it."""

    model_config = ConfigDict(frozen=True, extra="ignore", protected_namespaces=())

    model: str
    bands: dict[str, Band]


@cache
def shipped_bands() -> Mapping[str, Bands]:
    """The bands of the models in this package, by model id."""
    found: dict[str, Bands] = {}
    for folder in (files("moderation") / "models").iterdir():
        path = folder / "thresholds.json"
        if path.is_file():
            thresholds = Thresholds.model_validate(json.loads(path.read_text(encoding="utf-8")))
            found[thresholds.model] = thresholds.bands
    return found
