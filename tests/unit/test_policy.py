import dataclasses
import json
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from moderation.policy import (
    ANY_MODEL,
    ArticleMode,
    Author,
    Policy,
    Sanction,
    Signals,
    judge,
)
from moderation.policy_parts import (
    FALLBACK_BANDS,
    Action,
    Band,
    LinkRules,
    NewReaders,
    Repeats,
    Severity,
    WordList,
    shipped_bands,
)
from moderation.reasons import ReasonCode
from moderation.rules import Findings, LinkHit, WordHit

KNOWN = Author(published=50)
CLEAN = Signals({"toxicity": 0.02, "insult": 0.01}, "m@1", Findings(), KNOWN)
POLICY = Policy(
    bands={"*": {"toxicity": Band(hold_at=0.6, reject_at=0.95), "insult": Band(hold_at=0.7)}},
    links=LinkRules(max_free=1),
)
P, H, R = Action.PUBLISH, Action.HOLD, Action.REJECT


def word(severity: Severity) -> Findings:
    return Findings(words=(WordHit("list", severity, 3, 7),))


def links(count: int, *, blocked: bool = False) -> Findings:
    return Findings(links=tuple(LinkHit("x.org", blocked, 9 * n, 9 * n + 5) for n in range(count)))


# What is changed in a clean comment by a known reader -> what becomes of it, and why.
TABLE = [
    # Scores. A band begins at its threshold.
    ({}, P, []),
    ({"scores": {"toxicity": 0.599}}, P, []),
    ({"scores": {"toxicity": 0.6}}, H, ["likely_toxic"]),
    ({"scores": {"toxicity": 0.95}}, R, ["likely_toxic"]),
    ({"scores": {"toxicity": 0.1, "insult": 0.99}}, H, ["likely_toxic"]),
    ({"scores": {"toxicity": 0.7, "insult": 0.7}}, H, ["likely_toxic", "likely_toxic"]),
    # The strictest comes first, whatever the order of the labels.
    ({"scores": {"insult": 0.8, "toxicity": 0.97}}, R, ["likely_toxic", "likely_toxic"]),
    # No score, or none that means anything, is a reason by itself.
    ({"scores": None}, H, ["unscored"]),
    ({"scores": {}}, H, ["unscored"]),
    ({"scores": {"happiness": 0.9}}, H, ["unscored"]),
    ({"scores": {"toxicity": math.nan}}, H, ["unscored"]),
    ({"scores": {"toxicity": math.nan, "insult": 0.9}}, H, ["unscored", "likely_toxic"]),
    # Rules.
    ({"findings": None}, H, ["unchecked"]),
    ({"findings": word(Severity.HOLD)}, H, ["suspect_word"]),
    ({"findings": word(Severity.REJECT)}, R, ["banned_word"]),
    ({"findings": word(Severity.BLOCK)}, R, ["banned_word"]),
    ({"findings": links(1)}, P, []),
    ({"findings": links(2)}, H, ["too_many_links"]),
    ({"findings": links(1, blocked=True)}, H, ["blocked_link"]),
    ({"findings": links(1), "author": Author(published=2)}, H, ["link"]),
    ({"findings": links(2), "author": Author()}, H, ["too_many_links", "link"]),
    # The author. A new one is no reason by itself, unless a site says so.
    ({"author": Author()}, P, []),
    ({"author": Author(published=4, rejected=5)}, H, ["poor_record"]),
    ({"author": Author(published=6, rejected=5)}, P, []),
    ({"author": Author(published=0, rejected=4)}, P, []),
    ({"author": Author(50, sanction=Sanction.PREMODERATED)}, H, ["sanction"]),
    ({"author": Author(50, sanction=Sanction.SUSPENDED)}, R, ["sanction"]),
    ({"author": Author(50, sanction=Sanction.BANNED)}, R, ["sanction"]),
    ({"repeats": 1}, H, ["repeat"]),
    ({"recent": 9}, P, []),
    ({"recent": 10}, H, ["flood"]),
    # Circumstances.
    ({"article_mode": ArticleMode.PRE}, H, ["pre_moderated"]),
    ({"article_mode": ArticleMode.CLOSED}, H, ["article_closed"]),
    ({"is_edit": True}, P, []),
    # All at once: nothing hides anything.
    (
        {
            "scores": {"toxicity": 0.8},
            "findings": Findings(word(Severity.REJECT).words, links(2).links),
            "author": Author(sanction=Sanction.PREMODERATED),
            "article_mode": ArticleMode.PRE,
            "repeats": 2,
        },
        R,
        ["banned_word", "likely_toxic", "too_many_links", "link", "sanction", "repeat", "pre_moderated"],
    ),
]  # fmt: skip


