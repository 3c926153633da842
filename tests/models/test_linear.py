"""Hashed features and the linear model over them."""

import itertools
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from moderation.features import (
    BUCKETS,
    CHARACTER_BITS,
    LONGEST_GRAM,
    MAX_CHARACTERS,
    WORD_BITS,
    WORD_BUCKETS,
    featurize,
    plain,
)
from moderation.linear import Linear, load_linear, quantized

MASK = (1 << 64) - 1
BASE, MIX = 0x9E3779B97F4A7C15, 0xD6E8FEB86659FD93


def polynomial(text: str, *, falling: bool) -> int:
    """The hash of a gram, the slow way: code points as digits of a number to the base."""
    value = 0
    for char in text if falling else reversed(text):
        value = (value * BASE + ord(char)) & MASK
    return value


def bucket(hash_: int, bits: int) -> int:
    return (((hash_ ^ (hash_ >> 31)) * MIX) & MASK) >> (64 - bits)


def by_hand(folded: str) -> set[int]:
    text = plain(folded)
    words = text.split(" ")[1:-1]

    def all_words() -> Iterator[int]:
        for word in words:
            yield polynomial(word, falling=False)
        for one, two in itertools.pairwise(words):
            yield (polynomial(f"{one} {two}", falling=False) + 1) & MASK

    grams = {
        bucket((polynomial(text[at : at + size], falling=True) + size) & MASK, CHARACTER_BITS) + WORD_BUCKETS
        for size in range(2, LONGEST_GRAM + 1)
        for at in range(len(text) - size + 1)
    }
    return {bucket(hash_, WORD_BITS) for hash_ in all_words()} | grams


@given(st.lists(st.text(alphabet="abcdeфш1", min_size=1, max_size=8), min_size=1, max_size=8))
def test_features_are_those_of_the_slow_way(words: list[str]) -> None:
    folded = " ".join(words)
    indices, _ = featurize(folded)
    assert set(indices.tolist()) == by_hand(folded)


@given(st.text(max_size=200))
def test_every_bucket_comes_once_and_each_kind_has_length_one(text: str) -> None:
    indices, values = featurize(text)
    assert len(set(indices.tolist())) == len(indices) == len(values)
    assert ((indices >= 0) & (indices < BUCKETS)).all()
    for kind in (indices < WORD_BUCKETS, indices >= WORD_BUCKETS):
        assert not kind.any() or np.square(values[kind]).sum() == pytest.approx(1, rel=1e-5)


@given(st.text(alphabet="ab c,.!?-", max_size=60))
def test_punctuation_does_not_matter(text: str) -> None:
    bare = "".join(char if char.isalpha() else " " for char in text)
    assert featurize(text)[0].tolist() == featurize(bare)[0].tolist()


def test_a_very_long_text_is_read_to_its_bound() -> None:
    long = "word " * MAX_CHARACTERS
    assert len(plain(long)) <= MAX_CHARACTERS
    assert set(featurize(long)[0].tolist()) == by_hand(long)


@pytest.fixture(scope="module")
def weights() -> np.ndarray:
    return np.random.default_rng(3).normal(size=(BUCKETS, 2)).astype(np.float32)


def test_rounding_to_8_bits_moves_a_score_little(weights: np.ndarray) -> None:
    biases = np.array([-1.0, 0.5], dtype=np.float32)
    model = quantized(weights, biases)
    for text in ("a quiet comment", "x", "one two three four five " * 20):
        indices, values = featurize(text)
        assert model.logits(text) == pytest.approx(values @ weights[indices] + biases, abs=0.15)


def test_a_saved_model_scores_the_same(weights: np.ndarray, tmp_path: Path) -> None:
    model = quantized(weights, np.zeros(2, dtype=np.float32))
    model.save(tmp_path / "linear.npz")
    again = load_linear(tmp_path / "linear.npz")
    assert isinstance(again, Linear)
    assert (again.logits("some comment") == model.logits("some comment")).all()


def test_a_damaged_file_is_refused(weights: np.ndarray, tmp_path: Path) -> None:
    path = tmp_path / "linear.npz"
    path.write_bytes(b"not a model")
    with pytest.raises(ValueError, match=r"pickle|npz"):
        load_linear(path)
