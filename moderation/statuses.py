"""What a comment can be, and the moves between. One table; property tests walk it."""

from enum import StrEnum


class Status(StrEnum):
    """Where a comment stands."""

    PENDING = "pending"
    PUBLISHED = "published"
    HELD = "held"
    REJECTED = "rejected"
    DELETED = "deleted"
    ERASED = "erased"


class Actor(StrEnum):
    """Who made a decision."""

    MACHINE = "machine"
    STAFF = "staff"
    AUTHOR = "author"
    SYSTEM = "system"


class Lane(StrEnum):
    """Who takes an item from the queue: the classifier's worker, or people; an appeal, those whom it is not against."""

    SCORE = "score"
    REVIEW = "review"
    APPEAL = "appeal"


# A decision may also confirm a status (a newer revision stays up, a report is dismissed, a hold gets its scores), so
# published, held and rejected lead to themselves; nothing that is gone comes back.
_JUDGED = frozenset({Status.PUBLISHED, Status.HELD, Status.REJECTED})
_GONE = frozenset({Status.DELETED, Status.ERASED})
MOVES: dict[Status, frozenset[Status]] = {
    Status.PENDING: _JUDGED | _GONE,
    Status.PUBLISHED: _JUDGED | _GONE,
    Status.HELD: _JUDGED | _GONE,
    Status.REJECTED: _JUDGED | _GONE,
    Status.DELETED: frozenset({Status.ERASED}),
    Status.ERASED: frozenset(),
}


def is_legal(before: Status, after: Status) -> bool:
    """True when a decision may move a comment from `before` to `after`."""
    return after in MOVES[before]
