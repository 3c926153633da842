"""Measuring a classifier on labelled comments."""

from __future__ import annotations

import csv
import gzip
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from moderation.calibration import Bin, calibration_error, reliability
from moderation.classifier import Classifier
from moderation.identity import GROUPS, groups_in
from moderation.metrics import (
    AtThreshold,
    Curve,
    Floats,
    Truth,
    at_threshold,
    average_precision,
    curve,
    roc_auc,
)

Report = Callable[[str, int, int], None]
"""What is being done, how much of it is done, and of how much."""

BATCH = 32
_CURVE_POINTS = 200
_LARGEST_FIELD = 1 << 24


class DataError(Exception):
    """A labelled file cannot be used; the message names the file and the fix."""


@dataclass(frozen=True)
class Labelled:
    """Comments and whether people found them to be what the label says."""

    name: str
    texts: tuple[str, ...]
    truth: Truth


@dataclass(frozen=True)
class GroupRate:
    """Of the harmless comments that name a group, the share that is flagged at the first threshold."""

    group: str
    harmless: int
    false_positive_rate: float


@dataclass(frozen=True)
class Evaluation:
    """One classifier on one file. Shares are between 0 and 1; NaN where the file has comments of one kind only."""

    model: str
    file: str
    score: str
    comments: int
    positives: int
    roc_auc: float
    average_precision: float
    calibration_error: float
    at: tuple[AtThreshold, ...]
    groups: tuple[GroupRate, ...]
    bins: tuple[Bin, ...]
    curve: Curve
    comments_per_second: float


def read_labelled(
    path: Path, text: str, label: str, positive_from: float = 0.5, limit: int | None = None
) -> Labelled:
    """Read a CSV file, gzipped or not. A label is a number, positive from `positive_from`, or yes/no, true/false; rows
    without text or label are left out. `limit` takes that many rows, evenly spread. Raises DataError.
    """
    try:
        rows = [row for row in _records(path, text, label) if row[0].strip() and row[1].strip()]
        truth = [_truth(value, positive_from) for _, value in rows]
    except (OSError, UnicodeDecodeError, csv.Error, ValueError) as error:
        raise DataError(f"{path}: {error}") from error
    if not rows:
        raise DataError(f"{path}: no row has both {text!r} and {label!r}")
    chosen = np.unique(np.linspace(0, len(rows) - 1, min(limit or len(rows), len(rows))).astype(int))
    return Labelled(
        path.name, tuple(rows[at][0] for at in chosen), np.array([truth[at] for at in chosen], dtype=bool)
    )


def _records(path: Path, text: str, label: str) -> Iterator[tuple[str, str]]:
    csv.field_size_limit(_LARGEST_FIELD)
    with (gzip.open if path.suffix == ".gz" else open)(path, "rt", encoding="utf-8-sig", newline="") as lines:
        reader = csv.DictReader(lines)
        missing = {text, label}.difference(reader.fieldnames or ())
        if missing:
            columns = ", ".join(reader.fieldnames or ("none",))
            raise ValueError(f"no column {', '.join(sorted(missing))}; it has: {columns}")
        for row in reader:
            yield row[text] or "", row[label] or ""


def _truth(value: str, positive_from: float) -> bool:
    word = value.strip().lower()
    if word in {"true", "yes", "y", "t"}:
        return True
    if word in {"false", "no", "n", "f"}:
        return False
    return float(word) >= positive_from


def evaluate(
    classifier: Classifier,
    data: Labelled,
    thresholds: Sequence[float],
    report: Report = lambda _what, _done, _of: None,
    score: str = "toxicity",
) -> Evaluation:
    """Score every comment in batches and measure. Raises DataError for a label that the classifier does not have."""
    if score not in classifier.labels:
        raise DataError(f"{classifier.id} has no label {score!r}; it has: {', '.join(classifier.labels)}")
    classifier.score(data.texts[:1])
    scores: list[Mapping[str, float]] = []
    started = time.perf_counter()
    for start in range(0, len(data.texts), BATCH):
        batch = data.texts[start : start + BATCH]
        scores += classifier.score(batch)
        report(data.name, len(scores), len(data.texts))
    seconds = time.perf_counter() - started
    values = np.array([one[score] for one in scores])
    return measure(classifier.id, data, values, thresholds, len(data.texts) / seconds, score)


def measure(
    model: str,
    data: Labelled,
    scores: Floats,
    thresholds: Sequence[float],
    speed: float,
    score: str = "toxicity",
) -> Evaluation:
    """All figures of scores that are at hand already."""
    truth = data.truth
    return Evaluation(
        model=model,
        file=data.name,
        score=score,
        comments=len(scores),
        positives=int(truth.sum()),
        roc_auc=roc_auc(scores, truth),
        average_precision=average_precision(scores, truth),
        calibration_error=calibration_error(scores, truth.astype(float)),
        at=tuple(at_threshold(scores, truth, threshold) for threshold in thresholds),
        groups=tuple(_group_rates(data, scores, thresholds[0])) if thresholds else (),
        bins=tuple(reliability(scores, truth.astype(float))),
        curve=_thinned(curve(scores, truth)),
        comments_per_second=speed,
    )


def _group_rates(data: Labelled, scores: Floats, threshold: float) -> Iterator[GroupRate]:
    flagged: dict[str, list[bool]] = {name: [] for name in GROUPS}
    for text, score, bad in zip(data.texts, scores, data.truth, strict=True):
        for name in groups_in(text) if not bad else ():
            flagged[name].append(bool(score >= threshold))
    for name, hits in flagged.items():
        if hits:
            yield GroupRate(name, len(hits), sum(hits) / len(hits))


def _thinned(whole: Curve) -> Curve:
    places = np.unique(
        np.linspace(0, len(whole.thresholds) - 1, min(_CURVE_POINTS, len(whole.thresholds))).astype(int)
    )
    return Curve(
        whole.thresholds[places],
        whole.precision[places],
        whole.recall[places],
        whole.false_positive_rate[places],
    )
