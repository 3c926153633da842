"""What changed between two policies, and words in disguise."""

import pytest

from moderation.policy import Policy
from moderation.policy_diff import diff
from moderation.policy_parts import LinkRules, Severity, WordList
from moderation.rules import compile_rules
from moderation.variants import variants

BASE = Policy(word_lists=(WordList(name="insults", words=("fool", "idiot")),))


def test_nothing_changed() -> None:
    assert diff(BASE, BASE) == []


def test_settings_tell_before_and_after_and_lists_what_came_and_went() -> None:
    after = BASE.model_copy(
        update={
            "premoderate": True,
            "links": LinkRules(max_free=5, blocked=("spam.example",)),
            "word_lists": (
                WordList(name="insults", severity=Severity.REJECT, words=("idiot", "moron")),
                WordList(name="spam", patterns=("buy.*now",)),
            ),
        }
    )
    assert [change.to_json() for change in diff(BASE, after)] == [
        {"path": "links/blocked", "before": None, "after": None, "added": ["spam.example"], "removed": []},
        {"path": "links/max_free", "before": 2, "after": 5, "added": [], "removed": []},
        {"path": "premoderate", "before": False, "after": True, "added": [], "removed": []},
        {
            "path": "word_lists/insults/severity",
            "before": "hold",
            "after": "reject",
            "added": [],
            "removed": [],
        },
        {
            "path": "word_lists/insults/words",
            "before": None,
            "after": None,
            "added": ["moron"],
            "removed": ["fool"],
        },
        {
            "path": "word_lists/spam/patterns",
            "before": None,
            "after": None,
            "added": ["buy.*now"],
            "removed": [],
        },
        {"path": "word_lists/spam/severity", "before": None, "after": "hold", "added": [], "removed": []},
    ]


def test_a_band_that_goes_is_told_by_label() -> None:
    before = Policy.model_validate({"bands": {"*": {"toxicity": {"hold_at": 0.6, "reject_at": 0.95}}}})
    changes = [(change.path, change.before, change.after) for change in diff(before, Policy())]
    assert changes == [("bands/*/toxicity/hold_at", 0.6, None), ("bands/*/toxicity/reject_at", 0.95, None)]


def test_the_order_of_a_lists_words_is_no_change() -> None:
    turned = Policy(word_lists=(WordList(name="insults", words=("idiot", "fool")),))
    assert diff(BASE, turned) == []


# What folding does not undo is told by the tester, and is not to grow: letters of two words that run into each other.
@pytest.mark.parametrize(
    ("word", "gets_by"),
    [
        ("idiot", {"stretched"}),
        ("*phobia", {"stretched"}),
        ("kill yourself", {"stretched", "spaced", "dotted"}),
    ],
)
def test_disguises_differ_and_folding_undoes_the_others(word: str, gets_by: set[str]) -> None:
    tried = variants(word)
    assert len(set(tried.values())) == len(tried)
    rules = compile_rules((WordList(name="x", words=(word,)),), LinkRules())
    missed = {trick for trick, text in tried.items() if not getattr(rules.find(text), "words", ())}
    assert missed <= gets_by
