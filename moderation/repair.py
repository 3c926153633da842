"""Repair: words that are no words, put back to the one that was meant, by a list of known words.

Folding needs no vocabulary; what is left needs one: letters swapped (`fcuk`) or masked (`f*ck`), words run together
(`youarestupid`), doubled letters (`stuupid`). A known word is never touched, so ordinary text passes unchanged.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from moderation.normalize import Edit

_TOKEN = re.compile(r"[a-z0-9*#@$!%&^~?+](?:[a-z0-9*#@$!%&^~?+_.\-']*[a-z0-9*#])?")
_DOUBLE = re.compile(r"([a-z])\1+")
_MASK = re.compile(r"[^a-z]")
_LEET = str.maketrans("0134578@$!+", "oieastbasit")
_SHORTEST, _LONGEST, _LONGEST_PIECE = 4, 40, 14
_COMMON = 150
"""Only the most frequent words may stand beside a target in a run of words: rarer ones make up too many names."""


class Repairer:
    """The step that repairs, from words by falling frequency, and the ones among them worth finding behind a disguise."""

    def __init__(self, known: Sequence[str], targets: Iterable[str]) -> None:
        self._known = frozenset(known)
        self._common = frozenset(word for word in known[:_COMMON] if len(word) > 1 or word in "ai")
        self._targets = [word for word in targets if len(word) >= _SHORTEST]
        self.targets = frozenset(self._targets)
        self._squeezed = {_squeeze(word): word for word in reversed(self._targets)}
        self._swapped = {variant: word for word in reversed(self._targets) for variant in _swaps(word)}
        self._by_shape: dict[tuple[int, str], list[str]] = {}
        for word in self._targets:
            self._by_shape.setdefault((len(word), word[0]), []).append(word)

    def __call__(self, text: str) -> Iterator[Edit]:
        """The edits for one folded text; a step for `moderation.normalize.apply`."""
        for found in _TOKEN.finditer(text):
            token = found.group()
            if not self._is_known(token) and len(token) <= _LONGEST and (new := self._repair(token)):
                yield found.start(), found.end(), new

    def _is_known(self, token: str) -> bool:
        return token in self._known or (token[-1] == "s" and token[:-1] in self._known)

    def _repair(self, token: str) -> str | None:
        if token.isalpha():
            return self._swapped.get(token) or self._unstretched(token) or self._parted(token)
        if len(token) < _SHORTEST:
            return None
        spelled = token.translate(_LEET)
        return spelled if spelled in self.targets else self._unmasked(token)

    def _unstretched(self, token: str) -> str | None:
        return self._squeezed.get(_squeeze(token)) if _DOUBLE.search(token) else None

    def _unmasked(self, token: str) -> str | None:
        """The target that fits the letters left; half of them must be, or stars must stand for the rest."""
        letters = len(token) - len(_MASK.findall(token))
        if not token[0].isalpha() or (letters * 2 < len(token) and "*" not in token):
            return None
        same_shape = self._by_shape.get((len(token), token[0]), ())
        return next((word for word in same_shape if _fits(word, token)), None)

    def _parted(self, token: str) -> str | None:
        """The token as common words around at least one target; None where it is anything else."""
        best: list[tuple[str, ...] | None] = [(), *(None for _ in token)]
        for start in range(len(token)):
            before = best[start]
            if before is None:
                continue
            for end in range(start + 1, min(len(token), start + _LONGEST_PIECE) + 1):
                piece = token[start:end]
                if piece in self.targets or piece in self._common:
                    longer = (*before, piece)
                    best[end] = min(best[end] or longer, longer, key=len)
        pieces = best[-1]
        return " ".join(pieces) if pieces and not self.targets.isdisjoint(pieces) else None


def _fits(word: str, masked: str) -> bool:
    return all(char == mark or not mark.isalpha() for char, mark in zip(word, masked, strict=True))


def _squeeze(word: str) -> str:
    return _DOUBLE.sub(r"\1", word)


def _swaps(word: str) -> Iterator[str]:
    for at in range(len(word) - 1):
        if word[at] != word[at + 1]:
            yield word[:at] + word[at + 1] + word[at] + word[at + 2 :]
