"""The table that `make bench` prints."""

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median


@dataclass(frozen=True, slots=True)
class Row:
    """Figures, one a round, beside the reference's of the same rounds, all in `unit`; `note` says what to know of them.

    The machine may be busy with other things, and less so in the next round: so a figure and its reference are
    measured in turn, and the ratio is the middle one of the rounds' ratios.
    """

    name: str
    figures: Sequence[float]
    against: str
    references: Sequence[float]
    unit: str = "/s"
    note: str = ""

    @property
    def ratios(self) -> list[float]:
        """Figure to reference, round by round, in ascending order."""
        return sorted(one / other for one, other in zip(self.figures, self.references, strict=True))

    def cells(self) -> tuple[str, ...]:
        """What stands in the table."""
        low, middle, high = self.ratios[0], median(self.ratios), self.ratios[-1]
        spread = f" ({low:.2f} to {high:.2f})" if len(self.ratios) > 1 else ""
        return (
            self.name,
            _number(median(self.figures), self.unit),
            self.against,
            _number(median(self.references), self.unit),
            f"{middle:.2f}{spread}",
        )


def render(rows: Sequence[Row]) -> str:
    """Columns of plain text that are Markdown too, and the notes below."""
    head = ("what", "figure", "against", "reference", "ratio")
    lines = [row.cells() for row in rows]
    widths = [max(len(line[column]) for line in (head, *lines)) for column in range(len(head))]
    table = [head, tuple("-" * width for width in widths), *lines]
    text = [
        f"| {' | '.join(cell.ljust(width) for cell, width in zip(line, widths, strict=True))} |"
        for line in table
    ]
    return "\n".join([*text, "", *(f"{row.name}: {row.note}" for row in rows if row.note)])


def _number(value: float, unit: str) -> str:
    return f"{value:,.0f}{unit}" if value >= 100 else f"{value:,.1f}{unit}"
