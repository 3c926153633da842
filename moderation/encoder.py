"""Transformers in ONNX Runtime, without torch: the bundled classifier's encoder, and Detoxify once it is prepared."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

import onnxruntime
from tokenizers import Tokenizer

from moderation.windows import Floats, Limits, Numbers, Windows

MODEL, TOKENIZER = "encoder.onnx", "tokenizer.json"
MAX_TOKENS = 128
"""A window of the bundled classifier's encoder."""
_SLOWER = ["SkipLayerNormFusion"]
"""What the engine fuses to its harm: as one kernel, adding and normalizing takes longer than as two (a fifth of it all)."""
_BUNDLED = Limits(MAX_TOKENS, windows=2)
"""Beginning and end: more made no difference on the dev split and cost an eighth of the speed and more; the linear model
reads all of it."""


class Encoder:
    """Reads `encoder.onnx` and `tokenizer.json` of a directory. `threads` is the number of threads of the engine and
    never more, however many cores there are; they sleep when there is nothing to do, so that workers share a machine.
    """

    def __init__(self, directory: Path, threads: int, limits: Limits = _BUNDLED) -> None:
        self._windows = Windows(Tokenizer.from_file(str(directory / TOKENIZER)), limits)
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads
        options.inter_op_num_threads = 1
        options.add_session_config_entry("session.intra_op.allow_spinning", "0")
        self._session = onnxruntime.InferenceSession(
            str(directory / MODEL),
            options,
            providers=["CPUExecutionProvider"],
            disabled_optimizers=_SLOWER,
        )

    def logits(self, texts: Sequence[str]) -> Floats:
        """Log-odds `(texts, outputs)`."""
        return self._windows.highest(texts, self._run)

    def _run(self, ids: Numbers, mask: Numbers) -> Floats:
        logits: Floats = self._session.run(["logits"], {"input_ids": ids, "attention_mask": mask})[0]
        return logits


def threads_allowed() -> int:
    """How many threads a model may take: PARLEY_MODEL_THREADS, else as many as this process has cores, at most four.

    Where several workers share a machine, each is given its part of the cores.
    """
    given = os.environ.get("PARLEY_MODEL_THREADS", "")
    if given.isdigit() and int(given) > 0:
        return int(given)
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return min(4, cores)
