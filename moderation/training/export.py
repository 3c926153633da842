"""From a trained encoder to the file that is shipped: ONNX, fused, 8-bit, and held against the original."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import torch
from onnxruntime.quantization import QuantType, quantize_dynamic
from tokenizers import Tokenizer

from moderation.calibration import sigmoid
from moderation.encoder import Encoder
from moderation.onnx_export import MAX_LOGIT_DRIFT, ExportError, to_onnx
from moderation.training.transformer import MAX_TOKENS, Scorer, predict

MAX_FLIPPED = 0.02
MAX_MEAN_DRIFT = 0.02


@dataclass(frozen=True)
class Drift:
    """How far the shipped encoder is from the trained one: in probability, and in decisions at 0.5 on toxicity."""

    comments: int
    largest_logit_before_quantization: float
    mean_probability: float
    largest_probability: float
    flipped: float


def export(scorer: Scorer, tokenizer: Tokenizer, directory: Path, texts: Sequence[str]) -> Drift:
    """Write `encoder.onnx` and `tokenizer.json`. Raises ExportError when the scores of `texts` drift; of
    these, only the ones that fit one window are compared.
    """
    tokenizer.no_truncation()
    tokenizer.save(str(directory / "tokenizer.json"))
    texts = [text for text in texts if len(tokenizer.encode(text).ids) <= MAX_TOKENS]
    with TemporaryDirectory() as scratch:
        whole = Path(scratch) / "encoder.onnx"
        _cut_positions(scorer)
        to_onnx(scorer, whole, MAX_TOKENS)
        reference = predict(scorer, tokenizer, texts)
        exact = _scores(whole, tokenizer, texts)
        quantize_dynamic(whole, directory / "encoder.onnx", weight_type=QuantType.QInt8, per_channel=True)
    shipped = Encoder(directory, threads=2).logits(texts)
    drift = _drift(reference, exact, shipped)
    if drift.largest_logit_before_quantization > MAX_LOGIT_DRIFT:
        raise ExportError(f"the export computes something else than the model: {drift}")
    if drift.flipped > MAX_FLIPPED or drift.mean_probability > MAX_MEAN_DRIFT:
        raise ExportError(f"quantization changed too many scores: {drift}")
    return drift


def _cut_positions(scorer: Scorer) -> None:
    """Places past the longest window are never looked up."""
    embeddings = scorer.encoder.embeddings
    rows = embeddings.position_embeddings.weight.data[:MAX_TOKENS].clone()
    embeddings.position_embeddings = torch.nn.Embedding(*rows.shape)
    embeddings.position_embeddings.weight.data = rows
    embeddings.register_buffer("position_ids", torch.arange(MAX_TOKENS).unsqueeze(0), persistent=False)
    embeddings.register_buffer(
        "token_type_ids", torch.zeros((1, MAX_TOKENS), dtype=torch.long), persistent=False
    )
    scorer.encoder.config.max_position_embeddings = MAX_TOKENS


def _scores(
    path: Path, tokenizer: Tokenizer, texts: Sequence[str]
) -> np.ndarray[tuple[int, ...], np.dtype[np.float32]]:
    with TemporaryDirectory() as scratch:
        directory = Path(scratch)
        (directory / "encoder.onnx").write_bytes(path.read_bytes())
        tokenizer.no_truncation()
        tokenizer.save(str(directory / "tokenizer.json"))
        return Encoder(directory, threads=2).logits(texts)


def _drift(reference: np.ndarray, exact: np.ndarray, shipped: np.ndarray) -> Drift:
    probabilities = np.abs(sigmoid(reference) - sigmoid(shipped))
    return Drift(
        comments=len(reference),
        largest_logit_before_quantization=float(np.abs(reference - exact).max()),
        mean_probability=float(probabilities.mean()),
        largest_probability=float(probabilities.max()),
        flipped=float(np.mean((reference[:, 0] > 0) != (shipped[:, 0] > 0))),
    )
