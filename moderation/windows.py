"""Texts as token windows for a transformer: long ones in several, batches of near-equal length, the highest counts."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from tokenizers import Tokenizer

Floats = npt.NDArray[np.float32]
Numbers = npt.NDArray[np.int64]
Ids = list[int]
_STRETCH, _SLACK = 1.125, 8
Run = Callable[[Numbers, Numbers], Floats]
"""Log-odds `(rows, outputs)` of token numbers and mask, both `(rows, tokens)`."""


@dataclass(frozen=True)
class Limits:
    """How a text is cut: at `tokens` a window, neighbours sharing `overlap`; a text of more than `windows` is read in
    that many, spread evenly. `batch` windows are run at once, `pad` fills up the shorter ones, to a `multiple` of tokens.
    """

    tokens: int
    windows: int = 8
    overlap: int = 16
    batch: int = 16
    pad: int = 0
    multiple: int = 1


class Windows:
    """Reads texts in windows. Takes the tokenizer over: its truncation and padding are set here."""

    def __init__(self, tokenizer: Tokenizer, limits: Limits) -> None:
        self._limits = limits
        self._tokenizer = tokenizer
        self._tokenizer.no_padding()
        self._tokenizer.enable_truncation(limits.tokens, stride=limits.overlap)

    def of(self, text: str) -> list[Ids]:
        """The windows of one text, at least one. One text at a time: the tokenizer's batches would take every core."""
        encoding = self._tokenizer.encode(text)
        found = [encoding.ids, *(more.ids for more in encoding.overflowing)]
        if len(found) <= self._limits.windows:
            return found
        return [found[int(place)] for place in np.linspace(0, len(found) - 1, self._limits.windows)]

    def highest(self, texts: Sequence[str], run: Run) -> Floats:
        """The highest log-odds of each text's windows, `(texts, outputs)`; at least one text."""
        windows = [(owner, ids) for owner, text in enumerate(texts) for ids in self.of(text)]
        found: dict[int, Floats] = {}
        for batch in self._by_length(windows):
            rows = run(*self._padded([ids for _, ids in batch]))
            for (owner, _), row in zip(batch, rows, strict=True):
                found[owner] = np.maximum(found[owner], row) if owner in found else row
        return np.stack([found[owner] for owner in range(len(texts))])

    def _by_length(self, windows: list[tuple[int, Ids]]) -> Iterator[list[tuple[int, Ids]]]:
        """Batches of near-equal lengths, so that little is padding: no more than an eighth and eight tokens."""
        batch: list[tuple[int, Ids]] = []
        for window in sorted(windows, key=lambda window: len(window[1])):
            if batch and (
                len(batch) == self._limits.batch or len(window[1]) > len(batch[0][1]) * _STRETCH + _SLACK
            ):
                yield batch
                batch = []
            batch.append(window)
        yield batch

    def _padded(self, rows: Sequence[Ids]) -> tuple[Numbers, Numbers]:
        longest, multiple = max(map(len, rows)), self._limits.multiple
        width = min(-(-longest // multiple) * multiple, self._limits.tokens)
        ids = np.full((len(rows), width), self._limits.pad, dtype=np.int64)
        mask = np.zeros_like(ids)
        for at, row in enumerate(rows):
            ids[at, : len(row)] = row
            mask[at, : len(row)] = 1
        return ids, mask
