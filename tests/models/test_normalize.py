"""Folding: every way of spelling to pass unseen comes back, ordinary text stays, every place leads to the original."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from moderation.normalize import Folded, apply, fold
from moderation.training.evasions import EVASIONS

UNDONE_BY_FOLDING = ("leetspeak", "spacing", "dots", "homoglyphs", "zero-width", "fullwidth")
WORDS = ("stupid", "idiots", "bastard", "pathetic", "moron", "scumbag")


@pytest.mark.parametrize("kind", UNDONE_BY_FOLDING)
@pytest.mark.parametrize("word", WORDS)
def test_a_disguised_word_folds_to_the_word(kind: str, word: str) -> None:
    disguised = EVASIONS[kind](word, random.Random(1))
    assert disguised != word
    assert word in fold(f"you are {disguised} you know").text


@pytest.mark.parametrize(
    ("written", "folded"),
    [
        ("F.u.c.k off", "fuck off"),
        ("f u c k off", "fuck off"),
        ("f-u-c-k", "fuck"),
        ("sh1t", "shit"),
        ("$tupid", "stupid"),
        ("a$$hole", "asshole"),
        ("@ss", "ass"),
        ("ѕhіt", "shit"),
        ("ｓｈｉｔ", "shit"),
        ("𝓼𝓱𝓲𝓽", "shit"),
        ("s\u200bh\u200di\ufefft", "shit"),
        ("s\u0336h\u0336i\u0336t\u0336", "shit"),
        ("śhîť", "shit"),
        ("shiiiiiit", "shiit"),
        ("sooooo!!!!!!", "soo!!!"),
        ("CAPITALS", "capitals"),
        ("“curly” – it’s", '"curly" - it\'s'),
        ("two\n\nlines\tand  gaps", "two lines and gaps"),
        ("💩", " shit "),
    ],
)
def test_folding(written: str, folded: str) -> None:
    assert fold(written).text == folded


@pytest.mark.parametrize(
    "text",
    [
        "in 1984 there were 3000 of them, 20% more than in the 1970s",
        "the 2nd of may at 10am, 5km from here, 100mb free",
        "see section 3.2.1 of rfc 2616",
        "it's e.g. a well-known state-of-the-art thing",
        "visit example.org/path?a=1&b=2",
        "i have a cat. a dog too.",
        "привет друзья",
        "γεια σου",
        "b2b and mp3 and h2o",
    ],
)
def test_ordinary_text_stays_as_it_is(text: str) -> None:
    assert fold(text).text == text


@pytest.mark.parametrize(
    ("written", "word", "original"),
    [
        ("you F.U.C.K.", "fuck", "F.U.C.K"),
        ("a sh1t thing", "shit", "sh1t"),
        ("so s\u200bt\u200bupid!", "stupid", "s\u200bt\u200bupid"),
        ("the ѕhіt is", "shit", "ѕhіt"),
        ("ﬁlthy", "filthy", "ﬁlthy"),
        ("go f  u  c  k yourself", "fuck", "f  u  c  k"),
        ("💩 there", "shit", "💩"),
    ],
)
def test_a_place_leads_back_to_what_was_written(written: str, word: str, original: str) -> None:
    folded = fold(written)
    at = folded.text.index(word)
    start, end = folded.original_span(at, at + len(word))
    assert written[start:end] == original


_TRICKY = st.text(
    alphabet=st.one_of(
        st.characters(),
        st.sampled_from("aA4@$!01.- \n\u200b\u0301еоｓ💩🏽ßﬁİ"),
    ),
    max_size=60,
)


@given(_TRICKY)
def test_any_place_of_any_text_leads_into_the_original(text: str) -> None:
    folded = fold(text)
    for start in range(len(folded.text)):
        first, last = folded.original_span(start, start + 1)
        assert 0 <= first <= last <= len(text)
    if folded.text:
        first, last = folded.original_span(0, len(folded.text))
        assert 0 <= first <= last <= len(text)


@given(st.text(alphabet="abc XYZ", max_size=60))
def test_letters_alone_keep_their_places(text: str) -> None:
    """Where no step changes a length, a place is its own."""
    folded = fold(text)
    if len(folded.text) == len(text):
        assert all(folded.original_span(at, at + 1) == (at, at + 1) for at in range(len(text)))


@given(_TRICKY)
def test_places_keep_their_order(text: str) -> None:
    folded = fold(text)
    spans = [folded.original_span(at, at + 1) for at in range(len(folded.text))]
    assert spans == sorted(spans)


@pytest.mark.parametrize(("start", "end"), [(-1, 1), (2, 2), (1, 4), (3, 2)])
def test_a_range_that_is_none_is_refused(start: int, end: int) -> None:
    with pytest.raises(ValueError, match="no such range"):
        fold("abc").original_span(start, end)


def test_a_step_adds_to_the_way_back() -> None:
    folded = apply(fold("so st.upid"), lambda text: [(text.index("st.upid"), len(text), "stupid")])
    assert isinstance(folded, Folded)
    assert folded.text == "so stupid"
    assert folded.original_span(3, 9) == (3, 10)


def test_time_grows_no_faster_than_the_text() -> None:
    """By work, not by the clock: every step is linear, so a text twice as long takes no more than twice the edits."""
    for unit in ("a.", "f u ", "1a", "a\u0301", "!!!!", "\u200b", "a b c "):
        small, large = fold(unit * 2_000), fold(unit * 4_000)
        edits = [sum(len(step.out_starts) for step in one.steps) for one in (small, large)]
        assert edits[1] <= 2 * edits[0] + 16
