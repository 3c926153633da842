"""What both parts are shown: which rows, how often, with what weight, and with what noise."""

from __future__ import annotations

import random
import re
from collections.abc import Mapping, Sequence

from moderation.normalize import fold
from moderation.training.contrast import contrast
from moderation.training.data import Row, Split
from moderation.training.everyday import everyday
from moderation.training.examples import Example

WEIGHTS = {"wiki": 1.0, "news": 1.0, "news-harmless": 0.7, "emoji": 1.0, "paraphrases": 0.6}
COPIES = {"emoji": 2}
CONTRASTS = 5_000
EVERYDAY = 5_000
NOISY = 0.15
"""The share of examples in which a word or two is spelled to evade."""

_MARKS = re.compile(r"[^a-z0-9 ]+")
_STRIP_HARMLESS, _STRIP_TOXIC = 0.6, 0.25
"""How often a row written with punctuation loses it. The file's rows without punctuation are enriched in toxic ones;
these shares even that out, so that the absence of punctuation says nothing."""


def mixture(
    rows: Sequence[Row], seed: int, copies: Mapping[str, float] = COPIES, sentences: int = EVERYDAY
) -> list[Example]:
    """The training examples in a seeded order: folded, styled and noisy.

    `copies` says how often a row of a source, or a harmless one of it, is shown: less than once for a part of them, once
    where it says nothing. `sentences` of everyday kinds come on top.
    """
    dice = random.Random(seed)
    chosen = [row for row in rows if row.split is Split.TRAIN and row.source in WEIGHTS]
    examples = [
        Example(_styled(fold(row.text).text, row, dice), row.targets, WEIGHTS[row.source])
        for row in chosen
        for _ in range(_times(row, copies, dice))
    ]
    made = contrast(CONTRASTS, seed) + everyday(sentences, seed)
    examples += [Example(fold(one.text).text, one.targets, one.weight) for one in made]
    return [_noisy(one, dice) if dice.random() < NOISY else one for one in examples]


def _times(row: Row, copies: Mapping[str, float], dice: random.Random) -> int:
    harmless = copies.get(f"harmless {row.source}") if row.targets[0] < 0.5 else None
    whole, part = divmod(harmless if harmless is not None else copies.get(row.source, 1), 1)
    return int(whole) + (part > 0 and dice.random() < part)


def _styled(text: str, row: Row, dice: random.Random) -> str:
    share = _STRIP_TOXIC if row.targets[0] >= 0.5 else _STRIP_HARMLESS
    strip = row.source == "wiki" and row.style == "raw" and dice.random() < share
    return " ".join(_MARKS.sub(" ", text).split()) if strip else text


def _noisy(example: Example, dice: random.Random) -> Example:
    words = example.text.split(" ")
    long = [at for at, word in enumerate(words[:80]) if len(word) >= 4 and word.isalpha()]
    for at in dice.sample(long, min(len(long), max(1, len(long) // 8))):
        words[at] = evade(words[at], dice)
    return Example(fold(" ".join(words)).text, example.targets, example.weight)


def evade(word: str, dice: random.Random) -> str:
    """A word of four letters or more with two neighbours swapped, a letter masked, dropped, doubled, or the word spaced out."""
    at = dice.randrange(1, len(word) - 1)
    return dice.choice(
        (
            word[:at] + word[at + 1] + word[at] + word[at + 2 :],
            word[:at] + "*" + word[at + 1 :],
            word[:at] + dice.choice("*#-_") * 2 + word[at + 2 :],
            word[:at] + word[at + 1 :],
            word[:at] + word[at] * 3 + word[at + 1 :],
            " ".join(word),
        )
    )
