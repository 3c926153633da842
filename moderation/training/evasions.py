"""Ways of spelling a word to pass a filter, to measure how well folding undoes them."""

from __future__ import annotations

import random
import re
from collections.abc import Callable

_WORD = re.compile(r"[A-Za-z]{4,}")
_OTHERS = 0.1
_LEET = str.maketrans("aeiost", "431057")
_LOOKALIKES = str.maketrans("aceiopsxy", "асеіорѕху")
_WIDE = {code: code + 0xFEE0 for code in range(0x21, 0x7F)}


def _at(word: str, dice: random.Random) -> int:
    return dice.randrange(1, len(word) - 1)


def _masked(word: str, dice: random.Random) -> str:
    at = _at(word, dice)
    return word[:at] + "*" + word[at + 1 :]


def _swapped(word: str, dice: random.Random) -> str:
    at = _at(word, dice)
    return word[:at] + word[at + 1] + word[at] + word[at + 2 :]


def _stretched(word: str, dice: random.Random) -> str:
    at = _at(word, dice)
    return word[:at] + word[at] * dice.randint(3, 6) + word[at + 1 :]


EVASIONS: dict[str, Callable[[str, random.Random], str]] = {
    "leetspeak": lambda word, _: word.lower().translate(_LEET),
    "spacing": lambda word, _: " ".join(word),
    "dots": lambda word, _: ".".join(word),
    "homoglyphs": lambda word, _: word.lower().translate(_LOOKALIKES),
    "zero-width": lambda word, _: "\u200b".join(word),
    "fullwidth": lambda word, _: word.translate(_WIDE),
    "stretched": _stretched,
    "masked": _masked,
    "swapped": _swapped,
}
"""By name: a word of four letters or more and a source of chance to the word in disguise."""


def disguise(text: str, kind: str, targets: frozenset[str], dice: random.Random) -> str:
    """The text with every target word, and one in ten of the others, disguised; words under four letters stay."""
    change = EVASIONS[kind]

    def one(found: re.Match[str]) -> str:
        word = found.group()
        return change(word, dice) if word.lower() in targets or dice.random() < _OTHERS else word

    return _WORD.sub(one, text)