@pytest.mark.parametrize(("change", "action", "codes"), TABLE)
def test_table(change: dict[str, object], action: Action, codes: list[str]) -> None:
    verdict = judge(dataclasses.replace(CLEAN, **change), POLICY)
    assert (verdict.action, [str(reason.code) for reason in verdict.reasons]) == (action, codes)


@pytest.mark.parametrize("action", Action)
def test_a_site_chooses_what_becomes_of_unscored_texts(action: Action) -> None:
    policy = POLICY.model_copy(update={"on_unscored": action})
    verdict = judge(dataclasses.replace(CLEAN, scores=None), policy)
    assert verdict.action is action
    assert [reason.code for reason in verdict.reasons] == [ReasonCode.UNSCORED]


@pytest.mark.parametrize(
    ("change", "signals", "code"),
    [
        ({"hold_edits": True}, {"is_edit": True}, "edited"),
        ({"premoderate": True}, {}, "pre_moderated"),
        ({"new_readers": NewReaders(hold_all=True)}, {"author": Author(published=2)}, "new_reader"),
        (
            {"new_readers": NewReaders(until_published=0, until_age_s=3600, hold_all=True)},
            {"author": Author(published=9, age_s=60)},
            "new_reader",
        ),
    ],
)
def test_what_a_site_may_turn_on(change: dict[str, object], signals: dict[str, object], code: str) -> None:
    seen = dataclasses.replace(CLEAN, **signals)
    assert judge(seen, POLICY).reasons == ()
    verdict = judge(seen, POLICY.model_copy(update=change))
    assert (verdict.action, [str(reason.code) for reason in verdict.reasons]) == (H, [code])


def test_repeats_are_turned_off_by_their_action() -> None:
    policy = POLICY.model_copy(update={"repeats": Repeats(action=P)})
    assert judge(dataclasses.replace(CLEAN, repeats=4), policy).action is P


def test_reasons_say_what_was_seen_and_where_the_line_is() -> None:
    verdict = judge(
        dataclasses.replace(CLEAN, scores={"toxicity": 0.75}, findings=word(Severity.HOLD)), POLICY
    )
    toxic, suspect = verdict.reasons
    assert (toxic.label, toxic.score, toxic.threshold) == ("toxicity", 0.75, 0.6)
    assert (suspect.label, suspect.start, suspect.end) == ("list", 3, 7)


SCORES = st.dictionaries(
    st.sampled_from(["toxicity", "insult", "threat", "other"]), st.floats(0, 1), max_size=4
)
WORD_HITS = st.lists(
    st.builds(WordHit, st.just("l"), st.sampled_from(Severity), st.just(0), st.just(1)), max_size=3
)
LINK_HITS = st.lists(st.builds(LinkHit, st.just("a.b"), st.booleans(), st.just(0), st.just(1)), max_size=4)
SIGNALS = st.builds(
    Signals,
    scores=st.none() | SCORES,
    model=st.none() | st.sampled_from(["m@1", "m@2", "other"]),
    findings=st.none() | st.builds(Findings, WORD_HITS.map(tuple), LINK_HITS.map(tuple)),
    author=st.builds(
        Author,
        published=st.integers(0, 20),
        rejected=st.integers(0, 20),
        age_s=st.none() | st.floats(0, 1e7),
        sanction=st.sampled_from(Sanction),
    ),
    article_mode=st.sampled_from(ArticleMode),
    is_edit=st.booleans(),
    repeats=st.integers(0, 3),
    recent=st.integers(0, 20),
)
BAND = st.builds(Band, hold_at=st.none() | st.floats(0, 0.7), reject_at=st.none() | st.floats(0.7, 1))
BANDS = st.dictionaries(st.sampled_from(["toxicity", "insult", "threat"]), BAND, max_size=3)
POLICIES = st.builds(
    Policy,
    bands=st.dictionaries(st.sampled_from(["m@1", "*"]), BANDS, max_size=2),
    on_unscored=st.sampled_from(Action),
    links=st.builds(LinkRules, max_free=st.integers(0, 3), on_blocked=st.sampled_from([H, R])),
    new_readers=st.builds(NewReaders, hold_all=st.booleans(), until_age_s=st.integers(0, 10**6)),
    hold_edits=st.booleans(),
    premoderate=st.booleans(),
    flood_at=st.none() | st.integers(1, 20),
)


def worse(signals: Signals) -> list[Signals]:
    """The same comment with one more thing against it."""
    scores, found, author = signals.scores, signals.findings, signals.author
    more = [
        dataclasses.replace(signals, repeats=signals.repeats + 1),
        dataclasses.replace(signals, recent=signals.recent + 1),
        dataclasses.replace(signals, is_edit=True),
        dataclasses.replace(signals, author=dataclasses.replace(author, rejected=author.rejected + 1)),
    ]
    if scores:
        more += [dataclasses.replace(signals, scores={**scores, label: 1.0}) for label in scores]
    if found is not None:
        hit = WordHit("more", Severity.HOLD, 0, 1)
        more.append(dataclasses.replace(signals, findings=Findings((*found.words, hit), found.links)))
        link = LinkHit("more.org", False, 0, 1)
        more.append(dataclasses.replace(signals, findings=Findings(found.words, (*found.links, link))))
    if signals.article_mode is ArticleMode.POST:
        more += [
            dataclasses.replace(signals, article_mode=mode) for mode in (ArticleMode.PRE, ArticleMode.CLOSED)
        ]
    if author.sanction is Sanction.NONE:
        more += [
            dataclasses.replace(signals, author=dataclasses.replace(author, sanction=s)) for s in Sanction
        ]
    return more


