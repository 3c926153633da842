"""The bundled default classifier: a linear model and a small encoder, averaged and calibrated. Needs no torch.

It is made by `parley model train` and measured in `moderation/models/bundled/README.md`. Its claim is toxicity: how
likely people are to find a comment rude enough to leave a discussion. It does not claim to recognise hate.
"""

from __future__ import annotations

import gzip
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from moderation.calibration import Logistic
from moderation.classifier import ClassifierUnavailable
from moderation.encoder import Encoder, threads_allowed
from moderation.features import MAX_CHARACTERS
from moderation.linear import Linear, load_linear
from moderation.normalize import Folded, apply, fold
from moderation.repair import Repairer

DIRECTORY = Path(__file__).parent / "models" / "bundled"

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Parts:
    """What a model directory holds: enough to read a text and to weigh the two opinions of it."""

    version: str
    labels: tuple[str, ...]
    repairer: Repairer
    linear: Linear
    encoder: Encoder | None
    blend: tuple[Logistic, ...]

    def read(self, text: str) -> Folded:
        """The text as the models see it: folded, and disguised words repaired. Only the first 20,000 characters count."""
        return apply(fold(text[:MAX_CHARACTERS]), self.repairer)

    def opinions(self, texts: Sequence[str]) -> Floats:
        """Log-odds `(texts, labels, parts)` of texts that were read."""
        linear = np.stack([self.linear.logits(text) for text in texts])
        parts = [linear] if self.encoder is None else [linear, self.encoder.logits(texts)]
        return np.stack(parts, axis=-1).astype(np.float64)


class Bundled:
    """A classifier as `moderation.classifier` describes it. One at a time: it is not safe for use by several threads."""

    def __init__(self, parts: Parts) -> None:
        self.id = f"bundled@{parts.version}"
        self.labels = parts.labels
        self.parts = parts

    def score(self, texts: Sequence[str]) -> list[Mapping[str, float]]:
        """Calibrated probabilities per label, one mapping per text, in order."""
        if not texts:
            return []
        opinions = self.parts.opinions([self.parts.read(text).text for text in texts])
        columns = np.stack([blend(opinions[:, at]) for at, blend in enumerate(self.parts.blend)], axis=-1)
        return [dict(zip(self.labels, map(float, row), strict=True)) for row in columns]

    def close(self) -> None:
        """Nothing to let go of: memory is freed with the object."""


def load_parts(directory: Path = DIRECTORY, threads: int | None = None) -> Parts:
    """Read a model directory. Raises ClassifierUnavailable."""
    threads = threads or threads_allowed()
    try:
        about = json.loads((directory / "model.json").read_text("utf-8"))
        words = json.loads(gzip.decompress((directory / "words.json.gz").read_bytes()))
        encoder = Encoder(directory, threads) if "encoder" in about["parts"] else None
        blend = tuple(Logistic(tuple(one["weights"]), one["bias"]) for one in about["blend"])
        repairer = Repairer(words["known"], words["targets"])
        linear = load_linear(directory / "linear.npz")
        return Parts(about["version"], tuple(about["labels"]), repairer, linear, encoder, blend)
    except (OSError, ValueError, KeyError, EOFError) as error:
        raise ClassifierUnavailable(
            f"the bundled model in {directory} cannot be read ({error}): reinstall the package, or make it with parley model train"
        ) from error


def load_bundled(directory: Path = DIRECTORY, threads: int | None = None) -> Bundled:
    """The default classifier. `threads` bounds the encoder's (None: what this machine allows); takes well under a second. Raises ClassifierUnavailable."""
    return Bundled(load_parts(directory, threads))
