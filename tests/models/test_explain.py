"""Explanations: the words named are the ones that did it, where the author wrote them."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from moderation.bundled import Bundled, load_bundled
from moderation.classifier import load
from moderation.explain import MOST_WORDS, explain
from moderation.features import featurize, occurrences
from moderation.preparing import read_comments

PLANTED = (
    "idiot",
    "moron",
    "bastard",
    "stupid",
    "fucking",
    "pathetic",
    "scumbag",
    "asshole",
    "retarded",
    "bitch",
)


@pytest.fixture(scope="module")
def bundled() -> Bundled:
    return load_bundled(threads=1)


def words(classifier: Bundled, text: str) -> list[str]:
    return [text[word.start : word.end] for word in explain(classifier, text)]


def planted(count: int, bundled: Bundled) -> list[tuple[str, str]]:
    """Real comments that score low, each with one insult among its words."""
    dice = random.Random(11)
    calm = [text for text in read_comments(None) if 40 < len(text) < 400]
    dice.shuffle(calm)
    made = []
    for text, scores in zip(calm[: count * 3], bundled.score(calm[: count * 3]), strict=True):
        if scores["toxicity"] < 0.05 and len(made) < count:
            parts, word = text.split(" "), dice.choice(PLANTED)
            parts.insert(dice.randrange(len(parts) + 1), word)
            made.append((" ".join(parts), word))
    assert len(made) == count
    return made


def test_the_planted_word_is_named_first_nine_times_in_ten(bundled: Bundled) -> None:
    made = planted(60, bundled)
    hits = sum((found := words(bundled, text)) != [] and word in found[0].lower() for text, word in made)
    assert hits >= 0.9 * len(made)


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("I think you are a F.U.C.K.I.N.G liar", "F.U.C.K.I.N.G"),
        ("What an 1d10t, honestly", "1d10t"),
        ("so you are a m\u200bor\u200bon then", "m\u200bor\u200bon"),
        ("that ｉｄｉｏｔ again", "ｉｄｉｏｔ"),
        ("Honestly,   you...IDIOT!!", "IDIOT"),
    ],
)
def test_a_disguised_word_is_marked_as_it_was_written(bundled: Bundled, text: str, named: str) -> None:
    assert words(bundled, text)[0] == named


def test_a_word_that_stands_twice_is_marked_twice(bundled: Bundled) -> None:
    text = "moron, said the moron next door"
    places = sorted(
        (word.start, word.end) for word in explain(bundled, text) if text[word.start :][:5] == "moron"
    )
    assert places == [(0, 5), (16, 21)]


@pytest.mark.parametrize("text", ["", "   ", "!?!", "💩", "\u200b", "x"])
def test_a_text_with_next_to_nothing_in_it_can_be_asked_about(bundled: Bundled, text: str) -> None:
    assert all(0 <= word.start < word.end <= len(text) for word in explain(bundled, text))


def test_heaviest_first_and_never_many(bundled: Bundled) -> None:
    found = explain(bundled, "you stupid fucking idiot bastard moron asshole scumbag bitch")
    assert len(found) == MOST_WORDS
    assert [word.weight for word in found] == sorted((word.weight for word in found), reverse=True)
    assert all(word.weight > 0 for word in found)


def test_another_label_has_its_own_words(bundled: Bundled) -> None:
    text = "i will kill you, idiot"
    threat = {text[word.start : word.end] for word in explain(bundled, text, "threat")}
    assert "kill" in threat
    with pytest.raises(KeyError):
        explain(bundled, text, "nosuch")


def test_any_other_classifier_is_explained_by_leaving_words_out() -> None:
    classifier = load("python:tests.classifiers:Cued")
    text = "So, you idiot, what now?"
    (word,) = explain(classifier, text)
    assert text[word.start : word.end] == "idiot"


@given(st.text(alphabet="ab c.,é1", min_size=0, max_size=60))
def test_the_places_of_features_add_up_to_the_features(text: str) -> None:
    found = occurrences(text)
    if not found:
        return
    sums: dict[int, float] = {}
    for one in found:
        sums[one.bucket] = sums.get(one.bucket, 0.0) + one.value
        assert 0 <= one.span[0] < one.span[1] <= len(text) + 1
    indices, values = featurize(text)
    assert sums == pytest.approx(dict(zip(indices.tolist(), values.tolist(), strict=True)))


@pytest.mark.parametrize("text", ["you are an idiot", "one", "many  words, and   marks!? here", "a a a a"])
def test_contributions_add_up_to_the_linear_score(bundled: Bundled, text: str) -> None:
    linear = bundled.parts.linear
    for label in range(len(bundled.labels)):
        total = sum(linear.contributions(occurrences(text), label)) + float(linear.biases[label])
        assert total == pytest.approx(float(linear.logits(text)[label]), abs=1e-3)
