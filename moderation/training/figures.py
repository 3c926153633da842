"""The figures of the model card, all from the test split, which no choice has seen."""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np

from moderation.bundled import Bundled, load_bundled
from moderation.calibration import calibration_error
from moderation.evaluate import Labelled, measure
from moderation.metrics import Floats, recall_at_false_positive_rate, roc_auc
from moderation.training.data import Row, Split, natural
from moderation.training.evasions import EVASIONS, disguise
from moderation.training.scoring import scores_of
from moderation.training.speed import measure_speed

Report = Callable[[str, int, int], None]
_FALSE_POSITIVES = 0.05
_EVASION_COMMENTS = 1_000
_TEMPLATE_COMMENTS = 4_000
_SPEED_COMMENTS = 400


def measure_all(out: Path, rows: Sequence[Row], report: Report) -> dict[str, Any]:
    """Everything that stands in `figures.json`; shares between 0 and 1, speed in comments a second."""
    classifier = load_bundled(out)
    hold = json.loads((out / "thresholds.json").read_text("utf-8"))["bands"]["toxicity"]["hold_at"]
    test = [row for row in rows if row.split is Split.TEST]
    wiki = natural(list(rows), Split.TEST)
    scores = scores_of(classifier, [row.text for row in wiki], report, "test: Wikipedia")
    return {
        "model": classifier.id,
        "hold_at": hold,
        "wikipedia": _whole(classifier.id, wiki, scores[:, 0], hold),
        "labels": _labels(classifier, wiki, scores),
        "others": _others(classifier, test, report),
        "evasion": _evasions(classifier, wiki, report),
        "identity": _identity(classifier, test, hold, report),
        "speed": measure_speed(out, [row.text for row in wiki[:_SPEED_COMMENTS]]),
    }


def _whole(model: str, rows: Sequence[Row], scores: Floats, hold: float) -> dict[str, Any]:
    data = Labelled(
        "wiki", tuple(row.text for row in rows), np.array([row.targets[0] >= 0.5 for row in rows])
    )
    figures = asdict(measure(model, data, scores, (hold,), 0.0))
    for name in ("curve", "model", "file", "comments_per_second"):
        del figures[name]
    return figures


def _labels(classifier: Bundled, rows: Sequence[Row], scores: Floats) -> dict[str, Any]:
    targets = np.array([row.targets for row in rows])
    found = {}
    for at, label in enumerate(classifier.labels):
        known = ~np.isnan(targets[:, at])
        truth = targets[known, at] >= 0.5
        found[label] = {
            "comments": int(known.sum()),
            "positives": int(truth.sum()),
            "roc_auc": roc_auc(scores[known, at], truth),
            "calibration_error": calibration_error(scores[known, at], truth.astype(float)),
        }
    return found


_SETS = {
    "news": ("news", "news-harmless"),
    "neutral paraphrases": ("paraphrases",),
    "hateful emoji": ("emoji",),
    "identity templates": ("templates",),
}


def _others(classifier: Bundled, test: Sequence[Row], report: Report) -> dict[str, Any]:
    found = {}
    for name, sources in _SETS.items():
        rows = [row for row in test if row.source in sources and abs(row.targets[0] - 0.5) > 0.15][
            :_TEMPLATE_COMMENTS
        ]
        truth = np.array([row.targets[0] >= 0.5 for row in rows])
        scores = scores_of(classifier, [row.text for row in rows], report, f"test: {name}")[:, 0]
        found[name] = {
            "comments": len(rows),
            "positives": int(truth.sum()),
            "roc_auc": roc_auc(scores, truth),
        }
    return found


def _evasions(classifier: Bundled, wiki: Sequence[Row], report: Report) -> dict[str, float]:
    """Recall at 5 % false positives, as written and with every toxic word, and some others, disguised."""
    toxic = [row for row in wiki if row.targets[0]]
    rows = toxic + [row for row in wiki if not row.targets[0]][: _EVASION_COMMENTS - len(toxic)]
    truth = np.array([row.targets[0] >= 0.5 for row in rows])
    targets = classifier.parts.repairer.targets
    found = {}
    for kind in ("none", *EVASIONS):
        dice = random.Random(kind)
        texts = [row.text if kind == "none" else disguise(row.text, kind, targets, dice) for row in rows]
        scores = scores_of(classifier, texts, report, f"evasion: {kind}")[:, 0]
        found[kind] = recall_at_false_positive_rate(scores, truth, _FALSE_POSITIVES)
    return found


def _identity(classifier: Bundled, test: Sequence[Row], hold: float, report: Report) -> dict[str, Any]:
    """False-positive rate by group on the harmless identity templates of the test split, none of which were trained on."""
    rows = [row for row in test if row.source == "templates"][:_TEMPLATE_COMMENTS]
    scores = scores_of(classifier, [row.text for row in rows], report, "identity groups")[:, 0]
    data = Labelled(
        "templates", tuple(row.text for row in rows), np.array([row.targets[0] >= 0.5 for row in rows])
    )
    measured = measure(classifier.id, data, scores, (hold,), 0.0)
    return {group.group: asdict(group) for group in measured.groups}
