"""Transformers in OpenVINO, without torch: where a processor has 16-bit arithmetic, the fastest that judges the same.

Needs the `openvino` extra.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import openvino
from tokenizers import Tokenizer

from moderation.encoder import MODEL as ONNX
from moderation.encoder import TOKENIZER
from moderation.windows import Floats, Limits, Numbers, Windows

MODEL = "encoder.xml"
_MULTIPLE = 16
"""For every shape the engine builds its kernels anew: fewer shapes cost less than the padding."""


class OpenVino:
    """Reads `encoder.xml` and `tokenizer.json` of a directory. `threads` is the number of threads of the engine."""

    def __init__(self, directory: Path, threads: int, limits: Limits) -> None:
        tokenizer = Tokenizer.from_file(str(directory / TOKENIZER))
        self._windows = Windows(tokenizer, replace(limits, multiple=_MULTIPLE))
        settings = {
            "INFERENCE_NUM_THREADS": threads,
            "NUM_STREAMS": 1,
            "ENABLE_CPU_PINNING": False,
            "INFERENCE_PRECISION_HINT": "bf16",
        }
        compiled = openvino.Core().compile_model(str(directory / MODEL), "CPU", settings)
        self._request = compiled.create_infer_request()

    def logits(self, texts: Sequence[str]) -> Floats:
        """Log-odds `(texts, outputs)`."""
        return self._windows.highest(texts, self._run)

    def _run(self, ids: Numbers, mask: Numbers) -> Floats:
        found = self._request.infer({"input_ids": ids, "attention_mask": mask})
        logits: Floats = found["logits"].copy()
        return logits


def halve(exact: Path, halved: Path) -> None:
    """The exact conversion in OpenVINO's own format, its weights in 16 bits, in the folder `halved`, which is made."""
    halved.mkdir()
    (halved / TOKENIZER).write_bytes((exact / TOKENIZER).read_bytes())
    model = openvino.Core().read_model(str(exact / ONNX))
    openvino.save_model(model, str(halved / MODEL), compress_to_fp16=True)
