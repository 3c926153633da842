"""The model card, rendered from what was measured, so that its figures cannot drift from the model's."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from moderation.training.data import SOURCES


def render_card(out: Path) -> str:
    """Markdown of `README.md` for a model directory with `model.json`, `thresholds.json` and `figures.json`."""
    about, thresholds, figures = (json.loads((out / f"{name}.json").read_text("utf-8")) for name in _FILES)
    return (
        "\n\n".join(
            (
                _HEAD.format(model=figures["model"], parts=" and ".join(about["parts"])),
                "## Figures\n\n" + _figures(figures),
                "### By label\n\n" + _labels(figures, thresholds),
                "### Other texts\n\nROC-AUC of toxicity on the test split of the other sources.\n\n"
                + _others(figures),
                "### Evasion\n\nRecall at 5 % false positives, every toxic word and one in ten others disguised.\n\n"
                + _evasion(figures),
                "### Groups of people\n\n" + _IDENTITY + "\n\n" + _identity(figures),
                "## Data\n\n" + _DATA + "\n\n" + _sources(about),
                "## Thresholds\n\n" + _thresholds(thresholds),
                _TAIL,
            )
        )
        + "\n"
    )


_FILES = ("model", "thresholds", "figures")
_HEAD = """# {model}

Parley's default classifier: {parts}, weighed against each other and calibrated per label. Made by `parley model train`;
this page is written by the same command, from what it measured.

**What a score claims.** How likely it is that people who read a comment find it *toxic*: rude, disrespectful, or
otherwise likely to make somebody leave a discussion. It does not claim to recognise hate, falsehood or danger; a
calm sentence can be hateful and score low, and a friendly oath can score high. It reads English.

**What it is for.** Putting comments before moderators. It decides nothing alone: by default it only holds.

**Labels.** `toxicity`, `severe_toxicity`, `obscene`, `threat`, `insult`, `identity_attack`: the six of the Jigsaw challenge
under the names that Detoxify uses. Only `toxicity` is known for all training comments. **`threat` is low-confidence**: the data
has 202 positives in all."""
_IDENTITY = """Share of *harmless* template sentences ("hug a …", "being … is great") flagged at the hold threshold, by the group they name.
The templates were not trained on. A rate far above the others' means that the name is taken for an insult."""
_DATA = """Split by a hash of letters and digits, so that no copy of a comment is on two sides: 80 % train, 10 % dev (blend, calibration,
thresholds, every choice), 10 % test (this page only). The base of the encoder is all-MiniLM-L6-v2 (Apache-2.0), its vocabulary cut to the
14,000 pieces in use. Sentences of `moderation/training/contrast.py` and
`everyday.py` were written for this model."""
_TAIL = """## Limits

- Wikipedia's editors, before 2018, make up most of the training data: slang since then, short posts and other Englishes are known less well.
- Counter-speech that quotes an attack, reclaimed words and dialect are scored too high; veiled and polite hostility too low.
- Calibration holds for a mix with about 10 % toxic comments, like the test data; a site's own mix can differ: `parley policy recalibrate`
  fits it to what the site's moderators decided.
- Comments beyond 20,000 characters are judged by their beginning; of one of more than 256 tokens the encoder
  reads beginning and end, the linear model all.
- The encoder's 8-bit arithmetic rounds by batch: the comments scored together with one can move its score by a few hundredths."""


def _table(head: Iterable[str], rows: Iterable[Iterable[object]]) -> str:
    head = list(head)
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(_cell(cell) for cell in line) + " |" for line in lines)


def _cell(value: object) -> str:
    if value is None:
        return "none"
    return (
        f"{value:.3f}" if isinstance(value, float) else f"{value:,}" if isinstance(value, int) else str(value)
    )


def _figures(figures: Mapping[str, Any]) -> str:
    whole, at, speed = figures["wikipedia"], figures["wikipedia"]["at"][0], figures["speed"]
    rows = [
        ("test comments (Wikipedia, natural share of toxic ones)", whole["comments"]),
        ("toxic among them", whole["positives"]),
        ("ROC-AUC", whole["roc_auc"]),
        ("average precision", whole["average_precision"]),
        ("calibration error (10 bins)", whole["calibration_error"]),
        (f"precision at {at['threshold']} (hold)", at["precision"]),
        ("recall there", at["recall"]),
        ("false-positive rate there", at["false_positive_rate"]),
        (
            f"comments a second, one by one / in batches, 2 threads, at a load average of {speed['load_before']} before",
            f"{speed['one_by_one_per_second']} / {speed['in_batches_per_second']}",
        ),
        ("seconds to load", speed["load_seconds"]),
        ("MB on disk / resident", f"{speed['megabytes_on_disk']} / {speed['megabytes_resident']}"),
    ]
    return _table(("figure", "value"), rows)


def _labels(figures: Mapping[str, Any], thresholds: Mapping[str, Any]) -> str:
    rows = (
        (
            name,
            one["positives"],
            one["comments"],
            one["roc_auc"],
            one["calibration_error"],
            thresholds["bands"][name]["hold_at"],
        )
        for name, one in figures["labels"].items()
    )
    return _table(("label", "positives", "comments", "ROC-AUC", "calibration error", "held from"), rows)


def _others(figures: Mapping[str, Any]) -> str:
    rows = (
        (name, one["comments"], one["positives"], one["roc_auc"]) for name, one in figures["others"].items()
    )
    return _table(("set", "comments", "positives", "ROC-AUC"), rows)


def _evasion(figures: Mapping[str, Any]) -> str:
    clean = figures["evasion"]["none"]
    rows = ((kind, recall, recall / clean) for kind, recall in figures["evasion"].items())
    return _table(("spelling", "recall", "of that on clean text"), rows)


def _identity(figures: Mapping[str, Any]) -> str:
    rows = ((name, one["harmless"], one["false_positive_rate"]) for name, one in figures["identity"].items())
    return _table(("group", "harmless sentences", "flagged"), rows)


def _sources(about: Mapping[str, Any]) -> str:
    rows = (
        (name, SOURCES[name].what, SOURCES[name].licence, f"`{digest[:16]}…`")
        for name, digest in about["data"].items()
    )
    return _table(("file", "what", "licence", "SHA-256"), rows)


def _thresholds(thresholds: Mapping[str, Any]) -> str:
    target = thresholds["target_precision"]
    return (
        f"From `thresholds.json`: a label's hold threshold is the lowest from which on {target['hold']:.0%} of what is flagged is right on "
        f"{thresholds['measured_on']}; the suggested threshold to reject without a person, off until a site turns it on, likewise for "
        f"{target['reject']:.0%}: {thresholds['suggested_reject_at']['toxicity']} on `toxicity`. Labels with too few positives have none."
    )
