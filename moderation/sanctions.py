"""The one writer of a reader's sanction: each change is one row of an append-only log, with who made it and why."""

from dataclasses import dataclass
from datetime import datetime

from moderation import appeals
from moderation.appeals import AppealState, Hindrance
from moderation.database import Connection
from moderation.policy import Sanction
from moderation.reasons import ReasonCode
from moderation.statuses import Actor


class HinderedError(Exception):
    """An appeal keeps the sanction as it is, or somebody from deciding on it."""

    def __init__(self, hindrance: Hindrance) -> None:
        super().__init__(hindrance)
        self.hindrance = hindrance


@dataclass(frozen=True, slots=True)
class Change:
    """A sanction to be laid on a reader, or lifted (Sanction.NONE)."""

    site_id: int
    reader_id: int
    sanction: Sanction
    until: datetime | None = None
    actor: Actor = Actor.STAFF
    staff_id: int | None = None
    reason: ReasonCode | None = None
    note: str | None = None
    undoes: int | None = None
    appeal_id: int | None = None
    idempotency_key: str | None = None


@dataclass(frozen=True, slots=True)
class InForce:
    """The sanction that a reader is under, by its row of the log."""

    id: int
    sanction: Sanction
    until: datetime | None


async def lock(conn: Connection, site_id: int, reader_id: int) -> Sanction | None:
    """Lock a reader until the transaction ends; the sanction as it is written down, None if there is no such reader."""
    sanction = await conn.fetchval(
        "SELECT sanction FROM readers WHERE site_id = $1 AND id = $2 FOR NO KEY UPDATE", site_id, reader_id
    )
    return Sanction(sanction) if sanction else None


async def change(conn: Connection, new: Change) -> int | None:
    """Lay on or lift a sanction, in the caller's transaction; the id of the log's row, None if there is no such reader.

    Raises HinderedError where an appeal stands against it.
    """
    before = await lock(conn, new.site_id, new.reader_id)
    if before is None:
        return None
    known = await appeals.on_sanction(conn, new.site_id, new.reader_id)
    hindered = appeals.hindrance(
        known, new.actor, staff_id=new.staff_id, appeal_id=new.appeal_id, undoes=new.undoes
    )
    if hindered is not None:
        raise HinderedError(hindered)
    id_ = await _write(conn, new, before)
    if new.appeal_id is not None and new.undoes is not None:
        await appeals.reopen(conn, new.site_id, new.appeal_id, comment_id=None)
    elif new.appeal_id is not None:
        state = AppealState.OVERTURNED if new.sanction is Sanction.NONE else AppealState.UPHELD
        await appeals.close(conn, new.site_id, new.appeal_id, state, new.staff_id, id_)
    return id_


async def _write(conn: Connection, new: Change, before: Sanction) -> int:
    id_: int = await conn.fetchval(
        """WITH reader AS (UPDATE readers SET sanction = $4, sanctioned_until = $5 WHERE site_id = $1 AND id = $2)
           INSERT INTO sanctions (site_id, reader_id, from_sanction, to_sanction, until, actor, staff_id, reason, note,
                                  undoes, appeal_id, idempotency_key)
           VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12) RETURNING id""",
        new.site_id,
        new.reader_id,
        before,
        new.sanction,
        new.until,
        new.actor,
        new.staff_id,
        new.reason,
        new.note,
        new.undoes,
        new.appeal_id,
        new.idempotency_key,
    )
    return id_


async def in_force(conn: Connection, site_id: int, reader_id: int) -> InForce | None:
    """What a reader is under now; the caller has locked the reader.

    A sanction that an operator set by hand, in the database, has no row yet, and gets one, nobody's.
    """
    row = await conn.fetchrow(
        """SELECT w.sanction, w.sanctioned_until, s.id, s.to_sanction, s.until FROM readers w
           LEFT JOIN LATERAL (SELECT * FROM sanctions WHERE site_id = $1 AND reader_id = $2 ORDER BY id DESC LIMIT 1) s ON true
           WHERE w.site_id = $1 AND w.id = $2 AND w.sanction <> 'none' AND (w.sanctioned_until > now() OR w.sanctioned_until IS NULL)""",
        site_id,
        reader_id,
    )
    if row is None:
        return None
    now = (row["sanction"], row["sanctioned_until"])
    sanction = Sanction(row["sanction"])
    if now == (row["to_sanction"], row["until"]):
        return InForce(row["id"], sanction, row["until"])
    by_hand = Change(site_id, reader_id, sanction, row["sanctioned_until"], Actor.SYSTEM)
    return InForce(await _write(conn, by_hand, Sanction.NONE), sanction, row["sanctioned_until"])
