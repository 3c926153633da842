"""The words that raised a score, where they stand in what the author wrote, and by how much.

For the bundled classifier a word's weight is its part of the blend's log-odds: exact for the linear part, whose features
are shared out among the words they lie in, and by leaving the word out for the encoder. For any other classifier it is
what leaving the word out takes away. Not for the hot path: a comment costs as much as scoring some dozens.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from moderation.bundled import Bundled
from moderation.calibration import logit
from moderation.classifier import Classifier
from moderation.features import Occurrence, occurrences
from moderation.normalize import Folded

MOST_WORDS = 5
_MOST_LEFT_OUT = 48
_LEAST_SHARE = 0.15
"""A word with less of the weight of the first one is left unsaid."""
_LEAST_WEIGHT = 0.2
"""In log-odds: less moves a score by hardly more than its own error."""
_WORD = re.compile(r"\w+(?:['’*@$!#.-]\w+)*")

Span = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Word:
    """A range of the text as it was written, in code points, and the log-odds that it adds."""

    start: int
    end: int
    weight: float


def explain(classifier: Classifier, text: str, label: str = "toxicity") -> list[Word]:
    """The words that raised `label`, heaviest first; a word that is written more than once has a place for each.

    Empty where no single word did. Raises KeyError for a label that the classifier does not have.
    """
    if label not in classifier.labels:
        raise KeyError(label)
    found = (
        _by_parts(classifier, text, label)
        if isinstance(classifier, Bundled)
        else _by_leaving_out(classifier, text, label)
    )
    return _heaviest(found)


def _heaviest(found: Mapping[Span, float]) -> list[Word]:
    ordered = sorted(found.items(), key=lambda one: (-one[1], one[0]))
    least = max(_LEAST_WEIGHT, _LEAST_SHARE * ordered[0][1]) if ordered else 0.0
    return [
        Word(start, end, round(weight, 3)) for (start, end), weight in ordered[:MOST_WORDS] if weight >= least
    ]


def _by_leaving_out(classifier: Classifier, text: str, label: str) -> dict[Span, float]:
    places: dict[str, list[Span]] = defaultdict(list)
    for word in _WORD.finditer(text):
        places[word.group().lower()].append(word.span())
    some = list(places.values())[:_MOST_LEFT_OUT]
    scores = classifier.score([text, *(_without(text, spans) for spans in some)])
    odds = logit(np.array([one[label] for one in scores]))
    return {span: float(odds[0] - left) for left, spans in zip(odds[1:], some, strict=True) for span in spans}


def _without(text: str, spans: Sequence[Span]) -> str:
    pieces, read = [], 0
    for start, end in spans:
        pieces.append(text[read:start])
        read = end
    return "".join([*pieces, text[read:]])


def _by_parts(classifier: Bundled, text: str, label: str) -> dict[Span, float]:
    parts, at = classifier.parts, classifier.labels.index(label)
    read = parts.read(text)
    found = occurrences(read.text)
    of_linear, *of_encoder = parts.blend[at].weights
    weights = {
        span: of_linear * weight
        for span, weight in _linear(parts.linear.contributions(found, at), found).items()
    }
    if parts.encoder is not None and weights:
        for span, lost in _encoder(classifier, read.text, weights, at).items():
            weights[span] += of_encoder[0] * lost
    return _original(read, weights)


def _linear(contributions: Sequence[float], found: Sequence[Occurrence]) -> dict[Span, float]:
    """Per word of the folded text: what its features add, each shared out by the letters that lie in the word."""
    words = [one.span for one in found if one.is_word]
    weights = dict.fromkeys(words, 0.0)
    starts = np.array([start for start, _ in words])
    for one, weight in zip(found, contributions, strict=True):
        first = max(0, int(np.searchsorted(starts, one.span[0], side="right")) - 1)
        overlaps = {}
        for word in words[first:]:
            if word[0] >= one.span[1]:
                break
            if (length := min(word[1], one.span[1]) - max(word[0], one.span[0])) > 0:
                overlaps[word] = length
        for word, length in overlaps.items():
            weights[word] += weight * length / sum(overlaps.values())
    return weights


def _encoder(classifier: Bundled, text: str, weights: Mapping[Span, float], at: int) -> dict[Span, float]:
    """What leaving a word out, wherever it stands, takes from the encoder's log-odds; for the likeliest words."""
    encoder = classifier.parts.encoder
    assert encoder is not None
    places: dict[str, list[Span]] = defaultdict(list)
    for span in weights:
        places[text[slice(*span)]].append(span)
    likeliest = sorted(places.values(), key=lambda spans: -sum(weights[span] for span in spans))[
        :_MOST_LEFT_OUT
    ]
    odds = encoder.logits([text, *(_without(text, spans) for spans in likeliest)])[:, at]
    return {
        span: float(odds[0] - left) for left, spans in zip(odds[1:], likeliest, strict=True) for span in spans
    }


def _original(read: Folded, weights: Mapping[Span, float]) -> dict[Span, float]:
    """The same words where the author wrote them; parts of one written word come together."""
    found: dict[Span, float] = defaultdict(float)
    for span, weight in weights.items():
        found[read.original_span(*span)] += weight
    return found
