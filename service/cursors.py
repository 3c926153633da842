"""Cursors: where a list goes on. Opaque to clients, checked when they come back."""

from collections.abc import Sequence

from service.problems import Problem
from service.store.threads import Row, Sort

_MAX = 2**63 - 1


def encode(*numbers: int) -> str:
    """A cursor for a place in a list, told by one or two numbers."""
    return ".".join(str(number) for number in numbers)


def decode(cursor: str | None, count: int) -> tuple[int, ...] | None:
    """The numbers in a cursor, None for the start; raises Problem `malformed` if it is not one of ours."""
    if not cursor:
        return None
    parts = cursor.split(".")
    try:
        numbers = tuple(int(part) for part in parts) if cursor.isascii() and len(cursor) < 64 else ()
    except ValueError:
        numbers = ()
    if len(numbers) != count or any(abs(number) > _MAX for number in numbers):
        raise Problem("malformed", "The cursor is not one that this list gave.")
    return numbers


def following(rows: Sequence[Row], limit: int, sort: Sort) -> str | None:
    """The cursor of the page after the first `limit` of these roots; None where there are no more."""
    if len(rows) <= limit:
        return None
    last = rows[limit - 1]
    return encode(last.id) if sort.numbers == 1 else encode(last.key, last.id)
