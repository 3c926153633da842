"""The table that `make bench` prints."""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Row:
    """A figure beside its reference of the same run, both in `unit`; `note` says what to know about it."""

    name: str
    figure: float
    against: str
    reference: float
    unit: str = "/s"
    note: str = ""


def render(rows: Sequence[Row]) -> str:
    """Columns of plain text that are Markdown too."""
    head = ("what", "figure", "against", "reference", "ratio")
    lines = [
        (
            row.name,
            _number(row),
            row.against,
            _number(row, reference=True),
            f"{row.figure / row.reference:.2f}",
        )
        for row in rows
    ]
    widths = [max(len(line[column]) for line in (head, *lines)) for column in range(len(head))]
    table = [head, tuple("-" * width for width in widths), *lines]
    text = "\n".join(
        f"| {' | '.join(cell.ljust(width) for cell, width in zip(line, widths, strict=True))} |"
        for line in table
    )
    return "\n".join([text, *(f"{row.name}: {row.note}" for row in rows if row.note)])


def _number(row: Row, *, reference: bool = False) -> str:
    value = row.reference if reference else row.figure
    return f"{value:,.0f}{row.unit}" if value >= 100 else f"{value:,.1f}{row.unit}"
