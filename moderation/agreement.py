"""How far two judgements of the same things agree."""

from collections import Counter
from collections.abc import Iterable


def agreement(pairs: Iterable[tuple[str, str]]) -> tuple[int, float | None, float | None]:
    """How many pairs there are, the share that agrees, and Cohen's kappa: the same less what chance alone would give.

    Both are None without pairs; kappa also where one answer was all that either side gave, since chance explains it.
    """
    all_pairs = list(pairs)
    n = len(all_pairs)
    if not n:
        return 0, None, None
    observed = sum(first == second for first, second in all_pairs) / n
    firsts, seconds = Counter(first for first, _ in all_pairs), Counter(second for _, second in all_pairs)
    expected = sum(firsts[answer] * seconds[answer] for answer in firsts) / n**2
    return n, observed, None if expected == 1 else (observed - expected) / (1 - expected)
