"""A comment as hashed features of a linear model: word 1-2-grams and character 2-5-grams, with numpy only.

All grams of a comment are hashed at once: a character gram by a polynomial over its code points, a word by the same
polynomial read off prefix sums, so the work per comment is a few passes over one small array.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import numpy.typing as npt

WORD_BITS = 18
CHARACTER_BITS = 18
WORD_BUCKETS = 1 << WORD_BITS
BUCKETS = WORD_BUCKETS + (1 << CHARACTER_BITS)
LONGEST_GRAM = 5
MAX_CHARACTERS = 20_000

Indices = npt.NDArray[np.int64]
Values = npt.NDArray[np.float32]

_BASE = np.uint64(0x9E3779B97F4A7C15)
_MIX = np.uint64(0xD6E8FEB86659FD93)
_INVERSE = np.uint64(pow(int(_BASE), -1, 1 << 64))
_NOT_A_WORD = re.compile(r"[\W_]+")
_A_WORD = re.compile(r"[^\W_]+")


def _powers(base: np.uint64, count: int) -> npt.NDArray[np.uint64]:
    return np.multiply.accumulate(np.concatenate(([np.uint64(1)], np.full(count - 1, base))))


_POWERS = _powers(_BASE, MAX_CHARACTERS + 2)
_INVERSES = _powers(_INVERSE, MAX_CHARACTERS + 2)


def plain(folded: str) -> str:
    """The letters and digits of a folded text between single spaces, so that punctuation cannot matter."""
    return f" {_NOT_A_WORD.sub(' ', folded[: MAX_CHARACTERS - 2]).strip()} "


def featurize(folded: str) -> tuple[Indices, Values]:
    """Bucket numbers, each once, and their weights; the squares of either kind's weights add up to 1."""
    text = plain(folded)
    codes = _codes(text)
    words, grams = _bucket(_word_hashes(codes), WORD_BITS), _bucket(_character_hashes(codes), CHARACTER_BITS)
    unique_words, unique_grams = _unique(words), _unique(grams)
    indices = np.concatenate((unique_words, unique_grams + WORD_BUCKETS))
    values = np.empty(len(indices), dtype=np.float32)
    values[: len(unique_words)] = 1 / np.sqrt(max(1, len(unique_words)))
    values[len(unique_words) :] = 1 / np.sqrt(max(1, len(unique_grams)))
    return indices, values


@dataclass(frozen=True, slots=True)
class Occurrence:
    """A feature where it stands in the folded text, with its value there: a bucket's value, shared by all its places."""

    bucket: int
    value: float
    span: tuple[int, int]
    is_word: bool


def occurrences(folded: str) -> list[Occurrence]:
    """Every place of every feature of `featurize`; their values add up to those of its buckets. None without a word."""
    text = plain(folded)
    if not text.strip():
        return []
    places = _places_of_plain(folded)
    found = [(bucket, span, False) for bucket, span in _character_places(text)] + _word_places(text)
    indices, values = featurize(folded)
    value_of = dict(zip(indices.tolist(), values.tolist(), strict=True))
    times = Counter(bucket for bucket, _, _ in found)
    return [
        Occurrence(bucket, value_of[bucket] / times[bucket], (places[start], places[end - 1] + 1), is_word)
        for bucket, (start, end), is_word in found
    ]


def _places_of_plain(folded: str) -> list[int]:
    """For every character of `plain(folded)`, where it comes from; a space, from the first mark that it stands for."""
    cut = folded[: MAX_CHARACTERS - 2]
    words = [place for found in _A_WORD.finditer(cut) for place in (*range(*found.span()), found.end())]
    return [max(0, words[0] - 1), *words]


def _character_places(text: str) -> Iterator[tuple[int, tuple[int, int]]]:
    codes = _codes(text)
    buckets = (_bucket(_character_hashes(codes), CHARACTER_BITS) + WORD_BUCKETS).tolist()
    spans = (
        (start, start + size)
        for size in range(2, LONGEST_GRAM + 1)
        for start in range(max(0, len(text) - size + 1))
    )
    return zip(buckets, spans, strict=True)


def _word_places(text: str) -> list[tuple[int, tuple[int, int], bool]]:
    buckets = _bucket(_word_hashes(_codes(text)), WORD_BITS).tolist()
    words = [found.span() for found in _A_WORD.finditer(text)]
    pairs = [(one[0], two[1]) for one, two in pairwise(words)]
    kinds = [*((span, True) for span in words), *((span, False) for span in pairs)]
    return [(bucket, span, is_word) for bucket, (span, is_word) in zip(buckets, kinds, strict=True)]


def _codes(text: str) -> npt.NDArray[np.uint64]:
    return np.frombuffer(text.encode("utf-32-le", "surrogatepass"), dtype=np.uint32).astype(np.uint64)


def _unique(numbers: Indices) -> Indices:
    ordered = np.sort(numbers)
    return ordered[np.concatenate(([True], ordered[1:] != ordered[:-1]))] if len(ordered) else ordered


def _bucket(hashes: npt.NDArray[np.uint64], bits: int) -> Indices:
    mixed = (hashes ^ (hashes >> np.uint64(31))) * _MIX
    return (mixed >> np.uint64(64 - bits)).astype(np.int64)


def _character_hashes(codes: npt.NDArray[np.uint64]) -> npt.NDArray[np.uint64]:
    hashes, found = codes, []
    for size in range(2, LONGEST_GRAM + 1):
        if len(codes) < size:
            break
        hashes = hashes[:-1] * _BASE + codes[size - 1 :]
        found.append(hashes + np.uint64(size))
    return np.concatenate(found) if found else codes[:0]


def _word_hashes(codes: npt.NDArray[np.uint64]) -> npt.NDArray[np.uint64]:
    """Hashes of words and of pairs of words: `sum(code * base**place)` from one space to another, moved to place 0."""
    sums = np.concatenate(([np.uint64(0)], np.cumsum(codes * _POWERS[: len(codes)], dtype=np.uint64)))
    spaces = np.flatnonzero(codes == ord(" "))
    starts, ends = spaces[:-1] + 1, spaces[1:]
    single = (sums[ends] - sums[starts]) * _INVERSES[starts]
    pairs = (sums[ends[1:]] - sums[starts[:-1]]) * _INVERSES[starts[:-1]] + np.uint64(1)
    return np.concatenate((single, pairs))
