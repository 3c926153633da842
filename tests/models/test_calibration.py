"""Calibration: a score means what it says, and a site's recalibration is offered only where it is better."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from moderation.calibration import (
    FEWEST_DECISIONS,
    Logistic,
    calibration_error,
    fit_logistic,
    log_loss,
    logit,
    recalibrate,
    reliability,
    sigmoid,
)

_SHARES = arrays.arrays(float, st.integers(1, 50), elements=st.floats(0, 1))
_ODDS = st.floats(-1e6, 1e6)


@given(st.floats(1e-5, 1 - 1e-5))
def test_log_odds_and_probabilities_undo_each_other(probability: float) -> None:
    assert sigmoid(logit(np.array([probability])))[0] == pytest.approx(probability)


@given(arrays.arrays(float, 10, elements=_ODDS))
def test_probabilities_are_probabilities_in_the_order_of_their_odds(odds: np.ndarray) -> None:
    found = sigmoid(np.sort(odds))
    assert ((found >= 0) & (found <= 1)).all()
    assert (np.diff(found) >= 0).all()


@given(_SHARES)
def test_log_odds_are_always_finite(shares: np.ndarray) -> None:
    assert np.isfinite(logit(shares)).all()


@pytest.mark.parametrize("seed", range(3))
def test_a_fit_finds_the_curve_that_made_the_outcomes(seed: int) -> None:
    dice = np.random.default_rng(seed)
    inputs = dice.normal(size=(40_000, 2))
    outcomes = (dice.random(len(inputs)) < sigmoid(inputs @ [1.5, -0.7] - 0.4)).astype(float)
    found = fit_logistic(inputs, outcomes, np.ones(len(inputs)), ridge=0)
    assert found.weights == pytest.approx((1.5, -0.7), abs=0.06)
    assert found.bias == pytest.approx(-0.4, abs=0.06)


@given(st.integers(0, 10_000))
def test_fitted_scores_have_the_mean_of_the_outcomes(seed: int) -> None:
    """What makes it a calibration: with a bias, the mean score is the share of positives."""
    dice = np.random.default_rng(seed)
    inputs = dice.normal(size=(200, 1)) * 3
    outcomes = (dice.random(200) < 0.3).astype(float)
    outcomes[:2] = (0, 1)
    weights = dice.uniform(0.1, 2, 200)
    found = fit_logistic(inputs, outcomes, weights)
    assert np.average(found(inputs), weights=weights) == pytest.approx(
        np.average(outcomes, weights=weights), abs=1e-6
    )


def test_weights_count_like_copies() -> None:
    dice = np.random.default_rng(5)
    inputs, outcomes = dice.normal(size=(60, 1)), (dice.random(60) < 0.5).astype(float)
    counts = dice.integers(1, 4, 60)
    weighted = fit_logistic(inputs, outcomes, counts.astype(float))
    copied = fit_logistic(np.repeat(inputs, counts, 0), np.repeat(outcomes, counts), np.ones(counts.sum()))
    assert (*weighted.weights, weighted.bias) == pytest.approx((*copied.weights, copied.bias))


@pytest.mark.parametrize("outcome", [0.0, 1.0])
def test_outcomes_of_one_kind_cannot_be_calibrated(outcome: float) -> None:
    with pytest.raises(ValueError, match="both kinds"):
        fit_logistic(np.ones((5, 1)), np.full(5, outcome), np.ones(5))


def test_separable_comments_still_get_a_finite_curve() -> None:
    found = fit_logistic(np.array([[-1.0], [1.0]] * 20), np.array([0.0, 1.0] * 20), np.ones(40))
    assert np.isfinite([*found.weights, found.bias]).all()


@given(_SHARES, st.data())
def test_calibration_error_is_the_weighted_distance_counted_by_hand(
    scores: np.ndarray, data: st.DataObject
) -> None:
    outcomes = data.draw(arrays.arrays(float, len(scores), elements=st.sampled_from([0.0, 1.0])))
    total = 0.0
    for place in range(10):
        inside = [n for n, s in enumerate(scores) if min(int(s * 10), 9) == place]
        if inside:
            total += abs(sum(scores[n] for n in inside) - sum(outcomes[n] for n in inside))
    assert calibration_error(scores, outcomes) == pytest.approx(total / len(scores), abs=1e-9)
    assert sum(one.count for one in reliability(scores, outcomes)) == len(scores)


def test_scores_that_come_true_have_no_error_and_sure_ones_that_fail_have_all() -> None:
    assert calibration_error(np.array([0.5] * 4), np.array([0.0, 1.0, 0.0, 1.0])) == 0
    assert calibration_error(np.array([1.0] * 4), np.zeros(4)) == 1


def decisions(count: int, strictness: float, seed: int = 1) -> tuple[list[float], list[bool]]:
    """Scores, and the decisions of moderators who remove more or less than the score says."""
    dice = np.random.default_rng(seed)
    scores = dice.uniform(0.02, 0.98, count)
    removed = dice.random(count) < sigmoid(logit(scores) + strictness)
    return scores.tolist(), removed.tolist()


@pytest.mark.parametrize("strictness", [-2.0, 2.0])
def test_a_site_that_judges_otherwise_is_offered_a_better_curve(strictness: float) -> None:
    found = recalibrate(*decisions(3_000, strictness))
    assert found is not None
    assert found.better
    assert found.decisions == 3_000
    moved = found(np.array([0.5]))[0]
    assert moved == pytest.approx(sigmoid(np.array([strictness]))[0], abs=0.06)


def test_a_site_that_judges_as_the_scores_say_is_offered_nothing() -> None:
    found = recalibrate(*decisions(3_000, 0.0))
    assert found is not None
    assert not found.better


def test_the_errors_are_of_decisions_that_were_not_fitted_to() -> None:
    """Moderators who change their mind two thirds of the way: what was learned before is worse after."""
    early, late = decisions(2_000, 2.0), decisions(1_000, -2.0, seed=2)
    found = recalibrate(early[0] + late[0], early[1] + late[1])
    assert found is not None
    assert found.error_after > found.error_before
    assert not found.better


def test_too_few_decisions_or_all_of_one_kind_teach_nothing() -> None:
    scores, removed = decisions(FEWEST_DECISIONS - 1, 1.0)
    assert recalibrate(scores, removed) is None
    assert recalibrate([0.5] * FEWEST_DECISIONS, [True] * FEWEST_DECISIONS) is None


def test_log_loss_by_hand() -> None:
    assert log_loss(np.array([0.8, 0.4]), np.array([1.0, 0.0])) == pytest.approx(
        -(np.log(0.8) + np.log(0.6)) / 2
    )
    assert np.isfinite(log_loss(np.array([0.0, 1.0]), np.array([1.0, 0.0])))


def test_a_curve_weighs_its_inputs() -> None:
    assert Logistic((2.0, 1.0), -1.0)(np.array([[1.0, -1.0]]))[0] == pytest.approx(0.5)
