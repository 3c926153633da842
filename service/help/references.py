"""References that readers quote, such as PX-7F3K-9Q2M: easy to read out, and a slip of the pen is noticed.

31 characters without 0, 1, I, L and O; the last is a check: the sum weighted by place, modulo the prime 31, finds every
single wrong character and every two that changed places.
"""

_ALPHABET = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
_PRIME = 31
_LENGTH = 8
_PREFIX = "PX"


def make_reference(number: int) -> str:
    """The reference of a number; they repeat after 31 to the 7th, 27 thousand million."""
    places = []
    for _ in range(_LENGTH - 1):
        number, digit = divmod(number, _PRIME)
        places.append(digit)
    text = "".join(_ALPHABET[digit] for digit in [*places, _check(places)])
    return f"{_PREFIX}-{text[:4]}-{text[4:]}"


def parse_reference(text: str) -> str | None:
    """The reference that somebody typed, in any case and with or without dashes; None if it cannot be one."""
    plain = "".join(text.upper().split()).replace("-", "")
    if len(plain) != len(_PREFIX) + _LENGTH or not plain.startswith(_PREFIX):
        return None
    code = plain[len(_PREFIX) :]
    if any(char not in _ALPHABET for char in code):
        return None
    *places, check = (_ALPHABET.index(char) for char in code)
    return f"{_PREFIX}-{code[:4]}-{code[4:]}" if check == _check(places) else None


def _check(places: list[int]) -> int:
    return -sum(weight * digit for weight, digit in enumerate(places, start=2)) % _PRIME
