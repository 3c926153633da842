"""How people write a word to get it past a list: to try a list out. Whether each is caught says folding, not this page."""

from collections.abc import Mapping

_LEET = str.maketrans("aeiost", "431057")
_LOOKALIKES = str.maketrans("aceiopsxy", "асеіорѕху")
_WIDE = {code: code + 0xFEE0 for code in range(0x21, 0x7F)}
_ZERO_WIDTH = "\u200b"
MOST_WORDS = 20


def variants(word: str) -> Mapping[str, str]:
    """By the name of the trick: the word in disguise. Asterisks of a word list are left out."""
    plain = word.strip().strip("*")
    middle = len(plain) // 2
    return {
        "as it is": plain,
        "capitals": plain.upper(),
        "leetspeak": plain.lower().translate(_LEET),
        "look-alike letters": plain.lower().translate(_LOOKALIKES),
        "full-width letters": plain.translate(_WIDE),
        "invisible characters": _ZERO_WIDTH.join(plain),
        "spaced": " ".join(plain.replace(" ", "")),
        "dotted": ".".join(plain.replace(" ", "")),
        "stretched": plain[:middle] + plain[middle : middle + 1] * 4 + plain[middle + 1 :],
    }
