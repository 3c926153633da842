"""The encoder part of the bundled classifier: a small transformer in ONNX Runtime, fed by length."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt
import onnxruntime
from tokenizers import Tokenizer

MAX_TOKENS = 128
MAX_WINDOWS = 8
"""A longer text is read in this many windows of MAX_TOKENS at most, spread evenly; the highest log-odds count."""
_OVERLAP = 16
_BATCH = 16

Floats = npt.NDArray[np.float32]
Ids = list[int]


class Encoder:
    """`threads` is the number of threads of the engine and never more, however many cores there are."""

    def __init__(self, directory: Path, threads: int) -> None:
        self._tokenizer = Tokenizer.from_file(str(directory / "tokenizer.json"))
        self._tokenizer.no_padding()
        self._tokenizer.enable_truncation(MAX_TOKENS, stride=_OVERLAP)
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads
        options.inter_op_num_threads = 1
        options.enable_cpu_mem_arena = False
        self._session = onnxruntime.InferenceSession(
            str(directory / "encoder.onnx"), options, providers=["CPUExecutionProvider"]
        )

    def logits(self, texts: Sequence[str]) -> Floats:
        """Log-odds `(texts, labels)` of folded texts."""
        windows = [(owner, ids) for owner, text in enumerate(texts) for ids in self._windows(text)]
        highest: dict[int, Floats] = {}
        for batch in _by_length(windows):
            for (owner, _), row in zip(batch, self._run([ids for _, ids in batch]), strict=True):
                highest[owner] = np.maximum(highest[owner], row) if owner in highest else row
        return np.stack([highest[owner] for owner in range(len(texts))])

    def _windows(self, text: str) -> list[Ids]:
        """Tokenized one text at a time: the tokenizer's batches would take every core."""
        encoding = self._tokenizer.encode(text)
        windows = [encoding.ids, *(more.ids for more in encoding.overflowing)]
        if len(windows) <= MAX_WINDOWS:
            return windows
        return [windows[int(place)] for place in np.linspace(0, len(windows) - 1, MAX_WINDOWS)]

    def _run(self, rows: Sequence[Ids]) -> Floats:
        ids = np.zeros((len(rows), max(map(len, rows))), dtype=np.int64)
        mask = np.zeros_like(ids)
        for at, row in enumerate(rows):
            ids[at, : len(row)] = row
            mask[at, : len(row)] = 1
        logits: Floats = self._session.run(["logits"], {"input_ids": ids, "attention_mask": mask})[0]
        return logits


def _by_length(windows: list[tuple[int, Ids]]) -> Iterator[list[tuple[int, Ids]]]:
    """Batches of near-equal lengths, so that little is padding."""
    ordered = sorted(windows, key=lambda window: len(window[1]))
    yield from (ordered[at : at + _BATCH] for at in range(0, len(ordered), _BATCH))
