"""Making the bundled classifier: one command, seeded, from the files of `--data` to a finished model directory.

What ships in `moderation/models/bundled` is what this makes. Parts that take long are kept in a work folder under a key
of everything they depend on, so that a second run continues instead of starting over.
"""

from __future__ import annotations

import gzip
import json
import shutil
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np

from moderation.bundled import Parts, load_parts
from moderation.calibration import Floats, Logistic, fit_logistic
from moderation.conversion import Drift
from moderation.labels import LABELS
from moderation.linear import quantized
from moderation.normalize import fold
from moderation.onnx_export import ExportError
from moderation.training.card import render_card
from moderation.training.data import (
    NATURAL_PREVALENCE,
    Row,
    Split,
    checksum,
    checksums,
    data_directory,
    read_rows,
)
from moderation.training.examples import Example
from moderation.training.export import export
from moderation.training.figures import measure_all
from moderation.training.lexicon import learn_lexicon
from moderation.training.linear import Settings as LinearSettings
from moderation.training.linear import fit_linear
from moderation.training.mixture import WEIGHTS, mixture
from moderation.training.passes import trained_encoder
from moderation.training.thresholds import derive_thresholds
from moderation.training.transformer import base_directory, dictionary

__all__ = ["ExportError", "Request", "train"]

VERSION = "2"
SEED = 7
_DRIFT_COMMENTS = 400
_FILES = ("encoder.onnx", "tokenizer.json", "linear.npz", "words.json.gz", "model.json", "thresholds.json")

Report = Callable[[str, int, int], None]
"""What is being done, how much of it is done, and of how much."""


@dataclass(frozen=True)
class Request:
    """Where the data and the encoder's base weights lie, where long parts are kept, where the model is to be written."""

    data: Path | None
    base: Path | None
    work: Path
    out: Path
    with_encoder: bool = True


def train(request: Request, report: Report) -> None:
    """Make the model; what lies in `out` is replaced at the end, by a whole one.

    Raises FileNotFoundError when something is missing, ExportError when the export drifts.
    """
    directory, base = data_directory(request.data), base_directory(request.base)
    sums = checksums(directory)
    rows = read_rows(directory)
    report("read comments", len(rows), len(rows))
    request.work.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(dir=request.work) as scratch:
        made = Path(scratch)
        _write_words(made, rows, base)
        examples = mixture(rows, SEED)
        drift = _make_encoder(request, made, base, rows, report) if request.with_encoder else None
        _make_linear(made, examples, report)
        _describe(made, sums, len(examples), drift)
        _fit_blend(made, rows, report)
        _write(made / "thresholds.json", derive_thresholds(made, rows, report))
        _write(made / "figures.json", measure_all(made, rows, report))
        (made / "README.md").write_text(render_card(made), "utf-8")
        _install(made, request.out)


def _describe(made: Path, sums: Mapping[str, str], examples: int, drift: Drift | None) -> None:
    """Write `model.json`: what the model is, from what it was made, and the checksums of its files."""
    parts = ["linear", "encoder"] if drift else ["linear"]
    about = {
        "version": VERSION,
        "labels": LABELS,
        "parts": parts,
        "blend": [{"weights": [1.0 for _ in parts], "bias": 0.0} for _ in LABELS],
        "seed": SEED,
        "examples": examples,
        "data": sums,
        "files": {path.name: checksum(path) for path in sorted(made.iterdir())},
        "drift": asdict(drift) if drift else None,
    }
    _write(made / "model.json", about)


def _fit_blend(made: Path, rows: Sequence[Row], report: Report) -> None:
    about = json.loads((made / "model.json").read_text("utf-8"))
    about["blend"] = [asdict(one) for one in _blend(load_parts(made), rows, report)]
    _write(made / "model.json", about)


def _install(made: Path, out: Path) -> None:
    out.mkdir(parents=True, exist_ok=True)
    for old in _FILES:
        (out / old).unlink(missing_ok=True)
    for path in made.iterdir():
        shutil.copyfile(path, out / path.name)


def _write(path: Path, document: object) -> None:
    path.write_text(json.dumps(document, indent=1) + "\n", "utf-8")


def _write_words(out: Path, rows: Sequence[Row], base: Path) -> None:
    learned = (row for row in rows if row.split is Split.TRAIN and row.source in WEIGHTS)
    known, targets = learn_lexicon(learned, dictionary(base))
    packed = gzip.compress(json.dumps({"known": known, "targets": targets}).encode(), mtime=0)
    (out / "words.json.gz").write_bytes(packed)


def _make_linear(out: Path, examples: Sequence[Example], report: Report) -> None:
    weights, biases = fit_linear(
        examples, LinearSettings(seed=SEED), lambda done, of, _: report("linear model", done, of)
    )
    quantized(weights, biases).save(out / "linear.npz")


def _make_encoder(request: Request, made: Path, base: Path, rows: Sequence[Row], report: Report) -> Drift:
    scorer, tokenizer = trained_encoder(request.work, base, rows, SEED, report)
    comments = [row for row in rows if row.split is Split.DEV and row.source in {"wiki", "news"}][
        :_DRIFT_COMMENTS
    ]
    report("exporting the encoder", 0, 1)
    return export(scorer, tokenizer, made, [fold(row.text).text for row in comments])


def _blend(parts: Parts, rows: Sequence[Row], report: Report) -> list[Logistic]:
    """How much either part counts, per label, so that the result is calibrated: fitted on the dev split's Wikipedia
    rows, weighted to the natural share of toxic comments.
    """
    dev = [row for row in rows if row.split is Split.DEV and row.source == "wiki"]
    opinions = opinions_of(parts, dev, report)
    targets = np.array([row.targets for row in dev])
    raw = np.array([row.style == "raw" for row in dev])
    blends = []
    for at, _ in enumerate(LABELS):
        use = ~np.isnan(targets[:, at]) & (raw if at == 0 else True)
        blends.append(fit_logistic(opinions[use, at], targets[use, at], _natural_weights(targets[use, 0])))
    return blends


def _natural_weights(toxic: Floats) -> Floats:
    weights: Floats = np.where(
        toxic > 0, NATURAL_PREVALENCE / toxic.mean(), (1 - NATURAL_PREVALENCE) / (1 - toxic.mean())
    )
    return weights


def opinions_of(parts: Parts, rows: Sequence[Row], report: Report) -> Floats:
    """What the parts say of rows, in batches."""
    found = []
    for start in range(0, len(rows), 64):
        found.append(parts.opinions([parts.read(row.text).text for row in rows[start : start + 64]]))
        report("weighing the parts", start, len(rows))
    return np.concatenate(found)
