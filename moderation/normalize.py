"""Folding: one plain spelling for a text and for all the ways of writing it that are meant to pass unseen.

Every model and every word list reads the folded text; people see what the author wrote. Each step looks at the text once,
so the time is linear in its length, and notes what it replaced, so that a place in the folded text can be shown in the original.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache

from moderation.confusables import NEAR, SAME, stand_in

Edit = tuple[int, int, str]
"""Start, end and what stands there instead; in order, without overlaps."""
Step = Callable[[str], Iterable[Edit]]


@dataclass(frozen=True)
class _Offsets:
    """Where one step's output came from: pieces that were copied, and replacements that stand for a whole range."""

    out_starts: tuple[int, ...]
    in_starts: tuple[int, ...]
    in_ends: tuple[int, ...]
    copied: tuple[bool, ...]

    def start(self, position: int) -> int:
        piece = bisect_right(self.out_starts, position) - 1
        inside = position - self.out_starts[piece] if self.copied[piece] else 0
        return self.in_starts[piece] + inside

    def end(self, position: int) -> int:
        piece = bisect_right(self.out_starts, position - 1) - 1
        if self.copied[piece]:
            return self.in_starts[piece] + position - self.out_starts[piece]
        return self.in_ends[piece]


@dataclass(frozen=True)
class Folded:
    """A folded text and the way back to the original.

    >>> fold("F.u.c.k off").text
    'fuck off'
    >>> fold("F.u.c.k off").original_span(0, 4)
    (0, 7)
    """

    text: str
    original_length: int
    steps: tuple[_Offsets, ...]

    def original_span(self, start: int, end: int) -> tuple[int, int]:
        """The range of the original, in code points, that the folded range `start` to `end` stands for.

        Raises ValueError unless `0 <= start < end <= len(text)`.
        """
        if not 0 <= start < end <= len(self.text):
            raise ValueError(f"no such range in a folded text of {len(self.text)}: {start} to {end}")
        for step in reversed(self.steps):
            start, end = step.start(start), step.end(end)
        return start, end


def apply(folded: Folded, step: Step) -> Folded:
    """`folded` with one more step done, its offsets still leading to the original."""
    edits = list(step(folded.text))
    if not edits:
        return folded
    text, offsets = _replace(folded.text, edits)
    return Folded(text, folded.original_length, (*folded.steps, offsets))


def _replace(text: str, edits: list[Edit]) -> tuple[str, _Offsets]:
    pieces: list[str] = []
    rows: list[tuple[int, int, int, bool]] = []
    read = written = 0
    for start, end, new in edits:
        for stop, piece, copied in ((start, text[read:start], True), (end, new, False)):
            if piece:
                rows.append((written, read, stop, copied))
                pieces.append(piece)
                written += len(piece)
            read = stop
    if read < len(text):
        rows.append((written, read, len(text), True))
        pieces.append(text[read:])
    columns = tuple(zip(*rows, strict=True)) or ((0,), (0,), (len(text),), (False,))
    return "".join(pieces), _Offsets(*columns)


_FOREIGN = re.compile(r"([^\x00-\x7f]|[\x00-\x09\x0b-\x1f\x7f])\1*")
_FOREIGN_WORD = re.compile(r"[^\W_]*[^\W_\x00-\x7f][^\W_]*")
_stand_in = lru_cache(maxsize=4096)(stand_in)


_WORDY = 3
"""A stand-in longer than this is a picture's name: a row of the same picture says it once."""


def _characters(text: str) -> Iterator[Edit]:
    for found in _FOREIGN.finditer(text):
        char, start = found.group(1), found.start()
        new = _stand_in(char)
        if len(new) > _WORDY:
            yield start, found.end(), new
        elif new != char:
            yield from ((at, at + 1, new) for at in range(start, found.end()))


def _look_alikes(text: str) -> Iterator[Edit]:
    for found in _FOREIGN_WORD.finditer(text):
        word = found.group()
        mixed = any("a" <= char <= "z" for char in word)
        table = NEAR if mixed else SAME
        if mixed or all(char in table for char in word):
            for at, char in enumerate(word, found.start()):
                if char in table:
                    yield at, at + 1, table[char]


_GAP = r"[ \n]{1,3}|[.\-_*~|/\\,+'^:;=•·]{1,2} ?"
_SPACED = re.compile(rf"(?<![^\W_])[a-z0-9@$!](?:({_GAP})[a-z0-9@$!](?![^\W_])(?:\1[a-z0-9@$!](?![^\W_]))+)")


def _spaced_letters(text: str) -> Iterator[Edit]:
    for found in _SPACED.finditer(text):
        joined = found.group()[:: 1 + len(found.group(1))]
        if sum(map(str.isalpha, joined)) * 2 > len(joined):
            yield found.start(), found.end(), joined


_LEET = str.maketrans("0134578@$!|€", "oieastbasiie")
_LEET_WORD = re.compile(r"[a-z0-9@$!|]++(?!\.[a-z])")
_LETTER = re.compile(r"[a-z]")
_LEET_INSIDE = re.compile(
    r"[a-z][0134578@$!|]+(?=[a-z])|^[0134578$]+(?=[a-z])|(?<=[a-z])\$+$|(?<=[0134578@$!|][a-z])[013457]+$|^@(?=ss)"
)
_QUANTITY = re.compile(
    r"\d+(?:st|nd|rd|th|s|k|m|d|x|g|kg|km|cm|mm|mb|gb|tb|am|pm|hz|kb|bn|ft|in|lb|lbs|oz|px|ml|yr|yo|h|hr|hrs|min|mins|sec|way|pt|p|c|f|w|v|b|a|e|n)$"
    r"|[a-f0-9]{8,}$|\dx\d$|[a-z]{1,3}\d[a-z]{0,2}\d*$"
)


def _leet(text: str) -> Iterator[Edit]:
    for found in _LEET_WORD.finditer(text):
        word = found.group()
        if word.isalpha() or not _LETTER.search(word) or _is_number(word):
            continue
        for inside in _LEET_INSIDE.finditer(word):
            old = inside.group()
            yield found.start() + inside.start(), found.start() + inside.end(), old.translate(_LEET)


def _is_number(word: str) -> bool:
    return word[0].isdigit() and _QUANTITY.match(word) is not None


_STRETCHED = re.compile(r"([a-z])\1{2,}|([!?.,])\2{3,}|([*~=_\-#])\3{11,}|\s{2,}|\n")


def _stretches(text: str) -> Iterator[Edit]:
    for found in _STRETCHED.finditer(text):
        first = found.group()[0]
        yield found.start(), found.end(), " " if first.isspace() else first * (2 if found.group(1) else 3)


def fold(text: str) -> Folded:
    """Lower case, no invisible characters or marks, look-alikes and leetspeak as letters, spaced letters joined,
    stretched ones cut to two, pictures as words, white space as single spaces.

    Takes about 20 µs for a comment of 400 characters and time linear in the length of any text.
    """
    folded = Folded(text, len(text), ())
    if not text.isascii() or not text.isprintable():
        folded = apply(folded, _characters)
    lowered = folded.text.lower()
    if len(lowered) == len(folded.text):
        folded = Folded(lowered, len(text), folded.steps)
    if not lowered.isascii():
        folded = apply(folded, _look_alikes)
    for step in (_spaced_letters, _leet, _stretches):
        folded = apply(folded, step)
    return folded
