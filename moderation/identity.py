"""Words that name groups of people, to see whether a classifier takes the name for the insult."""

from __future__ import annotations

import re
from collections.abc import Iterator

GROUPS: dict[str, str] = {
    "women": r"wom[ae]n|girls?|females?|she|her",
    "men": r"m[ae]n|boys?|males?",
    "gay, lesbian, bisexual": r"gays?|lesbians?|bisexuals?|homosexuals?|lgbtq?|queer",
    "transgender": r"trans|transgender|nonbinary",
    "Muslim": r"muslims?|islam|islamic",
    "Jewish": r"jews?|jewish|judaism",
    "Christian": r"christians?|catholics?|protestants?",
    "other religion or none": r"hindus?|buddhists?|sikhs?|atheists?|taoists?",
    "black": r"blacks?|africans?",
    "white": r"whites?|europeans?",
    "Asian": r"asians?|chinese|japanese|indians?|koreans?",
    "Latino": r"latin[oax]s?|hispanics?|mexicans?",
    "Arab": r"arabs?|middle eastern",
    "migrants": r"immigrants?|migrants?|refugees?",
    "disabled": r"disabled|deaf|blind|paralyzed|autistic",
    "age": r"elderly|old|older|young|younger|teenagers?|millenials?",
}
_PATTERNS = {name: re.compile(rf"\b(?:{words})\b", re.IGNORECASE) for name, words in GROUPS.items()}


def groups_in(text: str) -> Iterator[str]:
    """The groups that a text names."""
    return (name for name, pattern in _PATTERNS.items() if pattern.search(text))
