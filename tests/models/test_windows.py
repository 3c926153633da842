"""Long texts in windows, batches by length, the highest counts."""

import itertools
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tokenizers import Tokenizer, models, pre_tokenizers, processors

from moderation.windows import Floats, Limits, Numbers, Windows

_WORDS = {"[PAD]": 0, "[CLS]": 1, "[SEP]": 2, **{f"w{n}": n + 3 for n in range(200)}}


def words(tokenizer_limits: Limits) -> Windows:
    """One token a word, between a first and a last mark."""
    tokenizer = Tokenizer(models.WordLevel(_WORDS, unk_token="[PAD]"))
    tokenizer.pre_tokenizer = pre_tokenizers.WhitespaceSplit()
    tokenizer.post_processor = processors.BertProcessing(("[SEP]", 2), ("[CLS]", 1))
    return Windows(tokenizer, tokenizer_limits)


def text(count: int, first: int = 0) -> str:
    return " ".join(f"w{(first + n) % 200}" for n in range(count))


class Recorder:
    """Says the highest token number of each row, and remembers what it was asked."""

    def __init__(self) -> None:
        self.shapes: list[tuple[int, int]] = []

    def __call__(self, ids: Numbers, mask: Numbers) -> Floats:
        self.shapes.append(ids.shape)
        assert (ids[mask == 0] == 7).all()
        return np.stack(
            [[float(row[kept == 1].max()), 1.0] for row, kept in zip(ids, mask, strict=True)]
        ).astype(np.float32)


LIMITS = Limits(tokens=12, windows=100, overlap=3, batch=4, pad=7)


@given(st.integers(0, 150))
def test_windows_cover_every_word_and_neighbours_overlap(count: int) -> None:
    found = words(LIMITS).of(text(count))
    inner = [window[1:-1] for window in found]
    assert all(len(window) <= LIMITS.tokens and (window[0], window[-1]) == (1, 2) for window in found)
    whole = inner[0] + [
        token for before, after in itertools.pairwise(inner) for token in after[LIMITS.overlap :]
    ]
    assert whole == [n % 200 + 3 for n in range(count)]
    for before, after in itertools.pairwise(inner):
        assert before[-LIMITS.overlap :] == after[: LIMITS.overlap]


def test_a_very_long_text_is_read_in_a_bounded_number_from_beginning_to_end() -> None:
    limits = Limits(tokens=12, windows=5, overlap=3)
    everything, some = words(LIMITS).of(text(150)), words(limits).of(text(150))
    assert len(everything) > len(some) == 5
    assert some[0] == everything[0]
    assert some[-1] == everything[-1]
    places = [everything.index(window) for window in some]
    assert places == sorted(set(places))


@given(st.lists(st.tuples(st.integers(0, 60), st.integers(0, 190)), min_size=1, max_size=20))
def test_each_text_gets_the_highest_of_its_windows_in_its_own_place(made: list[tuple[int, int]]) -> None:
    texts = [text(count, first) for count, first in made]
    found = words(LIMITS).highest(texts, Recorder())
    wanted = [max([2, *((first + n) % 200 + 3 for n in range(count))]) for count, first in made]
    assert found[:, 0].tolist() == wanted
    assert found.shape == (len(texts), 2)


def test_batches_hold_texts_of_near_equal_length() -> None:
    recorder = Recorder()
    lengths = [1, 9, 2, 8, 3, 7, 4, 6]
    words(LIMITS).highest([text(count) for count in lengths], recorder)
    assert recorder.shapes == [(4, 6), (4, 11)]


def test_a_short_text_is_not_padded_to_a_long_one() -> None:
    recorder = Recorder()
    words(Limits(150, overlap=3, batch=64, pad=7)).highest([text(n) for n in (3, 100, 4, 98, 40)], recorder)
    assert recorder.shapes == [(2, 6), (1, 42), (2, 102)]


@pytest.mark.parametrize("batch", [1, 3, 64])
def test_no_batch_is_larger_than_allowed(batch: int) -> None:
    recorder = Recorder()
    texts: Sequence[str] = [text(5)] * 10
    words(Limits(12, overlap=3, batch=batch, pad=7)).highest(texts, recorder)
    assert all(rows <= batch for rows, _ in recorder.shapes)
    assert sum(rows for rows, _ in recorder.shapes) == 10


@pytest.mark.parametrize(("count", "width"), [(1, 4), (3, 8), (7, 12), (9, 12)])
def test_widths_are_multiples_and_never_wider_than_a_window(count: int, width: int) -> None:
    seen = Recorder()
    words(replace(LIMITS, tokens=12, multiple=4)).highest([text(count)], seen)
    assert seen.shapes == [(1, width)]
