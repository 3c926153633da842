"""Where a ticket can stand, and the moves between: who may make which. One table; property tests walk it."""

from collections.abc import Mapping
from enum import StrEnum


class State(StrEnum):
    """Where a ticket stands."""

    RECEIVED = "received"
    # The reader's browser named a cause.
    DIAGNOSED = "diagnosed"
    SELF_SOLVED = "self_solved"
    OPEN = "open"
    WAITING_READER = "waiting_reader"
    IN_PROGRESS = "in_progress"
    RESOLVED = "resolved"
    CLOSED = "closed"
    # Another ticket goes on in its place.
    MERGED = "merged"
    # One of many about an incident.
    LINKED = "linked"
    # Became an appeal in the moderation queue.
    HANDED_OVER = "handed_over"
    SPAM = "spam"


class Actor(StrEnum):
    """Who moves a ticket."""

    READER = "reader"
    STAFF = "staff"
    SYSTEM = "system"


# A reader may open a ticket again for so long after it was resolved; then the system closes it.
REOPEN_DAYS = 14

_STAFF = frozenset({Actor.STAFF})
_READER = frozenset({Actor.READER})
_SYSTEM = frozenset({Actor.SYSTEM})
_ANY = frozenset(Actor)
# What may become of a ticket that is being dealt with, at any time.
_LIVE: Mapping[State, frozenset[Actor]] = {
    State.WAITING_READER: _STAFF,
    State.IN_PROGRESS: _STAFF | _READER,
    State.RESOLVED: _STAFF | _SYSTEM | _READER,
    State.CLOSED: _STAFF,
    State.MERGED: _STAFF,
    State.LINKED: _STAFF | _SYSTEM,
    State.HANDED_OVER: _STAFF | _READER,
    State.SPAM: _STAFF,
}
_NEW = {**_LIVE, State.OPEN: _ANY, State.SELF_SOLVED: _READER, State.IN_PROGRESS: _STAFF}
_SIDE = {State.OPEN: _STAFF}

_TABLE: Mapping[State, Mapping[State, frozenset[Actor]]] = {
    State.RECEIVED: {**_NEW, State.DIAGNOSED: _SYSTEM},
    State.DIAGNOSED: _NEW,
    State.SELF_SOLVED: {State.OPEN: _READER | _STAFF, State.CLOSED: _STAFF | _SYSTEM},
    State.OPEN: {**_LIVE, State.IN_PROGRESS: _STAFF},
    State.WAITING_READER: {**_LIVE, State.OPEN: _STAFF},
    State.IN_PROGRESS: {**_LIVE, State.OPEN: _STAFF},
    State.RESOLVED: {
        State.OPEN: _READER | _STAFF,
        State.WAITING_READER: _STAFF,
        State.IN_PROGRESS: _STAFF,
        State.CLOSED: _STAFF | _SYSTEM,
        State.SPAM: _STAFF,
        # What was decided on its appeal was taken back.
        State.HANDED_OVER: _SYSTEM,
    },
    State.CLOSED: _SIDE,
    State.MERGED: _SIDE,
    State.LINKED: {**_SIDE, State.WAITING_READER: _STAFF, State.RESOLVED: _STAFF | _SYSTEM | _READER},
    State.HANDED_OVER: {**_SIDE, State.WAITING_READER: _STAFF, State.RESOLVED: _STAFF | _SYSTEM},
    State.SPAM: _SIDE,
}
MOVES: Mapping[State, Mapping[State, frozenset[Actor]]] = {
    before: {after: who for after, who in moves.items() if after is not before}
    for before, moves in _TABLE.items()
}


def may_move(before: State, after: State, actor: Actor) -> bool:
    """True when `actor` may take a ticket from `before` to `after`."""
    return actor in MOVES[before].get(after, ())


# Those that wait for staff, and those that are not done.
WAITING = (State.RECEIVED, State.DIAGNOSED, State.OPEN, State.IN_PROGRESS)
ACTIVE = (*WAITING, State.WAITING_READER, State.LINKED, State.HANDED_OVER)
# A reader writes back on these without changing where they stand.
_UNMOVED = frozenset(
    {State.RECEIVED, State.DIAGNOSED, State.LINKED, State.HANDED_OVER, State.OPEN, State.SPAM}
)


def after_writing_back(state: State) -> State | None:
    """Where a ticket stands when its reader has written back; None where it is too late for that."""
    if state in _UNMOVED or state is State.IN_PROGRESS:
        return state
    if state is State.WAITING_READER:
        return State.IN_PROGRESS
    return State.OPEN if may_move(state, State.OPEN, Actor.READER) else None


def after_solving(state: State) -> State | None:
    """Where a ticket stands when its reader says that the trouble is over; None where that changes nothing."""
    for target in (State.SELF_SOLVED, State.RESOLVED):
        if may_move(state, target, Actor.READER):
            return target
    return None
