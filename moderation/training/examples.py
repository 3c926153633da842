"""What both parts of the bundled classifier learn from: a folded text and what it should be scored."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Example:
    """A folded text, targets in the order of LABELS (NaN: unknown), and how much it counts."""

    text: str
    targets: tuple[float, ...]
    weight: float
