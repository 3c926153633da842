"""A Detoxify model converted by `parley model prepare`: what its folder holds, read without torch."""

from __future__ import annotations

import json
from pathlib import Path

from moderation.classifier import ClassifierUnavailable
from moderation.detoxify import Detoxified, Engine, digest_of
from moderation.encoder import MODEL, Encoder
from moderation.windows import Limits

RECORD = "prepared.json"
"""Written last: without it the folder holds nothing."""


def engine_of(folder: Path, threads: int, limits: Limits) -> Engine:
    """ONNX Runtime for an ONNX file, else OpenVINO. Raises ImportError where that is not installed."""
    if (folder / MODEL).is_file():
        return Encoder(folder, threads, limits)
    from moderation.openvino_engine import OpenVino  # noqa: PLC0415 -- an extra of its own

    return OpenVino(folder, threads, limits)


def load_prepared(folder: Path, threads: int, checkpoint: Path | None = None) -> Detoxified | None:
    """The classifier in `folder`; None where there is none, or one made from another file than `checkpoint`.

    Raises ClassifierUnavailable for one that is damaged or needs what is not installed.
    """
    if not (folder / RECORD).is_file():
        return None
    try:
        record = json.loads((folder / RECORD).read_text("utf-8"))
        if checkpoint is not None and digest_of(checkpoint) != record["checkpoint"]:
            return None
        engine = engine_of(folder, threads, Limits(**record["limits"]))
        return Detoxified(record["id"], tuple(record["labels"]), engine)
    except ImportError as error:
        raise ClassifierUnavailable(
            f"the prepared model in {folder} needs {error.name}: pip install 'parley[openvino]', or prepare it where that is not"
        ) from error
    except Exception as error:
        raise ClassifierUnavailable(
            f"the prepared model in {folder} cannot be read ({error}): remove it and prepare it again"
        ) from error