@given(SIGNALS, POLICIES)
def test_one_more_signal_never_loosens_and_never_hides_a_reason(signals: Signals, policy: Policy) -> None:
    before = judge(signals, policy)
    for changed in worse(signals):
        after = judge(changed, policy)
        assert after.action.strictness >= before.action.strictness
        kinds = {(reason.code, reason.label) for reason in after.reasons}
        assert kinds >= {(r.code, r.label) for r in before.reasons if r.code is not ReasonCode.SANCTION}


@given(SIGNALS, POLICIES)
def test_every_reason_is_listed_and_only_reasons_act(signals: Signals, policy: Policy) -> None:
    verdict = judge(signals, policy)
    codes = {reason.code for reason in verdict.reasons}
    assert (signals.findings is None) == (ReasonCode.UNCHECKED in codes)
    assert (signals.author.sanction is not Sanction.NONE) == (ReasonCode.SANCTION in codes)
    assert (signals.article_mode is ArticleMode.CLOSED) == (ReasonCode.ARTICLE_CLOSED in codes)
    if not signals.scores:
        assert ReasonCode.UNSCORED in codes
        assert verdict.action.strictness >= policy.on_unscored.strictness
    if verdict.action is not Action.PUBLISH:
        assert codes
    if signals.findings is not None:
        hits = [r for r in verdict.reasons if r.code in (ReasonCode.SUSPECT_WORD, ReasonCode.BANNED_WORD)]
        assert len(hits) == len(signals.findings.words)


@given(POLICIES)
def test_a_policy_survives_storage(policy: Policy) -> None:
    assert Policy.model_validate(json.loads(json.dumps(policy.model_dump(mode="json")))) == policy


def test_the_default_never_rejects_a_readers_text_by_itself() -> None:
    policy = Policy.default()
    assert Policy.model_validate(policy.model_dump(mode="json")) == policy
    for model, bands in policy.bands.items():
        assert "toxicity" in bands, model
        assert all(band.reject_at is None for band in bands.values())
    assert {word_list.severity for word_list in policy.word_lists} <= {Severity.HOLD}
    signals = Signals(dict.fromkeys(FALLBACK_BANDS, 1.0), "m", links(5, blocked=True), Author(), repeats=9)
    assert judge(signals, policy).action is H
    assert judge(CLEAN, policy).action is P


def test_thresholds_belong_to_a_models_version() -> None:
    own, versionless, any_model = ({"toxicity": Band(hold_at=cut)} for cut in (0.1, 0.2, 0.3))
    policy = Policy(bands={"m:a@1": own, "m:a": versionless, ANY_MODEL: any_model})
    assert policy.bands_for("m:a@1") == own
    assert policy.bands_for("m:a@2") == versionless
    # Another model whose name merely begins the same way has nothing to do with it.
    assert policy.bands_for("m:a-small@1") == any_model
    assert policy.bands_for(None) == any_model
    assert Policy().bands_for("unheard-of") == FALLBACK_BANDS
    for model, bands in shipped_bands().items():
        assert Policy(bands={ANY_MODEL: any_model}).bands_for(model) == bands


@pytest.mark.parametrize(
    "document",
    [
        {"bands": {"*": {"toxicity": {"hold_at": 1.5}}}},
        {"bands": {"*": {"toxicity": {"hold_at": 0.5, "reject_at": 0.4}}}},
        {"on_unscored": "shrug"},
        {"links": {"max_free": -1}},
        {"links": {"allowed": ["https://example.org/"]}},
        {"links": {"on_blocked": "publish"}},
        {"word_lists": [{"name": "x", "patterns": ["(a"]}]},
        {"word_lists": [{"name": "x", "words": ["…"]}]},
        {"wordlists": []},
        {"flood_at": 0},
    ],
)
def test_a_mistake_in_a_policy_is_an_error(document: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        Policy.model_validate(document)


def test_a_policy_cannot_be_changed() -> None:
    with pytest.raises(ValidationError):
        Policy.default().hold_edits = True  # type: ignore[misc]


def test_domains_are_kept_in_one_form() -> None:
    assert LinkRules(allowed=(" WWW.Example.org ",)).allowed == ("example.org",)
    assert WordList(name="x", words=("ok",)).severity is Severity.HOLD
