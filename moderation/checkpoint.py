"""A checkpoint in Detoxify's own format, loaded with care. Needs the `detoxify` extra.

Nothing in the file is run, the network is not touched, and a checkpoint that does not fill the model is an error.
"""

from __future__ import annotations

import pickle
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
import transformers
from tokenizers import Tokenizer

from moderation.classifier import ClassifierUnavailable
from moderation.detoxify import Detoxified, digest_of
from moderation.windows import Floats, Limits, Numbers, Windows

MODELS = {
    f"{family}ForSequenceClassification": f"{family}Tokenizer"
    for family in ("Bert", "Roberta", "XLMRoberta", "Albert")
}
"""The model classes that a checkpoint may name, and the tokenizers that belong to them."""
_RENAMED = {"toxic": "toxicity", "identity_hate": "identity_attack", "severe_toxic": "severe_toxicity"}
"""As Detoxify does, so that its models share their labels."""
_HARMLESS = ("embeddings.position_ids", ".pooler.dense.weight", ".pooler.dense.bias")
"""What older checkpoints carry and today's models compute themselves or do without."""
_LONGEST = 512
_VARIANTS = {
    "original": ("Bert", 6),
    "unbiased": ("Roberta", 16),
    "multilingual": ("XLMRoberta", 16),
    "original-small": ("Albert", 6),
    "unbiased-small": ("Albert", 16),
}
"""Family and number of outputs of each."""


@dataclass(frozen=True)
class Loaded:
    """A model with everything it takes to use it. `limits` are the window it was made for."""

    model: torch.nn.Module
    tokenizer: Any
    labels: tuple[str, ...]
    digest: str
    limits: Limits


class TorchEngine:
    """The model as it was trained, in windows."""

    def __init__(self, loaded: Loaded) -> None:
        self._model = loaded.model.eval()
        backend = Tokenizer.from_str(loaded.tokenizer.backend_tokenizer.to_str())
        self._windows = Windows(backend, loaded.limits)

    def logits(self, texts: Sequence[str]) -> Floats:
        """Log-odds `(texts, outputs)`."""
        return self._windows.highest(texts, self._run)

    def _run(self, ids: Numbers, mask: Numbers) -> Floats:
        with torch.inference_mode():
            found = self._model(input_ids=torch.from_numpy(ids), attention_mask=torch.from_numpy(mask))
        logits: Floats = found[0].float().numpy()
        return logits


def load_checkpoint(variant: str, checkpoint: Path, config: Path, threads: int) -> Detoxified:
    """A classifier with the checkpoint's checksum as its version. Raises ClassifierUnavailable."""
    torch.set_num_threads(threads)
    loaded = read_checkpoint(variant, checkpoint, config)
    return Detoxified(f"detoxify:{variant}@{loaded.digest[:8]}", loaded.labels, TorchEngine(loaded))


