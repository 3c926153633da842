"""What `parley model evaluate` shows: a table, JSON, and an SVG page with curves."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from html import escape
from typing import Any

import numpy as np

from moderation.evaluate import Evaluation

_SIDE, _GAP, _TOP = 220, 56, 64
_ROW = _TOP + _SIDE + 150
_WIDTH = 4 * (_SIDE + _GAP) + _GAP
_STYLE = (
    "text{font:12px system-ui,sans-serif;fill:#222}.h{font-size:15px;font-weight:600}.s{fill:#666}"
    ".f{fill:none;stroke:#bbb}.d{fill:none;stroke:#ccc;stroke-dasharray:3 3}.c{fill:none;stroke:#0b62a8;stroke-width:2}"
    ".b{fill:#0b62a8}.p{fill:#c2410c}"
)


def as_json(found: Sequence[Evaluation]) -> str:
    """All figures, one object per file; `null` where there is no number."""
    return json.dumps([_plain(asdict(one)) for one in found], indent=1) + "\n"


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _plain(one) for key, one in value.items()}
    if isinstance(value, np.ndarray | list | tuple):
        return [_plain(one) for one in value]
    number = isinstance(value, float | np.floating)
    return (float(value) if math.isfinite(value) else None) if number else value


def table(found: Sequence[Evaluation]) -> str:
    """The figures for people, a block of lines per file."""
    return "\n\n".join("\n".join(_lines(one)) for one in found)


def _lines(one: Evaluation) -> Iterator[str]:
    yield f"{one.model} on {one.file}: {one.score}, {one.comments:,} comments, {one.positives:,} positive"
    yield f"  ROC-AUC            {_number(one.roc_auc)}"
    yield f"  average precision  {_number(one.average_precision)}"
    yield f"  calibration error  {_number(one.calibration_error)}"
    yield f"  comments a second  {one.comments_per_second:,.0f}"
    if one.at:
        yield "  from     flagged  precision  recall  false positives"
    for at in one.at:
        cells = (at.flagged, at.precision, at.recall, at.false_positive_rate)
        yield f"  {at.threshold:<7.3f}  {'  '.join(f'{_number(cell):<8}' for cell in cells)}".rstrip()
    if one.groups:
        yield f"  harmless comments that name a group, flagged from {one.at[0].threshold:.3f}:"
    for group in one.groups:
        yield f"    {group.group:<24} {_number(group.false_positive_rate)} of {group.harmless:,}"


def _number(value: float) -> str:
    return f"{value:.3f}" if math.isfinite(value) else "-"


def render_svg(found: Sequence[Evaluation]) -> str:
    """A page with three curves and the groups' bars per file."""
    rows = "".join(f'<g transform="translate(0 {at * _ROW})">{_row(one)}</g>' for at, one in enumerate(found))
    size = f'width="{_WIDTH}" height="{_ROW * len(found)}" viewBox="0 0 {_WIDTH} {_ROW * len(found)}"'
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" {size}><style>{_STYLE}</style>'
        f'<rect width="100%" height="100%" fill="#fff"/>{rows}</svg>\n'
    )


def _row(one: Evaluation) -> str:
    recall, precision = one.curve.recall, one.curve.precision
    diagonal = '<path class="d" d="' + _path([(0.0, 0.0), (1.0, 1.0)]) + '"/>'
    roc = [(0.0, 0.0), *zip(one.curve.false_positive_rate, recall, strict=True)]
    bins = [(bin_.mean_score, bin_.positive_share) for bin_ in one.bins]
    head = f"{one.model} on {one.file}: {one.score}"
    counts = f"{one.comments:,} comments, {one.positives:,} positive; {one.comments_per_second:,.0f} comments a second"
    return (
        f'<text class="h" x="{_GAP}" y="26">{escape(head)}</text><text class="s" x="{_GAP}" y="44">{counts}</text>'
        + _plot(0, f"ROC, area {_number(one.roc_auc)}", "false positives", "recall", diagonal + _curve(roc))
        + _plot(
            1,
            f"Precision, average {_number(one.average_precision)}",
            "recall",
            "precision",
            _curve(list(zip(recall, precision, strict=True))) + _marks(one),
        )
        + _plot(
            2,
            f"Calibration, error {_number(one.calibration_error)}",
            "score",
            "share positive",
            diagonal + _curve(bins) + _dots(bins, "b"),
        )
        + _bars(one)
    )


def _place(x: float, y: float) -> tuple[float, float]:
    return round(x * _SIDE, 1), round((1 - y) * _SIDE, 1)


def _path(points: Sequence[tuple[float, float]]) -> str:
    return "M" + "L".join("{} {}".format(*_place(x, y)) for x, y in points)


def _curve(points: Sequence[tuple[float, float]]) -> str:
    return f'<path class="c" d="{_path(points)}"/>' if points else ""


def _dots(points: Sequence[tuple[float, float]], kind: str) -> str:
    return "".join(
        '<circle class="{}" r="4" cx="{}" cy="{}"/>'.format(kind, *_place(x, y)) for x, y in points
    )


def _marks(one: Evaluation) -> str:
    """Where the measured thresholds lie on the precision curve."""
    points = [(at.recall, at.precision) for at in one.at if math.isfinite(at.recall + at.precision)]
    return _dots(points, "p")


def _plot(column: int, title: str, below: str, beside: str, inside: str) -> str:
    left = _GAP + column * (_SIDE + _GAP)
    return (
        f'<g transform="translate({left} {_TOP + 12})"><text y="-8">{title}</text>'
        f'<rect class="f" width="{_SIDE}" height="{_SIDE}"/>{inside}'
        f'<text class="s" x="{_SIDE}" y="{_SIDE + 16}" text-anchor="end">{below} 0 to 1</text>'
        f'<text class="s" transform="translate(-8 {_SIDE}) rotate(-90)">{beside} 0 to 1</text></g>'
    )


def _bars(one: Evaluation) -> str:
    if not one.groups:
        return ""
    lines = []
    for at, group in enumerate(one.groups):
        y, width = at * 22, round(group.false_positive_rate * _SIDE, 1)
        text = f"{escape(group.group)} {_number(group.false_positive_rate)} of {group.harmless:,}"
        lines.append(
            f'<text class="s" y="{y + 10}">{text}</text><rect class="b" y="{y + 13}" width="{width}" height="4"/>'
        )
    left = _GAP + 3 * (_SIDE + _GAP)
    title = f'<text y="-8">Harmless, names a group, flagged from {one.at[0].threshold:.3f}</text>'
    return f'<g transform="translate({left} {_TOP + 12})">{title}{"".join(lines)}</g>'
