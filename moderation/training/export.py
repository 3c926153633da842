"""From a trained encoder to the file that is shipped: ONNX, 8-bit, and held against the original."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import torch
from tokenizers import Tokenizer

from moderation.calibration import Floats
from moderation.conversion import Drift, convert, drift, round_weights
from moderation.encoder import Encoder
from moderation.onnx_export import ExportError
from moderation.training.transformer import MAX_TOKENS, Scorer, predict

MAX_FLIPPED = 0.02
MAX_MEAN_DRIFT = 0.02


def export(scorer: Scorer, tokenizer: Tokenizer, directory: Path, texts: Sequence[str]) -> Drift:
    """Write `encoder.onnx` and `tokenizer.json`; the drift is that of toxicity. Raises ExportError when the scores of
    `texts` drift; of these, only the ones that fit one window are compared.
    """
    tokenizer.no_truncation()
    tokenizer.no_padding()
    texts = [text for text in texts if len(tokenizer.encode(text).ids) <= MAX_TOKENS]
    _cut_positions(scorer)
    wanted = predict(scorer, tokenizer, texts).astype(np.float64)
    tokenizer.no_truncation()
    with TemporaryDirectory() as scratch:
        exact = Path(scratch) / "exact"
        convert(scorer, tokenizer, exact, MAX_TOKENS, lambda folder: wanted - _scores(folder, texts))
        round_weights(exact, directory)
    found = drift(wanted[:, :1], _scores(directory, texts)[:, :1])
    if found.flipped > MAX_FLIPPED or found.mean > MAX_MEAN_DRIFT:
        raise ExportError(f"quantization changed too many scores: {found}")
    return found


def _scores(folder: Path, texts: Sequence[str]) -> Floats:
    return Encoder(folder, threads=2).logits(texts).astype(np.float64)


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
