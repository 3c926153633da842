"""Detoxify's five models, `detoxify:<variant>`, under Detoxify's own labels. Loading one never touches the network.

A variant lies in its folder (see `folder_of`) as `checkpoint.ckpt` and `config/`, put there by `parley model prepare` or
by hand; prepared, it needs no torch. The checkpoint is loaded here and not by Detoxify, whose loader reaches for the
hub, runs code from the file, and takes a checkpoint without a head for a good one.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Protocol

import numpy as np

from moderation.calibration import sigmoid
from moderation.classifier import ClassifierUnavailable
from moderation.encoder import threads_allowed
from moderation.windows import Floats

VARIANTS = ("original", "unbiased", "multilingual", "original-small", "unbiased-small")


class Engine(Protocol):
    """What computes: torch, or ONNX Runtime once the model is prepared."""

    def logits(self, texts: Sequence[str]) -> Floats:
        """Log-odds `(texts, outputs)`; there may be more outputs than labels."""
        ...


class Detoxified:
    """A classifier as `moderation.classifier` describes it."""

    def __init__(self, id_: str, labels: tuple[str, ...], engine: Engine) -> None:
        self.id = id_
        self.labels = labels
        self._engine = engine

    def score(self, texts: Sequence[str]) -> list[Mapping[str, float]]:
        """Probabilities per label, one mapping per text, in order. A long text is read in windows; the highest counts."""
        if not texts:
            return []
        found = sigmoid(self._engine.logits(texts)[:, : len(self.labels)].astype(np.float64))
        return [dict(zip(self.labels, map(float, row), strict=True)) for row in found]

    def close(self) -> None:
        """Nothing to let go of: memory is freed with the object."""


def folder_of(variant: str) -> Path:
    """Where a variant's files lie: `detoxify-<variant>` in PARLEY_MODELS_DIR, else in the data directory's `models`."""
    models = (
        os.environ.get("PARLEY_MODELS_DIR") or Path(os.environ.get("PARLEY_DATA_DIR") or ".parley") / "models"
    )
    return Path(models) / f"detoxify-{variant}"


def check_variant(variant: str) -> None:
    """Raises ClassifierUnavailable, naming the ones there are, for a variant that is none."""
    if variant not in VARIANTS:
        raise ClassifierUnavailable(f"Detoxify has no variant {variant!r}; it has {', '.join(VARIANTS)}.")


def load_detoxify(variant: str) -> Detoxified:
    """A variant from its folder, prepared if it is, else through torch; a checkpoint that PARLEY_DETOXIFY_CHECKPOINT
    names comes first, and a folder prepared from another is passed over. Raises ClassifierUnavailable.
    """
    check_variant(variant)
    folder, named = folder_of(variant), os.environ.get("PARLEY_DETOXIFY_CHECKPOINT")
    if named:
        files_of(variant)
    from moderation.prepared import load_prepared  # noqa: PLC0415 -- what is not there loads nothing

    prepared = load_prepared(folder / "prepared", threads_allowed(), Path(named) if named else None)
    if prepared is not None:
        return prepared
    checkpoint, config = files_of(variant)
    try:
        from moderation.checkpoint import load_checkpoint  # noqa: PLC0415 -- torch loads only where it is used
    except ImportError as error:
        raise ClassifierUnavailable(
            f"detoxify:{variant} needs {error.name}: pip install 'parley[detoxify]', or bring the prepared model"
        ) from error
    return load_checkpoint(variant, checkpoint, config, threads_allowed())


def files_of(variant: str) -> tuple[Path, Path]:
    """Checkpoint and config folder: PARLEY_DETOXIFY_CHECKPOINT and PARLEY_DETOXIFY_CONFIG, else those in the folder.

    Raises ClassifierUnavailable that says how to get them.
    """
    folder = folder_of(variant)
    checkpoint = Path(os.environ.get("PARLEY_DETOXIFY_CHECKPOINT") or folder / "checkpoint.ckpt")
    config = Path(os.environ.get("PARLEY_DETOXIFY_CONFIG") or folder / "config")
    for missing in (path for path in (checkpoint, config) if not path.exists()):
        raise ClassifierUnavailable(
            f"detoxify:{variant} is not here ({missing} is missing): run `parley model prepare detoxify:{variant}` where "
            f"the network allows, or name its files with PARLEY_DETOXIFY_CHECKPOINT and PARLEY_DETOXIFY_CONFIG"
        )
    return checkpoint, config


def digest_of(path: Path) -> str:
    """The SHA-256 by which a checkpoint is known."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
