"""What one character stands for when somebody dodges a word list: invisible, accented, look-alike, pictured.

Only the letters that a reader takes for Latin ones are listed; everything that Unicode itself can answer (compatibility
forms, marks, names of letters and pictures) is derived from the standard library's tables.
"""

from __future__ import annotations

import re
import unicodedata

_SAME = "аa еe оo рp сc уy хx іi ѕs јj ԁd һh ԛq ԝw ӏl ѵv кk мm тt вb нh ьb ԍg үy ҽe αa εe ιi κk νv οo ρp τt υu χx оo օo սu ոn հh ցg ⲟo ⲥc ⲣp"
_NEAR = "бb гr дa зe иn йn лn пn шw щw яr цu фo ёe йn эe βb γy δo ηn ζz θo λl μm πn σo ςs ωw գq քp տs յj ғf қk ҳx ӡe әe"
_CHEROKEE = "Ꭺa Ᏼb Ꮯc Ꭰd Ꭼe Ꮐg Ꮋh Ꭵi Ꭻj Ꮶk Ꮮl Ꮇm Ꮲp Ꮢr Ꮪs Ꭲt Ꮩv Ꮃw Ꭹy Ꮓz"
SAME = {pair[0].lower(): pair[1] for pair in f"{_SAME} {_CHEROKEE}".split()}
"""Letters of other scripts that cannot be told from a Latin one: folded also where a word has nothing else in it."""
NEAR = SAME | {pair[0]: pair[1] for pair in _NEAR.split()}
"""These and the merely similar ones: folded in a word that is Latin otherwise, so that Russian stays Russian."""

_LETTER_NAME = re.compile(
    r"(?:^|\b)LATIN (?:CAPITAL |SMALL )?LETTER (?:SMALL CAPITAL |SIDEWAYS |TURNED )?([A-Z])(?: |$)"
)
_PICTURE_WORDS = re.compile(
    r"\b(?:sign|symbol|emoji|with|fitzpatrick|type|black|heavy|white|modifier)\b|[-,:]|\d"
)
_PICTURES = {
    "🔪": "knife", "🖕": "middle finger", "🐒": "monkey", "🐵": "monkey", "🐷": "pig", "🐖": "pig", "🐀": "rat",
    "🗑": "trash", "🚮": "trash", "🚯": "no litter", "💩": "shit", "🤮": "vomit", "🤢": "sick", "🤡": "clown",
    "♿": "disabled", "🏳": "white flag", "🌈": "rainbow", "✊": "fist", "👳": "man turban", "🧕": "woman hijab",
    "🏿": "black skin", "🏾": "black skin", "🏽": "brown skin", "🏼": "white skin", "🏻": "white skin",
}  # fmt: skip
_SYMBOL_LETTERS = {
    "€": "e",
    "£": "l",
    "¢": "c",
    "¥": "y",
    "ß": "ss",
    "æ": "ae",
    "œ": "oe",
    "ø": "o",
    "đ": "d",
    "ł": "l",
}
_DASHES_AND_QUOTES = str.maketrans("‐‑‒–—―−‘’‚‛′“”„‟″«»‹›", "-------'''''\"\"\"\"\"\"\"''")


def stand_in(char: str) -> str:
    """The lower-case text that stands for one non-ASCII character; empty for one that cannot be seen.

    Letters of other scripts come back as themselves, lower-cased and without marks: whether they are look-alikes is
    decided by the word around them.
    """
    if char in _PICTURES:
        return f" {_PICTURES[char]} "
    category = unicodedata.category(char)
    if category in {"Mn", "Me", "Cf", "Cn", "Co", "Cs"} or char in "\u3164\uffa0\u115f\u1160\u2800":
        return ""
    if category in {"Zs", "Zl", "Zp", "Cc"}:
        return " "
    if (plain := char.translate(_DASHES_AND_QUOTES)) != char:
        return plain
    return _SYMBOL_LETTERS.get(char.lower()) or _by_unicode(char, category)


def _by_unicode(char: str, category: str) -> str:
    decomposed = "".join(
        part for part in unicodedata.normalize("NFKD", char) if unicodedata.category(part) != "Mn"
    )
    lowered = decomposed.lower()
    if lowered.isascii():
        return lowered
    name = unicodedata.name(char, "")
    if letter := _LETTER_NAME.search(name):
        return letter.group(1).lower()
    if "REGIONAL INDICATOR" in name:
        return name[-1].lower()
    if category in {"So", "Sk"} and name:
        words = _PICTURE_WORDS.sub(" ", name.lower()).split()
        return f" {' '.join(words)} "
    return unicodedata.normalize("NFKC", lowered)
