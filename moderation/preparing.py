"""Preparing a Detoxify model for serving: converted, held against the original on real comments, and installed only if
it judges the same. Needs the `detoxify` extra; what it installs needs `openvino` at most.
"""

from __future__ import annotations

import csv
import gzip
import importlib.util
import json
import shutil
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import torch

from moderation.calibration import Floats
from moderation.checkpoint import Loaded, TorchEngine, read_checkpoint
from moderation.classifier import ClassifierUnavailable
from moderation.conversion import Drift, convert, drift, round_weights
from moderation.detoxify import Engine, files_of, folder_of
from moderation.encoder import Encoder, threads_allowed
from moderation.onnx_export import ExportError
from moderation.prepared import RECORD, engine_of

MAX_FLIPPED = 0.005
"""Of all comments, the share that any label may judge otherwise at 0.5."""
MAX_MEAN_DRIFT = 0.01
SHIPPED_COMMENTS = Path(__file__).parent / "models" / "comments.csv.gz"
"""600 comments of the dev split (Wikipedia talk pages, CC BY-SA 3.0; Civil Comments, CC0), 250 of them toxic."""
_BATCH = 32

__all__ = ["DriftError", "ExportError", "prepare", "read_comments"]

Report = Callable[[str, int, int], None]


class DriftError(Exception):
    """No conversion judges as the original does; the message has the figures."""


@dataclass(frozen=True)
class Attempt:
    """One conversion that was tried: `exact` keeps the weights, `int8` rounds them to 8 bits, `bf16` all to 16."""

    kind: str
    drift: Drift
    megabytes: float
    comments_per_second: float

    @property
    def allowed(self) -> bool:
        """True when it may be installed."""
        return self.drift.flipped <= MAX_FLIPPED and self.drift.mean <= MAX_MEAN_DRIFT


class _Logits(torch.nn.Module):
    def __init__(self, model: torch.nn.Module) -> None:
        super().__init__()
        self.model = model

    def forward(self, input_ids: torch.Tensor, attention_mask: torch.Tensor) -> torch.Tensor:
        logits: torch.Tensor = self.model(input_ids=input_ids, attention_mask=attention_mask)[0]
        return logits


def read_comments(path: Path | None, column: str = "text") -> list[str]:
    """The comments of a CSV file, gzipped or not; without one, those that ship. Raises ClassifierUnavailable."""
    path = path or SHIPPED_COMMENTS
    csv.field_size_limit(1 << 24)
    try:
        with (gzip.open if path.suffix == ".gz" else open)(
            path, "rt", encoding="utf-8-sig", newline=""
        ) as lines:
            texts = [row.get(column) or "" for row in csv.DictReader(lines)]
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise ClassifierUnavailable(f"{path} cannot be read: {error}") from error
    if not any(texts):
        raise ClassifierUnavailable(f"{path} has no comments in a column {column!r}")
    return [text for text in texts if text.strip()]


def prepare(variant: str, comments: Sequence[str], report: Report) -> Mapping[str, Any]:
    """Convert the variant in its folder and install the fastest conversion that drifts no more than it may.

    Returns the record that is kept beside it. Raises ClassifierUnavailable for what is missing, ExportError for a
    conversion that is broken, DriftError when every one drifts too far.
    """
    checkpoint, config = files_of(variant)
    report("reading the checkpoint", 0, 1)
    loaded = read_checkpoint(variant, checkpoint, config)
    torch.set_num_threads(threads_allowed())
    wanted, seconds = _logits(TorchEngine(loaded), comments, "scoring with the original", report)
    folder = folder_of(variant)
    folder.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(dir=folder) as scratch:
        made = Path(scratch)
        attempts = [
            _attempt(path, loaded, comments, wanted, report)
            for path in _conversions(made, loaded, comments, report)
        ]
        chosen = _fastest(attempts)
        record = {
            "id": f"detoxify:{variant}@{loaded.digest[:8]}+{chosen.kind}",
            "labels": loaded.labels,
            "limits": asdict(loaded.limits),
            "checkpoint": loaded.digest,
            "comments": len(comments),
            "original_comments_per_second": round(len(comments) / seconds, 1),
            "threads": threads_allowed(),
            "chosen": chosen.kind,
            "attempts": [asdict(one) for one in attempts],
            "bounds": {"flipped": MAX_FLIPPED, "mean": MAX_MEAN_DRIFT},
            "torch": str(torch.__version__),
        }
        _install(made / chosen.kind, folder / "prepared", record)
    return record


def _conversions(made: Path, loaded: Loaded, comments: Sequence[str], report: Report) -> Sequence[Path]:
    """Folders, each named by its kind. ALBERT gains nothing from 8 bits; what OpenVINO makes is there where it is."""
    report("converting", 0, 3)
    exact, some = made / "exact", comments[:_BATCH]
    wanted = TorchEngine(loaded).logits(some).astype(np.float64)
    convert(
        _Logits(loaded.model),
        loaded.tokenizer.backend_tokenizer,
        exact,
        loaded.limits.tokens,
        lambda folder: wanted - Encoder(folder, threads_allowed(), loaded.limits).logits(some),
    )
    found = [exact]
    report("converting", 1, 3)
    if type(loaded.model).__name__ != "AlbertForSequenceClassification":
        round_weights(exact, made / "int8")
        found.append(made / "int8")
    report("converting", 2, 3)
    if importlib.util.find_spec("openvino"):
        from moderation.openvino_engine import halve  # noqa: PLC0415 -- an extra of its own

        halve(exact, made / "bf16")
        found.append(made / "bf16")
    report("converting", 3, 3)
    return found


def _attempt(
    folder: Path, loaded: Loaded, comments: Sequence[str], wanted: Floats, report: Report
) -> Attempt:
    engine = engine_of(folder, threads_allowed(), loaded.limits)
    found, seconds = _logits(engine, comments, f"scoring with {folder.name}", report)
    labels = len(loaded.labels)
    size = sum(path.stat().st_size for path in folder.iterdir()) / 1e6
    return Attempt(
        folder.name,
        drift(wanted[:, :labels], found[:, :labels]),
        round(size, 1),
        round(len(comments) / seconds, 1),
    )


def _logits(engine: Engine, comments: Sequence[str], what: str, report: Report) -> tuple[Floats, float]:
    started = time.perf_counter()
    rows = []
    for start in range(0, len(comments), _BATCH):
        rows.append(engine.logits(comments[start : start + _BATCH]).astype(np.float64))
        report(what, min(start + _BATCH, len(comments)), len(comments))
    return np.concatenate(rows), time.perf_counter() - started


def _fastest(attempts: Sequence[Attempt]) -> Attempt:
    allowed = [one for one in attempts if one.allowed]
    if not allowed:
        figures = "; ".join(f"{one.kind}: {one.drift}" for one in attempts)
        raise DriftError(f"no conversion judges as the original does ({figures}); nothing was installed")
    return max(allowed, key=lambda one: one.comments_per_second)


def _install(made: Path, out: Path, record: Mapping[str, Any]) -> None:
    """Replace what is installed; the record goes last, since without it there is nothing."""
    shutil.rmtree(out, ignore_errors=True)
    shutil.move(made, out)
    (out / RECORD).write_text(json.dumps(record, indent=1) + "\n", "utf-8")
