"""Measures against their definitions, counted out."""

import math

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from moderation.metrics import (
    at_threshold,
    average_precision,
    curve,
    recall_at_false_positive_rate,
    roc_auc,
    threshold_for_precision,
)

# Few distinct scores, so that ties are common.
_PAIRS = st.lists(st.tuples(st.integers(0, 8).map(lambda n: n / 8), st.booleans()), min_size=1, max_size=40)


def arrays(pairs: list[tuple[float, bool]]) -> tuple[np.ndarray, np.ndarray]:
    return np.array([score for score, _ in pairs]), np.array([truth for _, truth in pairs], dtype=bool)


def share(flags: list[bool]) -> float:
    return sum(flags) / len(flags) if flags else math.nan


@given(_PAIRS)
def test_roc_auc_is_the_share_of_pairs_in_order(pairs: list[tuple[float, bool]]) -> None:
    positives, negatives = [s for s, t in pairs if t], [s for s, t in pairs if not t]
    found = roc_auc(*arrays(pairs))
    if not positives or not negatives:
        assert math.isnan(found)
        return
    won = sum((p > n) + (p == n) / 2 for p in positives for n in negatives)
    assert found == pytest.approx(won / len(positives) / len(negatives))


@given(_PAIRS)
def test_rates_at_a_threshold_are_counted_shares(pairs: list[tuple[float, bool]]) -> None:
    for threshold in (0.0, 0.25, 0.5, 1.0, 1.1):
        found = at_threshold(*arrays(pairs), threshold)
        wanted = (
            share([s >= threshold for s, _ in pairs]),
            share([t for s, t in pairs if s >= threshold]),
            share([s >= threshold for s, t in pairs if t]),
            share([s >= threshold for s, t in pairs if not t]),
        )
        seen = (found.flagged, found.precision, found.recall, found.false_positive_rate)
        assert seen == pytest.approx(wanted, nan_ok=True)


@given(_PAIRS)
def test_a_curve_has_the_rates_at_each_distinct_score(pairs: list[tuple[float, bool]]) -> None:
    scores, truth = arrays(pairs)
    found = curve(scores, truth)
    assert found.thresholds.tolist() == sorted(set(scores.tolist()), reverse=True)
    for at, threshold in enumerate(found.thresholds):
        here = at_threshold(scores, truth, float(threshold))
        assert found.precision[at] == pytest.approx(here.precision)
        assert found.recall[at] == pytest.approx(0.0 if math.isnan(here.recall) else here.recall)
        wanted = 0.0 if math.isnan(here.false_positive_rate) else here.false_positive_rate
        assert found.false_positive_rate[at] == pytest.approx(wanted)


@given(_PAIRS)
def test_average_precision_sums_precision_over_gains_of_recall(pairs: list[tuple[float, bool]]) -> None:
    scores, truth = arrays(pairs)
    if not truth.any():
        assert math.isnan(average_precision(scores, truth))
        return
    total = before = 0.0
    for threshold in sorted(set(scores.tolist()), reverse=True):
        here = at_threshold(scores, truth, threshold)
        total += (here.recall - before) * here.precision
        before = here.recall
    assert average_precision(scores, truth) == pytest.approx(total)


@given(_PAIRS, st.sampled_from([0.3, 0.5, 0.8, 1.0]), st.integers(1, 5))
def test_the_threshold_for_a_precision_is_the_lowest_that_reaches_it(
    pairs: list[tuple[float, bool]], precision: float, fewest: int
) -> None:
    scores, truth = arrays(pairs)
    good = [
        s
        for s in set(scores.tolist())
        if (scores >= s).sum() >= fewest and at_threshold(scores, truth, s).precision >= precision
    ]
    assert threshold_for_precision(scores, truth, precision, fewest) == (min(good) if good else None)


@given(_PAIRS, st.sampled_from([0.0, 0.05, 0.3, 1.0]))
def test_the_best_recall_within_a_false_positive_rate(pairs: list[tuple[float, bool]], rate: float) -> None:
    scores, truth = arrays(pairs)
    assume(truth.any() and not truth.all())
    within = [
        here.recall
        for s in [*set(scores.tolist()), 2.0]
        if (here := at_threshold(scores, truth, s)).false_positive_rate <= rate
    ]
    assert recall_at_false_positive_rate(scores, truth, rate) == pytest.approx(max(within))
