"""The policy: how a site judges, as data, and one pure function that applies it."""

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Annotated, assert_never

from pydantic import Field

from moderation.policy_parts import (
    FALLBACK_BANDS,
    Action,
    Band,
    Bands,
    LinkRules,
    NewReaders,
    Part,
    Record,
    Repeats,
    SecondReview,
    Severity,
    WordList,
    shipped_bands,
)
from moderation.reasons import Reason, ReasonCode
from moderation.rules import Findings

ANY_MODEL = "*"


class Policy(Part):
    """How a site judges; serialisable, stored in versions.

    `bands` holds, per model id, where each label is cut, since a model's thresholds belong to its version. A key may
    leave the version out (`detoxify:unbiased` for `detoxify:unbiased@1`); `*` is for models without any.
    """

    bands: Mapping[str, Mapping[str, Band]] = Field(default_factory=dict)
    on_unscored: Action = Action.HOLD
    word_lists: Annotated[tuple[WordList, ...], Field(max_length=50)] = ()
    links: LinkRules = LinkRules()
    new_readers: NewReaders = NewReaders()
    record: Record = Record()
    repeats: Repeats = Repeats()
    flood_at: Annotated[int, Field(ge=1)] | None = 10
    hold_edits: bool = False
    premoderate: bool = False
    second_review: SecondReview = SecondReview()

    @classmethod
    def default(cls) -> "Policy":
        """What suits a news site: hold what is likely toxic, reject nothing without a person, let the rest appear."""
        return cls(
            bands={**shipped_bands(), ANY_MODEL: FALLBACK_BANDS},
            word_lists=(
                WordList(
                    name="urging self-harm",
                    words=("kys", "kill yourself", "kill urself", "hang yourself", "neck yourself", "go die"),
                ),
            ),
        )

    def bands_for(self, model: str | None) -> Bands:
        """The bands for scores of `model`: the site's own for it, else those shipped with it, else the site's for any."""
        if model is not None:
            for table in (self.bands, shipped_bands()):
                names = [name for name in table if _names(name, model)]
                if names:
                    return table[max(names, key=len)]
        return self.bands.get(ANY_MODEL, FALLBACK_BANDS)


def _names(name: str, model: str) -> bool:
    return model == name or (model.startswith(name) and model[len(name)] in "@:/+")


class Sanction(StrEnum):
    """A restriction on a reader's account."""

    NONE = "none"
    PREMODERATED = "premoderated"
    SUSPENDED = "suspended"
    BANNED = "banned"


class ArticleMode(StrEnum):
    """When comments on an article are looked at: after they appear, before, or no more are taken."""

    POST = "post"
    PRE = "pre"
    CLOSED = "closed"


@dataclass(frozen=True, slots=True)
class Author:
    """What is known of a comment's author: counts over the last hundred comments, age of the account in seconds."""

    published: int = 0
    rejected: int = 0
    age_s: float | None = None
    sanction: Sanction = Sanction.NONE


@dataclass(frozen=True, slots=True)
class Signals:
    """All that is known of a comment when it is judged.

    `scores` is None when no classifier answered, `findings` when the rules could not be run. `repeats` counts the same
    text by the same reader within a day, `recent` the reader's comments of the last ten minutes. Readers' reports are
    no signal: they put a comment before people, and no number of them hides it.
    """

    scores: Mapping[str, float] | None
    model: str | None
    findings: Findings | None
    author: Author = Author()
    article_mode: ArticleMode = ArticleMode.POST
    is_edit: bool = False
    repeats: int = 0
    recent: int = 0


@dataclass(frozen=True, slots=True)
class Verdict:
    """What becomes of a comment, and every reason, the strictest first."""

    action: Action
    reasons: tuple[Reason, ...]


Finding = tuple[Action, Reason]


def judge(signals: Signals, policy: Policy) -> Verdict:
    """Weigh all signals: the strictest action wins, every reason is listed, no signal hides another."""
    findings = [
        *_by_scores(signals, policy),
        *_by_rules(signals, policy),
        *_by_author(signals, policy),
        *_by_circumstances(signals, policy),
    ]
    findings.sort(key=lambda finding: -finding[0].strictness)
    action = findings[0][0] if findings else Action.PUBLISH
    return Verdict(action, tuple(reason for _, reason in findings))


