"""Default thresholds of the bundled classifier, derived from target precisions on the dev split."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict
from pathlib import Path

import numpy as np

from moderation.bundled import load_bundled
from moderation.metrics import at_threshold, threshold_for_precision
from moderation.training.data import NATURAL_PREVALENCE, Row, Split, natural
from moderation.training.scoring import scores_of

HOLD_PRECISION = 0.6
"""Of what is held, this share should be what moderators would call toxic: less wastes their day, more misses too much."""
REJECT_PRECISION = 0.95
"""Of what would be rejected without a person, were a site to turn that on."""
_FEWEST = 20


def derive_thresholds(
    out: Path, rows: Sequence[Row], report: Callable[[str, int, int], None]
) -> dict[str, object]:
    """What is written to `thresholds.json`: bands per label, and where they come from.

    `reject_at` is empty in every band, because nothing is rejected without a person until a site turns that on; the
    value to turn it on with stands under `suggested_reject_at`. A label for which the dev split has too few
    positives to reach the target has no band.
    """
    classifier = load_bundled(out)
    dev = natural(list(rows), Split.DEV)
    scores = scores_of(classifier, [row.text for row in dev], report, "thresholds")
    targets = np.array([row.targets for row in dev])
    bands, rejects, measured = {}, {}, {}
    for at, label in enumerate(classifier.labels):
        known = ~np.isnan(targets[:, at])
        values, truth = scores[known, at], targets[known, at] >= 0.5
        hold = threshold_for_precision(values, truth, HOLD_PRECISION, _FEWEST)
        reject = threshold_for_precision(values, truth, REJECT_PRECISION, _FEWEST)
        bands[label] = {"hold_at": None if hold is None else round(hold, 3), "reject_at": None}
        rejects[label] = None if reject is None else round(reject, 3)
        if hold is not None:
            measured[label] = {
                "positives": int(truth.sum()),
                **asdict(at_threshold(values, truth, round(hold, 3))),
            }
    return {
        "model": classifier.id,
        "bands": bands,
        "suggested_reject_at": rejects,
        "target_precision": {"hold": HOLD_PRECISION, "reject": REJECT_PRECISION},
        "measured_at_hold": measured,
        "measured_on": f"wiki_jigsaw_train.csv.gz, dev split, original spelling, {len(dev)} comments, "
        f"toxic thinned to {NATURAL_PREVALENCE:.1%}",
    }
