"""The linear part of the bundled classifier: 8-bit weights over hashed features, exact about what raised a score."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from moderation.features import Occurrence, featurize

Floats = npt.NDArray[np.float32]


@dataclass(frozen=True)
class Linear:
    """Weights `(buckets, labels)` as 8-bit integers, one scale and one bias per label."""

    weights: npt.NDArray[np.int8]
    scales: Floats
    biases: Floats

    def logits(self, text: str) -> Floats:
        """Log-odds per label of one folded text."""
        indices, values = featurize(text)
        logits: Floats = (values @ self.weights[indices].astype(np.float32)) * self.scales + self.biases
        return logits

    def contributions(self, found: Sequence[Occurrence], label: int) -> list[float]:
        """What each place of a feature adds to the log-odds of a label; with the bias they add up to `logits`."""
        rows = self.weights[[one.bucket for one in found], label].astype(float) * float(self.scales[label])
        return [weight * one.value for weight, one in zip(rows.tolist(), found, strict=True)]

    def save(self, path: Path) -> None:
        """Write a compressed `.npz`."""
        np.savez_compressed(path, weights=self.weights, scales=self.scales, biases=self.biases)


def quantized(weights: Floats, biases: Floats) -> Linear:
    """Round weights to 8 bits; the 1 in 10,000 that are larger than the scale are cut to it."""
    scales = np.quantile(np.abs(weights), 0.9999, axis=0).astype(np.float32) / np.float32(127)
    rounded = np.clip(np.rint(weights / scales), -127, 127).astype(np.int8)
    return Linear(rounded, scales, biases.astype(np.float32))


def load_linear(path: Path) -> Linear:
    """What `Linear.save` wrote. Raises ValueError or OSError for a file that is damaged."""
    with np.load(path, allow_pickle=False) as arrays:
        return Linear(arrays["weights"], arrays["scales"], arrays["biases"])
