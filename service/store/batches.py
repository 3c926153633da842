"""Acts on many comments, all of a reader's or those that were picked: each goes on a bounded step at a time, and knows how far."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import asyncpg

from moderation.database import Connection
from moderation.leases import claimant
from moderation.statuses import Status

# Comments that one step decides on, in one transaction; each step of an undoing makes a transaction a comment.
STEP = 100
UNDO_STEP = 25
_TOP = 2**63 - 1
_OPEN = "status IN ('pending', 'published', 'held')"


@dataclass(frozen=True, slots=True)
class Batch:
    """Such an act; `state` is doing, done, undoing or undone."""

    id: int
    staff_id: int
    # None for comments that were picked in the queue.
    reader_id: int | None
    action: str
    reason: str | None
    note: str | None
    state: str
    total: int
    decided: int
    skipped: int
    # Of those skipped: what somebody else had decided, and what was before somebody else.
    overtaken: int
    claimed: int
    taken_back: int
    reached: int
    created_at: datetime


@dataclass(frozen=True, slots=True)
class Target:
    """A comment to be decided on; `held_by_other` while a colleague has it before them, `overtaken` once one has decided."""

    id: int
    revision: int
    status: Status
    held_by_other: bool
    overtaken: bool


_FIELDS = (
    "id, staff_id, reader_id, action, reason, note, state, total, decided, skipped, overtaken, claimed, taken_back, reached, "
    "created_at"
)


def _batch(row: asyncpg.Record | None) -> Batch | None:
    return Batch(**dict(row)) if row else None


async def begin(
    conn: Connection,
    site_id: int,
    reader_id: int,
    staff_id: int,
    *,
    reason: str,
    note: str | None,
    key: str | None,
) -> Batch | None:
    """A new act on what a reader has written so far; None if there is no such reader. The same key finds what it made."""
    row = await conn.fetchrow(
        f"""WITH made AS (
                INSERT INTO batches (site_id, staff_id, reader_id, reason, note, total, reached, idempotency_key)
                SELECT $1, $3, w.id, $4, $5, n.total, n.top + 1, $6 FROM readers w
                CROSS JOIN LATERAL (SELECT count(*) AS total, coalesce(max(id), 0) AS top FROM comments
                                    WHERE site_id = $1 AND reader_id = w.id AND {_OPEN}) n
                WHERE w.site_id = $1 AND w.id = $2
                ON CONFLICT ON CONSTRAINT batches_idempotency_unique DO NOTHING RETURNING {_FIELDS})
            SELECT {_FIELDS} FROM made UNION ALL
            SELECT {_FIELDS} FROM batches WHERE site_id = $1 AND staff_id = $3 AND idempotency_key = $6""",
        site_id,
        reader_id,
        staff_id,
        reason,
        note,
        key,
    )
    return _batch(row)


async def lock(conn: Connection, site_id: int, batch_id: int) -> Batch | None:
    """An act, locked until the transaction ends."""
    return _batch(
        await conn.fetchrow(
            f"SELECT {_FIELDS} FROM batches WHERE site_id = $1 AND id = $2 FOR UPDATE", site_id, batch_id
        )
    )


async def targets(conn: Connection, site_id: int, batch: Batch, staff_id: int) -> list[Target]:
    """The next comments to be decided on, the newest first."""
    if batch.reader_id is None:
        return await _picked(conn, site_id, batch, staff_id)
    rows = await conn.fetch(
        f"""SELECT c.id, c.revision, c.status, EXISTS (
                SELECT FROM queue q WHERE q.site_id = $1 AND q.comment_id = c.id AND q.lane = 'review'
                AND q.ready_at > now() AND q.claimed_by IS NOT NULL AND q.claimed_by <> $4) AS held
            FROM comments c WHERE c.site_id = $1 AND c.reader_id = $2 AND c.id < $3 AND {_OPEN}
            ORDER BY c.id DESC LIMIT {STEP}""",
        site_id,
        batch.reader_id,
        batch.reached,
        claimant(staff_id),
    )
    return [
        Target(row["id"], row["revision"], Status(row["status"]), row["held"], overtaken=False)
        for row in rows
    ]


async def _picked(conn: Connection, site_id: int, batch: Batch, staff_id: int) -> list[Target]:
    """As each was when it was picked: what has left the queue since, or is not as it was, was decided by somebody else."""
    rows = await conn.fetch(
        f"""SELECT p.id, p.revision, p.status, q.id IS NULL OR (c.revision, c.status) <> (p.revision, p.status) AS overtaken,
                   coalesce(q.ready_at > now() AND q.claimed_by <> $4, false) AS held
            FROM (SELECT unnest(comment_ids) AS id, unnest(revisions) AS revision, unnest(statuses) AS status
                  FROM batches WHERE site_id = $1 AND id = $2) p
            JOIN comments c ON c.site_id = $1 AND c.id = p.id
            LEFT JOIN queue q ON q.site_id = $1 AND q.comment_id = p.id AND q.lane = 'review'
            WHERE p.id < $3 ORDER BY p.id DESC LIMIT {STEP}""",
        site_id,
        batch.id,
        batch.reached,
        claimant(staff_id),
    )
    return [
        Target(row["id"], row["revision"], Status(row["status"]), row["held"], row["overtaken"])
        for row in rows
    ]


async def went_on(
    conn: Connection,
    site_id: int,
    batch_id: int,
    *,
    decided: int,
    skipped: int,
    overtaken: int,
    claimed: int,
    reached: int | None,
) -> None:
    """Note what a step did; `reached` None: there was nothing left."""
    await conn.execute(
        """UPDATE batches SET decided = decided + $3, skipped = skipped + $4, reached = coalesce($5, reached),
               overtaken = overtaken + $6, claimed = claimed + $7,
               state = CASE WHEN $5::bigint IS NULL THEN 'done' ELSE state END WHERE site_id = $1 AND id = $2""",
        site_id,
        batch_id,
        decided,
        skipped,
        reached,
        overtaken,
        claimed,
    )


async def begin_undoing(conn: Connection, site_id: int, batch_id: int, staff_id: int) -> None:
    """From here on only what was decided is taken back."""
    await conn.execute(
        """UPDATE batches SET state = 'undoing', reached = $3, undone_at = now(), undone_by = $4
           WHERE site_id = $1 AND id = $2 AND state IN ('doing', 'done')""",
        site_id,
        batch_id,
        _TOP,
        staff_id,
    )


async def made(conn: Connection, site_id: int, batch: Batch) -> Sequence[int]:
    """The next decisions of the act to be taken back, the newest first."""
    rows = await conn.fetch(
        f"""SELECT id FROM decisions WHERE site_id = $1 AND batch_id = $2 AND id < $3
            ORDER BY id DESC LIMIT {UNDO_STEP}""",
        site_id,
        batch.id,
        batch.reached,
    )
    return [row["id"] for row in rows]


async def went_back(
    conn: Connection, site_id: int, batch_id: int, *, taken_back: int, reached: int | None
) -> None:
    """Note what a step of the undoing did; `reached` None: there was nothing left."""
    await conn.execute(
        """UPDATE batches SET taken_back = taken_back + $3, reached = coalesce($4, reached),
               state = CASE WHEN $4::bigint IS NULL THEN 'undone' ELSE state END WHERE site_id = $1 AND id = $2""",
        site_id,
        batch_id,
        taken_back,
        reached,
    )
