"""A torch transformer converted for serving and held against itself on real comments. Needs the `detoxify` extra."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from onnxruntime.quantization import QuantType, quantize_dynamic
from tokenizers import Tokenizer

from moderation.calibration import Floats, sigmoid
from moderation.encoder import MODEL, TOKENIZER
from moderation.onnx_export import ExportError, to_onnx

MAX_LOGIT_DRIFT = 0.01
"""Before anything is rounded an export computes the same thing; a larger difference is a broken export."""


@dataclass(frozen=True)
class Drift:
    """How far a conversion is from the original on real comments, by the label that drifts most: in probability, and in
    decisions at 0.5 on any label.
    """

    mean: float
    largest: float
    flipped: float


def drift(wanted: Floats, found: Floats) -> Drift:
    """Of log-odds `(comments, labels)` before and after."""
    away = np.abs(sigmoid(wanted) - sigmoid(found))
    return Drift(
        mean=float(away.mean(axis=0).max()),
        largest=float(away.max()),
        flipped=float(((wanted >= 0) != (found >= 0)).any(axis=1).mean()),
    )


def convert(
    module: torch.nn.Module,
    tokenizer: Tokenizer,
    folder: Path,
    longest: int,
    differences: Callable[[Path], Floats],
) -> None:
    """Write model and tokenizer to `folder`, which is made.

    `differences` says by how much the log-odds of the model in a folder differ from the original's. Raises ExportError
    when it is more than rounding.
    """
    folder.mkdir()
    (folder / TOKENIZER).write_text(tokenizer.to_str(), "utf-8")
    to_onnx(module, folder / MODEL, longest)
    worst = float(np.abs(differences(folder)).max())
    if not worst <= MAX_LOGIT_DRIFT:
        raise ExportError(
            f"the export computes something else than the model: log-odds differ by {worst:.3f}"
        )


def round_weights(exact: Path, rounded: Path) -> None:
    """The same model with 8-bit weights, computed with 8-bit integers, in the folder `rounded`."""
    rounded.mkdir(exist_ok=True)
    (rounded / TOKENIZER).write_bytes((exact / TOKENIZER).read_bytes())
    quantize_dynamic(exact / MODEL, rounded / MODEL, weight_type=QuantType.QInt8, per_channel=True)
