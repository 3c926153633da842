"""Display names: what is accepted, and the skeleton by which look-alikes are told."""

import re
import unicodedata

from moderation.confusables import NEAR, stand_in

MAX_NAME = 50
_MAX_MARKS = 3

_BLANK = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0")
_FORBIDDEN = re.compile(
    "[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u206f\ud800-\udfff\ufff9-\uffff]"
)
_LINK = re.compile(
    r"://|\bwww\.|[^\W_]\.(?:com|net|org|info|ru|cn|xyz|top|site|shop|online|io)\b", re.IGNORECASE
)
# Scripts whose letters pass for one another's; a word of two of them is a disguise.
_ALIKE_SCRIPTS = ("LATIN", "CYRILLIC", "GREEK", "ARMENIAN", "CHEROKEE", "COPTIC")
_RESERVED_WORDS = ("admin", "administrator", "moderator", "moderation")
_RESERVED_NAMES = ("mod", "staff", "editor", "support", "system", "anonymous", "deleted")

# Shapes that a reader takes for one another at the size of a by-line. Everything with one upright stroke is "i".
_LOOKS = str.maketrans("0134578@$!|lj€£¢¥", "oieastbasiiiielcy")
_PAIRS = (("rn", "m"), ("vv", "w"))
_DOUBLED = re.compile(r"(.)\1+")
# An exclamation mark is a stroke inside a word only.
_EXCLAIMED = re.compile(r"!+(?!\w)")


class NameRefused(Exception):
    """A name that cannot be shown; `code` is empty, too_long, characters, no_letters, mixed_scripts, link or reserved."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


def clean_name(raw: str, *, limit: int = MAX_NAME) -> str:
    """The name as it is stored and shown: NFKC, single spaces, nothing invisible, 1 to `limit` visible characters.

    Raises NameRefused.
    """
    if len(raw) > 20 * limit:
        raise _too_long(limit)
    if _FORBIDDEN.search(raw):
        raise NameRefused("characters", "The name contains characters that cannot be shown.")
    name = " ".join(_without_hidden(unicodedata.normalize("NFKC", raw)).split())
    visible = sum(not unicodedata.combining(char) for char in name)
    if not visible:
        raise NameRefused("empty", "Please enter a name.")
    if visible > limit:
        raise _too_long(limit)
    if not any(char.isalnum() for char in name):
        raise NameRefused("no_letters", "A name needs a letter or a digit.")
    if _stacked(name):
        raise NameRefused("characters", "There are too many accents on one letter of the name.")
    if _LINK.search(name):
        raise NameRefused("link", "A name cannot be a link.")
    if any(_is_mixed(word) for word in name.split()):
        raise NameRefused("mixed_scripts", "A word of the name mixes letters of different alphabets.")
    if _is_reserved(name):
        raise NameRefused("reserved", "This name is kept for the people who run the site.")
    return name


def skeleton(name: str) -> str:
    """What a name looks like: two names with the same skeleton are taken for each other by a passing reader.

    Coarser than the skeleton of Unicode's UTS 39 (section 4): accents, case, spaces, punctuation, doubled letters and
    digits that stand for letters are dropped too. Not for showing.
    """
    said = _EXCLAIMED.sub("", unicodedata.normalize("NFKC", name).casefold())
    letters = "".join(map(_letter, said.translate(_LOOKS)))
    shape = letters.translate(_LOOKS)
    for pair, single in _PAIRS:
        shape = shape.replace(pair, single)
    return _DOUBLED.sub(r"\1", shape)


def _letter(char: str) -> str:
    """The plain letter or digit that `char` passes for; empty for what is no letter."""
    if char.isascii():
        return char if char.isalnum() else ""
    if unicodedata.category(char) in {"Mn", "Mc"} and not _is_accent(char):
        return char
    plain = stand_in(char).strip()
    plain = plain if len(plain) <= 2 else ""
    return "".join(NEAR.get(part, part) for part in plain if part.isalnum())


def _is_accent(char: str) -> bool:
    """True for marks that decorate any letter; those of Indic scripts spell vowels."""
    return unicodedata.name(char, "").startswith(("COMBINING", "ENCLOSING", "VARIATION"))


def _without_hidden(name: str) -> str:
    """Drop format characters, but keep the joiners that spell words in Persian, Hindi, Sinhala and others."""
    kept: list[str] = []
    for at, char in enumerate(name):
        joins = (
            char in "\u200c\u200d"
            and 0 < at < len(name) - 1
            and _spells(name[at - 1])
            and _spells(name[at + 1])
        )
        if joins or not (char in _BLANK or unicodedata.category(char) in {"Cf", "Cn", "Co"}):
            kept.append(char)
    return "".join(kept)


def _spells(char: str) -> bool:
    return unicodedata.category(char) in {"Lo", "Mn", "Mc"} and char >= "\u0600"


def _stacked(name: str) -> bool:
    run = 0
    for char in name:
        run = run + 1 if unicodedata.category(char) in {"Mn", "Me"} else 0
        if run > _MAX_MARKS:
            return True
    return False


def _is_mixed(word: str) -> bool:
    scripts = {unicodedata.name(char, "").split(" ", 1)[0] for char in word if char.isalpha()}
    return len(scripts.intersection(_ALIKE_SCRIPTS)) > 1


def _is_reserved(name: str) -> bool:
    words = {skeleton(word) for word in re.split(r"[\W_]+", name)}
    return not words.isdisjoint(_RESERVED_WORD_SHAPES) or skeleton(name) in _RESERVED_SHAPES


def _too_long(limit: int) -> NameRefused:
    return NameRefused("too_long", f"A name has at most {limit} characters.")


_RESERVED_WORD_SHAPES = frozenset(map(skeleton, _RESERVED_WORDS))
_RESERVED_SHAPES = frozenset(map(skeleton, (*_RESERVED_WORDS, *_RESERVED_NAMES)))
