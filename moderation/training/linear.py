"""Fitting the hashed linear model: logistic regression on the features of `moderation.features`, all labels at once."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import torch

from moderation.features import BUCKETS, featurize
from moderation.labels import LABELS
from moderation.training.examples import Example
from moderation.training.loss import masked_loss

Floats = npt.NDArray[np.float32]


@dataclass(frozen=True)
class Settings:
    """Three passes with a falling rate fit best on the dev split; more of either over-fits."""

    seed: int = 7
    passes: int = 3
    batch: int = 256
    rate: float = 0.015


@dataclass(frozen=True)
class _Features:
    """All examples' features end to end; example `n` has those from `offsets[n]` to `offsets[n + 1]`."""

    indices: npt.NDArray[np.int32]
    values: Floats
    offsets: npt.NDArray[np.int64]

    def batch(self, rows: npt.NDArray[np.int64]) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
        starts, lengths = self.offsets[rows], self.offsets[rows + 1] - self.offsets[rows]
        ends = np.cumsum(lengths)
        places = np.arange(ends[-1]) + np.repeat(starts - (ends - lengths), lengths)
        indices = torch.from_numpy(self.indices[places].astype(np.int64))
        return indices, torch.from_numpy(ends - lengths), torch.from_numpy(self.values[places])


def fit_linear(
    examples: Sequence[Example], settings: Settings, report: Callable[[int, int, float], None]
) -> tuple[Floats, Floats]:
    """Weights `(BUCKETS, labels)` and biases `(labels,)`. `report(done, of, loss)` is called after every batch."""
    torch.manual_seed(settings.seed)
    dice = np.random.default_rng(settings.seed)
    features = _features(examples)
    targets = torch.tensor([example.targets for example in examples])
    weights = torch.tensor([example.weight for example in examples])
    table = torch.nn.EmbeddingBag(BUCKETS, len(LABELS), mode="sum")
    torch.nn.init.zeros_(table.weight)
    bias = torch.nn.Parameter(torch.full((len(LABELS),), -2.0))
    optimizer = torch.optim.Adam([table.weight, bias], lr=settings.rate, betas=(0.9, 0.99))
    steps = settings.passes * -(-len(examples) // settings.batch)
    decay = torch.optim.lr_scheduler.LambdaLR(optimizer, lambda step: 1 - step / steps)
    done = 0
    for _ in range(settings.passes):
        order = dice.permutation(len(examples))
        for start in range(0, len(order), settings.batch):
            rows = order[start : start + settings.batch]
            indices, offsets, values = features.batch(rows)
            logits = table(indices, offsets, per_sample_weights=values) + bias
            loss = masked_loss(logits, targets[rows], weights[rows])
            optimizer.zero_grad()
            torch.autograd.backward(loss)
            optimizer.step()
            decay.step()
            done += 1
            report(done, steps, float(loss.detach()))
    return table.weight.detach().numpy(), bias.detach().numpy()


def _features(examples: Sequence[Example]) -> _Features:
    pairs = [featurize(example.text) for example in examples]
    indices = np.concatenate([pair[0] for pair in pairs]).astype(np.int32)
    offsets = np.concatenate(([0], np.cumsum([len(pair[0]) for pair in pairs])))
    return _Features(indices, np.concatenate([pair[1] for pair in pairs]), offsets)
