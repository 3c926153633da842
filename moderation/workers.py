"""Which moderation workers are there, and how their classifiers do."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from moderation.database import Connection

# A worker that has not reported for this long is taken to be gone.
SEEN_WITHIN_S = 60.0


class WorkerState(StrEnum):
    """Whether a worker can judge."""

    READY = "ready"
    UNAVAILABLE = "unavailable"


@dataclass(frozen=True, slots=True)
class Worker:
    """What a worker last said of itself; `classifier` is None while it has none."""

    name: str
    classifier: str | None
    state: WorkerState
    detail: str
    seen_at: datetime


async def report(
    conn: Connection, name: str, classifier: str | None, state: WorkerState, detail: str = ""
) -> None:
    """Say that the worker `name` is there; to be said more often than every SEEN_WITHIN_S seconds."""
    await conn.execute(
        """INSERT INTO workers (name, classifier, state, detail) VALUES ($1, $2, $3, $4)
           ON CONFLICT ON CONSTRAINT workers_pkey DO UPDATE
           SET classifier = excluded.classifier, state = excluded.state, detail = excluded.detail, seen_at = now()""",
        name,
        classifier,
        state,
        detail,
    )
    await conn.execute("DELETE FROM workers WHERE seen_at < now() - interval '1 day'")


async def leave(conn: Connection, name: str) -> None:
    """Say that the worker `name` has ended."""
    await conn.execute("DELETE FROM workers WHERE name = $1", name)


async def states(conn: Connection) -> list[Worker]:
    """The workers seen in the last SEEN_WITHIN_S seconds, those that are ready first."""
    rows = await conn.fetch(
        """SELECT name, classifier, state, detail, seen_at FROM workers
           WHERE seen_at > now() - make_interval(secs => $1) ORDER BY state = 'ready' DESC, name""",
        SEEN_WITHIN_S,
    )
    return [
        Worker(row["name"], row["classifier"], WorkerState(row["state"]), row["detail"], row["seen_at"])
        for row in rows
    ]
