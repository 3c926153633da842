"""Making a score mean what it says: logistic calibration, how far off a score is, and a site's own recalibration."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
_NEAR_CERTAIN = 1e-6
_STEPS = 50


def logit(probabilities: Floats) -> Floats:
    """Log-odds, finite also for 0 and 1."""
    clipped = np.clip(probabilities, _NEAR_CERTAIN, 1 - _NEAR_CERTAIN)
    odds: Floats = np.log(clipped / (1 - clipped))
    return odds


def sigmoid(odds: Floats) -> Floats:
    """Probabilities of log-odds, without overflow."""
    probabilities: Floats = 1 / (1 + np.exp(-np.clip(odds, -40, 40)))
    return probabilities


@dataclass(frozen=True)
class Logistic:
    """A probability as the sigmoid of a weighted sum of inputs and a bias."""

    weights: tuple[float, ...]
    bias: float

    def __call__(self, inputs: Floats) -> Floats:
        """Probabilities `(rows,)` for inputs `(rows, weights)`."""
        return sigmoid(inputs @ np.array(self.weights) + self.bias)


def fit_logistic(inputs: Floats, outcomes: Floats, weights: Floats, ridge: float = 1e-3) -> Logistic:
    """Fit by Newton's method; `outcomes` between 0 and 1, `weights` one per row.

    Raises ValueError when all outcomes are on one side: nothing can be calibrated then.
    """
    if not 0 < float(np.average(outcomes, weights=weights)) < 1:
        raise ValueError("calibration needs comments of both kinds")
    rows = np.column_stack((inputs, np.ones(len(inputs))))
    penalty = ridge * np.diag([*(1.0 for _ in range(inputs.shape[1])), 0.0])
    found = np.zeros(rows.shape[1])
    for _ in range(_STEPS):
        likely = sigmoid(rows @ found)
        slope = rows.T @ (weights * (likely - outcomes)) / weights.sum() + penalty @ found
        curve = (rows.T * (weights * likely * (1 - likely))) @ rows / weights.sum() + penalty
        step = np.linalg.solve(curve + 1e-9 * np.eye(len(found)), slope)
        found = found - np.clip(step, -5, 5)
        if np.abs(step).max() < 1e-8:
            break
    return Logistic(tuple(float(value) for value in found[:-1]), float(found[-1]))


@dataclass(frozen=True)
class Bin:
    """Comments with scores in one range: how many, their mean score, and the share that was positive."""

    count: int
    mean_score: float
    positive_share: float


def reliability(scores: Floats, outcomes: Floats, bins: int = 10) -> list[Bin]:
    """Ten equally wide ranges of score, without the empty ones."""
    places = np.minimum((scores * bins).astype(int), bins - 1)
    return [
        Bin(int(inside.sum()), float(scores[inside].mean()), float(outcomes[inside].mean()))
        for place in range(bins)
        if (inside := places == place).any()
    ]


def calibration_error(scores: Floats, outcomes: Floats, bins: int = 10) -> float:
    """Expected calibration error: the mean distance between score and share, over the bins, weighted by comments."""
    found = reliability(scores, outcomes, bins)
    return sum(one.count * abs(one.mean_score - one.positive_share) for one in found) / max(1, len(scores))


@dataclass(frozen=True)
class Recalibration:
    """What a site's own decisions make of a label's score; errors are mean log losses on decisions kept out of the fit."""

    curve: Logistic
    decisions: int
    error_before: float
    error_after: float

    @property
    def better(self) -> bool:
        """True when it is better by at least one percent, so worth offering."""
        return self.error_after < self.error_before * 0.99

    def __call__(self, scores: Floats) -> Floats:
        """Recalibrated probabilities of scores."""
        return self.curve(logit(scores)[:, None])


FEWEST_DECISIONS = 200


def recalibrate(scores: Sequence[float], removed: Sequence[bool]) -> Recalibration | None:
    """Fit a site's scores to what its moderators decided, in order of time: the last third is held out.

    None with fewer than FEWEST_DECISIONS or with decisions of one kind only.
    """
    if len(scores) < FEWEST_DECISIONS:
        return None
    given, outcomes = np.asarray(scores, dtype=float), np.asarray(removed, dtype=float)
    cut = len(given) * 2 // 3
    try:
        curve = fit_logistic(logit(given[:cut])[:, None], outcomes[:cut], np.ones(cut))
    except ValueError:
        return None
    before, after = given[cut:], curve(logit(given[cut:])[:, None])
    return Recalibration(curve, len(given), log_loss(before, outcomes[cut:]), log_loss(after, outcomes[cut:]))


def log_loss(scores: Floats, outcomes: Floats) -> float:
    """Mean negative log-likelihood of outcomes (0 or 1) under scores."""
    clipped = np.clip(scores, _NEAR_CERTAIN, 1 - _NEAR_CERTAIN)
    return float(-np.mean(outcomes * np.log(clipped) + (1 - outcomes) * np.log(1 - clipped)))
