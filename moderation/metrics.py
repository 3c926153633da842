"""Measures of a classifier from scores and truth, with numpy only."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Truth = npt.NDArray[np.bool_]


def roc_auc(scores: Floats, truth: Truth) -> float:
    """The chance that a positive scores above a negative, ties counting half; NaN with only one kind."""
    positives, negatives = int(truth.sum()), int((~truth).sum())
    if not positives or not negatives:
        return float("nan")
    _, places, counts = np.unique(scores, return_inverse=True, return_counts=True)
    ranks = np.cumsum(counts) - (counts - 1) / 2
    total = float(ranks[places][truth].sum())
    return (total - positives * (positives + 1) / 2) / (positives * negatives)


@dataclass(frozen=True)
class Curve:
    """Precision, recall and false-positive rate of flagging everything at or above each threshold, falling."""

    thresholds: Floats
    precision: Floats
    recall: Floats
    false_positive_rate: Floats


def curve(scores: Floats, truth: Truth) -> Curve:
    """One point per distinct score. A rate over nothing is 0."""
    order = np.argsort(-scores, kind="stable")
    ordered, hits = scores[order], truth[order]
    last = (
        np.flatnonzero(np.append(ordered[1:] != ordered[:-1], True))
        if len(ordered)
        else np.array([], dtype=int)
    )
    true_positives = np.cumsum(hits)[last].astype(float)
    flagged = last + 1.0
    false_positives = flagged - true_positives
    return Curve(
        thresholds=ordered[last],
        precision=true_positives / flagged,
        recall=true_positives / max(1, int(truth.sum())),
        false_positive_rate=false_positives / max(1, int((~truth).sum())),
    )


def average_precision(scores: Floats, truth: Truth) -> float:
    """The area under precision over recall, by steps; NaN without positives."""
    if not truth.any():
        return float("nan")
    found = curve(scores, truth)
    return float(np.sum(np.diff(found.recall, prepend=0.0) * found.precision))


@dataclass(frozen=True)
class AtThreshold:
    """What flagging at or above a threshold gives."""

    threshold: float
    flagged: float
    precision: float
    recall: float
    false_positive_rate: float


def at_threshold(scores: Floats, truth: Truth, threshold: float) -> AtThreshold:
    """Shares between 0 and 1; a share of nothing is NaN."""
    flagged = scores >= threshold
    return AtThreshold(
        threshold=threshold,
        flagged=_share(flagged),
        precision=_share(truth[flagged]),
        recall=_share(flagged[truth]),
        false_positive_rate=_share(flagged[~truth]),
    )


def _share(hits: Truth) -> float:
    return float(hits.mean()) if len(hits) else float("nan")


def threshold_for_precision(scores: Floats, truth: Truth, precision: float, fewest: int = 10) -> float | None:
    """The lowest threshold from which on at least `precision` of what is flagged is right, judged on no fewer than
    `fewest` comments; None where there is none.
    """
    found = curve(scores, truth)
    flagged = _flagged(found, truth)
    good = np.flatnonzero((found.precision >= precision) & (flagged >= fewest))
    return float(found.thresholds[good[-1]]) if len(good) else None


def _flagged(found: Curve, truth: Truth) -> Floats:
    counts: Floats = np.rint(found.recall * truth.sum() + found.false_positive_rate * (~truth).sum())
    return counts


def recall_at_false_positive_rate(scores: Floats, truth: Truth, rate: float) -> float:
    """The best recall with at most this share of the negatives flagged; 0 where no threshold keeps it."""
    found = curve(scores, truth)
    kept = found.recall[found.false_positive_rate <= rate]
    return float(kept.max()) if len(kept) else 0.0
