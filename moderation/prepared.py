"""A Detoxify model converted to ONNX Runtime by `parley model prepare`: what its folder holds, read without torch."""

from __future__ import annotations

import json
from pathlib import Path

from moderation.classifier import ClassifierUnavailable
from moderation.detoxify import Detoxified
from moderation.encoder import Encoder
from moderation.windows import Limits

RECORD = "prepared.json"
"""Written last: without it the folder holds nothing."""


def load_prepared(folder: Path, threads: int) -> Detoxified | None:
    """The classifier in `folder`; None where there is none. Raises ClassifierUnavailable for one that is damaged."""
    if not (folder / RECORD).is_file():
        return None
    try:
        record = json.loads((folder / RECORD).read_text("utf-8"))
        encoder = Encoder(folder, threads, Limits(**record["limits"]))
        return Detoxified(record["id"], tuple(record["labels"]), encoder)
    except Exception as error:
        raise ClassifierUnavailable(
            f"the prepared model in {folder} cannot be read ({error}): remove it and prepare it again"
        ) from error
