"""The loss both parts of the bundled classifier are fitted by."""

from __future__ import annotations

from collections.abc import Sequence

import torch


def masked_loss(
    logits: torch.Tensor,
    targets: torch.Tensor,
    weights: torch.Tensor,
    label_weights: Sequence[float] = (1.0,),
) -> torch.Tensor:
    """Binary cross-entropy over the labels that are known (not NaN), weighted by example and label, per example."""
    known = ~torch.isnan(targets)
    each = torch.nn.functional.binary_cross_entropy_with_logits(
        logits, torch.nan_to_num(targets), reduction="none"
    )
    return (each * known * weights[:, None] * torch.tensor(label_weights)).sum() / len(logits)
