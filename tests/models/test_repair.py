"""Repair by a list of words: disguised targets come back, known words are never touched."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from moderation.normalize import apply, fold
from moderation.repair import Repairer

KNOWN = [
    "the",
    "you",
    "are",
    "a",
    "i",
    "so",
    "what",
    "class",
    "fucks",
    "stupid",
    "fuck",
    "idiot",
    "moron",
    "duck",
    "truck",
    "fork",
    "asset",
]
TARGETS = ["fuck", "stupid", "idiot", "moron"]


@pytest.fixture(scope="module")
def repairer() -> Repairer:
    return Repairer(KNOWN, TARGETS)


def repaired(repairer: Repairer, text: str) -> str:
    return apply(fold(text), repairer).text


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("f*ck", "fuck"),
        ("f**k", "fuck"),
        ("st#pid", "stupid"),
        ("fcuk", "fuck"),
        ("sutpid", "stupid"),
        ("stuupid", "stupid"),
        ("stuuuuupid", "stupid"),
        ("idiiott", "idiot"),
        ("youarestupid", "you are stupid"),
        ("youaresoafuck", "you are so a fuck"),
        ("1d1ot", "idiot"),
    ],
)
def test_a_disguised_target_is_put_back(repairer: Repairer, written: str, read: str) -> None:
    assert repaired(repairer, written) == read
    assert repaired(repairer, f"what {written} the") == f"what {read} the"


@pytest.mark.parametrize(
    "text",
    [
        "duck",
        "truck",
        "fork",
        "fucks",
        "class",
        "classes",
        "assets",
        "the duck",
        "abcdefgh",
        "12345",
        "a*b",
        "*",
        "f*",
    ],
)
def test_everything_else_stays(repairer: Repairer, text: str) -> None:
    assert repaired(repairer, text) == text


@given(st.lists(st.sampled_from(KNOWN), max_size=12))
def test_a_text_of_known_words_is_never_changed(words: list[str]) -> None:
    text = " ".join(words)
    assert list(Repairer(KNOWN, TARGETS)(text)) == []


@given(st.text(alphabet="fuckstupid*#1 -.ae", max_size=50))
def test_edits_are_in_order_within_the_text_and_do_not_overlap(text: str) -> None:
    last = 0
    for start, end, _ in Repairer(KNOWN, TARGETS)(text):
        assert last <= start < end <= len(text)
        last = end


def test_a_repaired_place_leads_back_to_what_was_written(repairer: Repairer) -> None:
    written = "What a F**K thing"
    folded = apply(fold(written), repairer)
    at = folded.text.index("fuck")
    start, end = folded.original_span(at, at + 4)
    assert written[start:end] == "F**K"
