"""From a claimed text and its scores to a decision: gathers the signals, asks the policy."""

from collections.abc import Mapping
from dataclasses import dataclass

from moderation.decisions import Draft
from moderation.nudges import is_for_tone
from moderation.policy import ArticleMode, Author, Policy, Sanction, Signals, judge
from moderation.policy_parts import Action
from moderation.queue import ScoreItem
from moderation.rules import compile_rules
from moderation.statuses import Actor, Status

_TARGETS = {Action.PUBLISH: Status.PUBLISHED, Action.HOLD: Status.HELD, Action.REJECT: Status.REJECTED}


@dataclass(frozen=True, slots=True)
class Judged:
    """A claimed text with what the classifier said (None if it said nothing) and the decision to be made."""

    item: ScoreItem
    scores: Mapping[str, float] | None
    # None: people have decided on this very text, or nothing would change.
    draft: Draft | None


def judge_item(
    item: ScoreItem,
    scores: Mapping[str, float] | None,
    model: str,
    policy: Policy,
    policy_version: int,
    *,
    count_floods: bool = True,
) -> Judged:
    """Judge one text; without `count_floods` it does not matter how much or how often its author writes."""
    if item.judged_by_staff or item.held_by_staff or item.status in (Status.DELETED, Status.ERASED):
        return Judged(item, scores, None)
    if scores is None and item.status is Status.HELD:
        # It waits for people already, and for a classifier.
        return Judged(item, None, None)
    signals = signals_of(item, scores, model, policy, count_floods=count_floods)
    verdict = judge(signals, policy)
    to_status = _TARGETS[verdict.action]
    if scores is None and to_status is item.status and (item.shown or to_status is Status.REJECTED):
        # The site lets unscored texts pass, or rejects them, and has done so: it is said once, not at every try.
        return Judged(item, None, None)
    draft = Draft(
        site_id=item.site_id,
        comment_id=item.comment_id,
        revision=item.revision,
        from_status=item.status,
        to_status=to_status,
        actor=Actor.MACHINE,
        reasons=verdict.reasons,
        policy_version=policy_version,
        model=signals.model,
        priority=priority(scores),
        asks=item.nudge == "wanted" and to_status is Status.HELD and is_for_tone(verdict.reasons),
    )
    return Judged(item, scores, draft)


def signals_of(
    item: ScoreItem,
    scores: Mapping[str, float] | None,
    model: str | None,
    policy: Policy,
    *,
    count_floods: bool = True,
) -> Signals:
    """All that is known of a text, as `policy` wants to know it."""
    return Signals(
        scores=scores,
        model=model if scores is not None else None,
        findings=compile_rules(policy.word_lists, policy.links).find(item.body),
        author=Author(
            published=item.author_published,
            rejected=item.author_rejected,
            age_s=item.author_age_s,
            sanction=Sanction(item.author_sanction),
        ),
        article_mode=ArticleMode(item.article_mode),
        is_edit=item.revision > 1 and item.nudge != "rephrased",
        repeats=item.author_repeats if count_floods else 0,
        recent=item.author_recent if count_floods else 0,
    )


def priority(scores: Mapping[str, float] | None) -> float:
    """Where a held text goes in the review queue: the worse it looks, the sooner; an unscored one in the middle."""
    return round(10 * max(scores.values(), default=0.5), 2) if scores else 5.0
