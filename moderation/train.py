"""Making the bundled classifier: one command, seeded, from the files of `--data` to a finished model directory.

What ships in `moderation/models/bundled` is what this makes. Parts that take long are kept in a work folder under a key
of everything they depend on, so that a second run continues instead of starting over.
"""

from __future__ import annotations

import gzip
import hashlib
import json
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np

from moderation.bundled import Parts, load_parts
from moderation.calibration import Floats, Logistic, fit_logistic
from moderation.labels import LABELS
from moderation.linear import quantized
from moderation.normalize import fold
from moderation.training.card import render_card
from moderation.training.data import NATURAL_PREVALENCE, Row, Split, checksums, data_directory, read_rows
from moderation.training.examples import Example
from moderation.training.export import Drift, export
from moderation.training.figures import measure_all
from moderation.training.lexicon import learn_lexicon
from moderation.training.linear import Settings as LinearSettings
from moderation.training.linear import fit_linear
from moderation.training.mixture import ENCODER_COPIES, WEIGHTS, mixture
from moderation.training.thresholds import derive_thresholds
from moderation.training.transformer import (
    Settings,
    base_directory,
    cut_vocabulary,
    dictionary,
    fit,
    load_checkpoint,
    load_scorer,
    save_checkpoint,
)

VERSION = "1"
SEED = 7
_DRIFT_COMMENTS = 400

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
    """Make the model. Raises FileNotFoundError when something is missing, ExportError when the export drifts."""
    directory, base = data_directory(request.data), base_directory(request.base)
    sums = checksums(directory)
    rows = read_rows(directory)
    report("read comments", len(rows), len(rows))
    request.out.mkdir(parents=True, exist_ok=True)
    for old in ("encoder.onnx", "tokenizer.json"):
        (request.out / old).unlink(missing_ok=True)
    _write_words(request.out, rows, base)
    examples = mixture(rows, SEED)
    _make_linear(request.out, examples, report)
    drift = _make_encoder(request, base, sums, rows, report) if request.with_encoder else None
    about = {
        "version": VERSION,
        "labels": LABELS,
        "parts": ["linear", "encoder"] if request.with_encoder else ["linear"],
        "blend": [{"weights": [1.0] * (2 if request.with_encoder else 1), "bias": 0.0} for _ in LABELS],
        "seed": SEED,
        "examples": len(examples),
        "data": sums,
        "drift": asdict(drift) if drift else None,
    }
    _write(request.out / "model.json", about)
    parts = load_parts(request.out)
    about["blend"] = [asdict(one) for one in _blend(parts, rows, report)]
    _write(request.out / "model.json", about)
    _write(request.out / "thresholds.json", derive_thresholds(request.out, rows, report))
    figures = measure_all(request.out, rows, report)
    _write(request.out / "figures.json", figures)
    (request.out / "README.md").write_text(render_card(request.out), "utf-8")


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


def _make_encoder(
    request: Request, base: Path, sums: dict[str, str], rows: Sequence[Row], report: Report
) -> Drift:
    settings = Settings(seed=SEED)
    examples = mixture(rows, SEED, ENCODER_COPIES)
    key = hashlib.sha256(json.dumps([sums, asdict(settings), WEIGHTS, len(examples)]).encode()).hexdigest()[
        :16
    ]
    folder = request.work / f"encoder-{key}"
    if not (folder / "kept.json").is_file():
        tokenizer, kept = cut_vocabulary(base, [example.text for example in examples], settings.vocabulary)
        scorer = load_scorer(base, kept, SEED)
        fit(
            scorer,
            tokenizer,
            examples,
            settings,
            lambda done, of, loss: report(f"encoder, loss {loss:.3f}", done, of),
        )
        save_checkpoint(folder, scorer, tokenizer, kept)
    scorer, tokenizer = load_checkpoint(folder, base, SEED)
    comments = [row for row in rows if row.split is Split.DEV and row.source in {"wiki", "news"}][
        :_DRIFT_COMMENTS
    ]
    report("exporting the encoder", 0, 1)
    return export(scorer, tokenizer, request.out, [fold(row.text).text for row in comments])


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
