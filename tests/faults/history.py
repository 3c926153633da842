"""What writers did and what they were told: the history that the checker holds against the database."""

import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import StrEnum


class Outcome(StrEnum):
    """What a writer knows of a write: stored, refused, or nothing, since no answer came."""

    OK = "ok"
    FAIL = "fail"
    UNKNOWN = "unknown"


@dataclass(slots=True)
class Write:
    """A comment that a writer wants stored once, however often it has to ask."""

    # Its place in the history.
    number: int
    reader_id: int
    body: str
    key: str = field(default_factory=lambda: str(uuid.uuid4()))
    # Requests begun, requests whose last byte has left, and the comments that answers of 201 named.
    attempts: int = 0
    sent: int = 0
    ids: list[int] = field(default_factory=list)
    outcome: Outcome = Outcome.UNKNOWN


class History:
    """All writes of a test, in the order of their invocation."""

    def __init__(self) -> None:
        self.writes: list[Write] = []

    def invoke(self, reader_id: int, body: str) -> Write:
        """Note that a write begins."""
        write = Write(len(self.writes), reader_id, body)
        self.writes.append(write)
        return write

    def of(self, outcome: Outcome) -> Iterator[Write]:
        """The writes that ended so."""
        return (write for write in self.writes if write.outcome is outcome)