def read_checkpoint(variant: str, checkpoint: Path, config: Path) -> Loaded:
    """Model, tokenizer and labels of a variant's checkpoint and the folder with its family's config and tokenizer.

    Raises ClassifierUnavailable with what is wrong with either.
    """
    content = _content(checkpoint)
    labels, arch = _described(content, checkpoint)
    _refuse_another(variant, (arch["model_name"], arch["num_classes"]), checkpoint)
    try:
        settings = getattr(transformers, arch["model_name"]).config_class.from_pretrained(
            config, local_files_only=True, num_labels=arch["num_classes"]
        )
        tokenizer = getattr(transformers, MODELS[arch["model_name"]]).from_pretrained(
            config, local_files_only=True
        )
    except (OSError, ValueError, KeyError) as error:
        raise ClassifierUnavailable(
            f"{config} does not hold the config and tokenizer of {arch['model_name']}: {error}"
        ) from error
    model = getattr(transformers, arch["model_name"])(settings)
    _fill(model, content["state_dict"], checkpoint)
    if len(tokenizer) > settings.vocab_size:
        raise ClassifierUnavailable(
            f"{config} and {checkpoint} do not belong together: their vocabularies differ"
        )
    places = settings.max_position_embeddings - (
        settings.pad_token_id + 1 if "oberta" in arch["model_name"] else 0
    )
    tokens = min(_LONGEST, places, tokenizer.model_max_length)
    tokenizer.model_max_length = tokens
    limits = Limits(tokens, windows=4, overlap=min(32, tokens // 4), batch=8, pad=settings.pad_token_id)
    return Loaded(model.eval(), tokenizer, labels, digest_of(checkpoint), limits)


def _content(checkpoint: Path) -> Mapping[str, Any]:
    try:
        content = torch.load(checkpoint, map_location="cpu", weights_only=True, mmap=_is_zip(checkpoint))
    except (OSError, RuntimeError, EOFError, ValueError, pickle.UnpicklingError) as error:
        reason = str(error).splitlines()[0] if str(error) else type(error).__name__
        raise ClassifierUnavailable(f"{checkpoint} is no checkpoint of weights alone: {reason}") from error
    if not isinstance(content, dict) or not {"config", "state_dict"} <= content.keys():
        raise ClassifierUnavailable(
            f"{checkpoint} is no checkpoint of Detoxify: it has no config or no state_dict"
        )
    return content


def _is_zip(path: Path) -> bool:
    """Files of torch before 1.6 cannot be mapped into memory."""
    with path.open("rb") as file:
        return file.read(2) == b"PK"


def _described(content: Mapping[str, Any], checkpoint: Path) -> tuple[tuple[str, ...], dict[str, Any]]:
    try:
        classes, arch = content["config"]["dataset"]["args"]["classes"], content["config"]["arch"]["args"]
        labels = tuple(_RENAMED.get(name, name) for name in classes)
        outputs, family = int(arch["num_classes"]), arch["model_name"]
    except (KeyError, TypeError, ValueError) as error:
        raise ClassifierUnavailable(
            f"{checkpoint} does not say what it is: {error!r} is missing in its config"
        ) from error
    if family not in MODELS:
        raise ClassifierUnavailable(f"{checkpoint} asks for {family!r}; allowed are {', '.join(MODELS)}")
    if "toxicity" not in labels or len(labels) > outputs:
        raise ClassifierUnavailable(f"{checkpoint} has {outputs} outputs for the labels {', '.join(labels)}")
    return labels, {"model_name": family, "num_classes": outputs}


def _refuse_another(variant: str, made: tuple[str, int], checkpoint: Path) -> None:
    """One that is plainly another of Detoxify's models would judge under the wrong name; one of somebody's own may."""
    others = {
        (f"{family}ForSequenceClassification", outputs): name for name, (family, outputs) in _VARIANTS.items()
    }
    if others.get(made, variant) != variant:
        raise ClassifierUnavailable(f"{checkpoint} is a checkpoint of {others[made]}, not of {variant}")


def _fill(model: torch.nn.Module, weights: Mapping[str, torch.Tensor], checkpoint: Path) -> None:
    """Every weight of the model from the file, and nothing in the file left over."""
    wanted = model.state_dict()
    usable = {
        name: weight for name, weight in weights.items() if name in wanted or not name.endswith(_HARMLESS)
    }
    missing, unknown = wanted.keys() - usable.keys(), usable.keys() - wanted.keys()
    misshapen = [name for name in usable.keys() & wanted.keys() if usable[name].shape != wanted[name].shape]
    for what, names in (("lacks", missing), ("has unknown", unknown), ("has misshapen", misshapen)):
        if names:
            shown = ", ".join(sorted(names)[:3])
            raise ClassifierUnavailable(
                f"{checkpoint} does not fit its model: it {what} {shown} ({len(names)} in all)"
            )
    model.load_state_dict(usable, strict=True, assign=True)
