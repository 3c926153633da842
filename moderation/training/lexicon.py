"""The word list of `moderation.repair`, learned from the training rows."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable

from moderation.normalize import fold
from moderation.training.data import Row

KNOWN_FROM = 12
"""Comments a word must be in to count as a word: enough to leave out most misspellings."""
TARGET_FROM = 15
_TOXIC_SHARE = 0.72
_WORD = re.compile(r"[a-z]+")


def learn_lexicon(rows: Iterable[Row], dictionary: Iterable[str]) -> tuple[list[str], list[str]]:
    """Known words by falling frequency, then those of the dictionary; and the targets among them: the words in whose
    comments toxicity is the rule.
    """
    seen: Counter[str] = Counter()
    toxic: Counter[str] = Counter()
    for row in rows:
        words = set(_WORD.findall(fold(row.text).text))
        seen.update(words)
        if row.targets[0] >= 0.5:
            toxic.update(words)
    ordered = sorted(seen, key=lambda word: (-seen[word], word))
    known = [word for word in ordered if seen[word] >= KNOWN_FROM and (len(word) > 1 or word in "ai")]
    smooth = 2.0
    targets = [
        word
        for word in known
        if seen[word] >= TARGET_FROM
        and len(word) >= 4
        and (toxic[word] + smooth * 0.25) / (seen[word] + smooth) >= _TOXIC_SHARE
    ]
    rest = sorted({word for word in dictionary if _WORD.fullmatch(word) and len(word) >= 3}.difference(known))
    return known + rest, targets