def _by_scores(signals: Signals, policy: Policy) -> Iterator[Finding]:
    bands = policy.bands_for(signals.model)
    scores = signals.scores or {}
    if not _usable(scores, bands):
        yield policy.on_unscored, Reason(ReasonCode.UNSCORED)
    for label, band in bands.items():
        score = scores.get(label)
        if score is None or not math.isfinite(score):
            continue
        for action, threshold in ((Action.REJECT, band.reject_at), (Action.HOLD, band.hold_at)):
            if threshold is not None and score >= threshold:
                yield action, Reason(ReasonCode.LIKELY_TOXIC, label=label, score=score, threshold=threshold)
                break


def _usable(scores: Mapping[str, float], bands: Bands) -> bool:
    """True if the scores are numbers and speak of at least one label that the policy asks about."""
    asked = {label for label, band in bands.items() if band != Band(hold_at=None)}
    return (
        bool(scores)
        and all(map(math.isfinite, scores.values()))
        and (not asked or not asked.isdisjoint(scores))
    )


def _by_rules(signals: Signals, policy: Policy) -> Iterator[Finding]:
    if signals.findings is None:
        yield Action.HOLD, Reason(ReasonCode.UNCHECKED)
        return
    for hit in signals.findings.words:
        action, code = _word(hit.severity)
        yield action, Reason(code, label=hit.word_list, start=hit.start, end=hit.end)
    links = signals.findings.links
    for link in links:
        if link.blocked:
            reason = Reason(ReasonCode.BLOCKED_LINK, label=link.domain, start=link.start, end=link.end)
            yield policy.links.on_blocked, reason
    if len(links) > policy.links.max_free:
        yield _count(ReasonCode.TOO_MANY_LINKS, len(links), policy.links.max_free)
    if _is_new(signals.author, policy.new_readers) and len(links) > policy.new_readers.max_links:
        yield _count(ReasonCode.LINK, len(links), policy.new_readers.max_links)


def _word(severity: Severity) -> tuple[Action, ReasonCode]:
    match severity:
        case Severity.HOLD:
            return Action.HOLD, ReasonCode.SUSPECT_WORD
        case Severity.REJECT | Severity.BLOCK:
            return Action.REJECT, ReasonCode.BANNED_WORD
        case _:
            assert_never(severity)


def _by_author(signals: Signals, policy: Policy) -> Iterator[Finding]:
    author = signals.author
    match author.sanction:
        case Sanction.NONE:
            pass
        case Sanction.PREMODERATED:
            yield Action.HOLD, Reason(ReasonCode.SANCTION, label=author.sanction)
        case Sanction.SUSPENDED | Sanction.BANNED:
            yield Action.REJECT, Reason(ReasonCode.SANCTION, label=author.sanction)
        case _:
            assert_never(author.sanction)
    if policy.new_readers.hold_all and _is_new(author, policy.new_readers):
        yield _count(ReasonCode.NEW_READER, author.published, policy.new_readers.until_published)
    record = policy.record
    judged = author.published + author.rejected
    if author.rejected >= max(record.rejected, 1) and author.rejected >= record.share * judged:
        yield _count(ReasonCode.POOR_RECORD, author.rejected, record.rejected)
    if policy.flood_at is not None and signals.recent >= policy.flood_at:
        yield _count(ReasonCode.FLOOD, signals.recent, policy.flood_at)
    if signals.repeats > policy.repeats.max_same:
        _, reason = _count(ReasonCode.REPEAT, signals.repeats, policy.repeats.max_same)
        yield policy.repeats.action, reason


def _is_new(author: Author, rules: NewReaders) -> bool:
    young = author.age_s is not None and author.age_s < rules.until_age_s
    return young or author.published < rules.until_published


def _by_circumstances(signals: Signals, policy: Policy) -> Iterator[Finding]:
    match signals.article_mode:
        case ArticleMode.POST:
            pre_moderated = policy.premoderate
        case ArticleMode.PRE:
            pre_moderated = True
        case ArticleMode.CLOSED:
            pre_moderated = policy.premoderate
            yield Action.HOLD, Reason(ReasonCode.ARTICLE_CLOSED)
        case _:
            assert_never(signals.article_mode)
    if pre_moderated:
        yield Action.HOLD, Reason(ReasonCode.PRE_MODERATED)
    if policy.hold_edits and signals.is_edit:
        yield Action.HOLD, Reason(ReasonCode.EDITED)


def _count(code: ReasonCode, seen: int, threshold: int) -> Finding:
    return Action.HOLD, Reason(code, score=seen, threshold=threshold)
