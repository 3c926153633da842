"""A comment as hashed features of a linear model: word 1-2-grams and character 2-5-grams, with numpy only.

All grams of a comment are hashed at once: a character gram by a polynomial over its code points, a word by the same
polynomial read off prefix sums, so the work per comment is a few passes over one small array.
"""

from __future__ import annotations

import re

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
    codes = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), dtype=np.uint32).astype(np.uint64)
    words, grams = _bucket(_word_hashes(codes), WORD_BITS), _bucket(_character_hashes(codes), CHARACTER_BITS)
    unique_words, unique_grams = _unique(words), _unique(grams)
    indices = np.concatenate((unique_words, unique_grams + WORD_BUCKETS))
    values = np.empty(len(indices), dtype=np.float32)
    values[: len(unique_words)] = 1 / np.sqrt(max(1, len(unique_words)))
    values[len(unique_words) :] = 1 / np.sqrt(max(1, len(unique_grams)))
    return indices, values


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
