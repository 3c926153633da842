"""Scores of rows as arrays, with progress."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import numpy.typing as npt

from moderation.classifier import Classifier

_BATCH = 64


def scores_of(
    classifier: Classifier, texts: Sequence[str], report: Callable[[str, int, int], None], what: str
) -> npt.NDArray[np.float64]:
    """Probabilities `(texts, labels)`."""
    found: list[list[float]] = []
    for start in range(0, len(texts), _BATCH):
        for one in classifier.score(texts[start : start + _BATCH]):
            found.append([one[label] for label in classifier.labels])  # noqa: PERF401 -- reads better
        report(what, min(start + _BATCH, len(texts)), len(texts))
    return np.array(found)
