"""Whom an item of the review queue waits for: anybody, a second person who confirms what the first proposed, or a lead.

An item changes its stage by a handover, one row of an append-only log, and leaves it by a decision. Whoever hands over
holds the lock on the comment, as deciders do (decisions.py), so that what is read here stands while they decide.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from moderation import urgency
from moderation.appeals import Hindrance
from moderation.reasons import Reason, dump_reasons
from moderation.statuses import Actor, Status

if TYPE_CHECKING:
    from moderation.database import Connection
    from moderation.decisions import Draft


class Stage(StrEnum):
    """Whom an item waits for."""

    FIRST = "first"
    SECOND = "second"
    LEAD = "lead"


class Move(StrEnum):
    """How an item is handed over."""

    ESCALATE = "escalate"
    HAND_BACK = "hand_back"
    PROPOSE = "propose"
    DISAGREE = "disagree"
    # Whoever handed it over takes that back, as long as nobody has done anything with it.
    WITHDRAW = "withdraw"


_TO: Mapping[Move, Stage] = {
    Move.ESCALATE: Stage.LEAD,
    Move.HAND_BACK: Stage.FIRST,
    Move.PROPOSE: Stage.SECOND,
    Move.DISAGREE: Stage.LEAD,
}
_FROM: Mapping[Move, frozenset[Stage]] = {
    Move.ESCALATE: frozenset({Stage.FIRST, Stage.SECOND}),
    Move.HAND_BACK: frozenset({Stage.LEAD}),
    Move.PROPOSE: frozenset({Stage.FIRST, Stage.LEAD}),
    Move.DISAGREE: frozenset({Stage.SECOND}),
}


@dataclass(frozen=True, slots=True)
class Waiting:
    """Where an item stands that does not wait for just anybody; `proposer` proposed what is, or was, to be confirmed."""

    stage: Stage
    handover_id: int
    by: int
    proposer: int | None


@dataclass(frozen=True, slots=True)
class Proposal:
    """What somebody wants to be done with a comment, and what it was when they did."""

    from_status: Status
    to_status: Status
    reasons: tuple[Reason, ...]
    note: str | None


class NotWaitingError(Exception):
    """The item does not stand where it could be handed over from."""


_WAITING = """
    SELECT q.site_id, q.comment_id, q.stage, q.handover_id, h.staff_id,
           (SELECT p.staff_id FROM handovers p WHERE p.site_id = q.site_id AND p.comment_id = q.comment_id AND p.id <= h.id
            AND p.action = 'propose' AND h.action IN ('propose', 'disagree') ORDER BY p.id DESC LIMIT 1) AS proposer
    FROM queue q JOIN handovers h ON h.site_id = q.site_id AND h.id = q.handover_id
    WHERE q.lane = 'review' AND q.stage <> 'first'"""


async def on_comments(conn: Connection, drafts: Sequence[Draft]) -> Mapping[tuple[int, int], Waiting]:
    """Where the items stand that staff want to decide on, by site and comment; those that wait for anybody are left out."""
    by_staff = [draft for draft in drafts if draft.actor is Actor.STAFF]
    if not by_staff:
        return {}
    rows = await conn.fetch(
        f"{_WAITING} AND (q.site_id, q.comment_id) IN (SELECT * FROM unnest($1::bigint[], $2::bigint[]))",
        [draft.site_id for draft in by_staff],
        [draft.comment_id for draft in by_staff],
    )
    return {
        (row["site_id"], row["comment_id"]): Waiting(
            Stage(row["stage"]), row["handover_id"], row["staff_id"], row["proposer"]
        )
        for row in rows
    }


async def leads(conn: Connection, drafts: Sequence[Draft]) -> frozenset[tuple[int, int]]:
    """Which of the people behind these drafts are leads or administrators: pairs of site and person."""
    rows = await conn.fetch(
        """SELECT site_id, staff_id FROM staff_roles WHERE (site_id, staff_id) IN (
               SELECT * FROM unnest($1::bigint[], $2::bigint[]))
           AND role IN ('lead', 'admin') AND disabled_at IS NULL""",
        [draft.site_id for draft in drafts],
        [draft.staff_id for draft in drafts],
    )
    return frozenset((row["site_id"], row["staff_id"]) for row in rows)


def hindrance(waiting: Waiting | None, draft: Draft, *, lead: bool) -> Hindrance | None:
    """Why a member of staff may not decide on an item that stands there; None if they may."""
    if waiting is None or draft.actor is not Actor.STAFF:
        return None
    if waiting.proposer is not None and waiting.proposer == draft.staff_id:
        return Hindrance.PROPOSED_IT
    if waiting.stage is Stage.LEAD:
        return None if lead else Hindrance.ESCALATED
    return None if lead or draft.confirms == waiting.handover_id else Hindrance.NEEDS_SECOND


async def hand_over(
    conn: Connection,
    site_id: int,
    comment_id: int,
    staff_id: int,
    move: Move,
    *,
    words: str | None = None,
    proposal: Proposal | None = None,
    key: str | None = None,
) -> int:
    """Hand an item over, in the caller's transaction; returns the handover's id.

    Claims of it end. What is not in the queue is put there if it is escalated or something is proposed about it. Raises
    NotWaitingError if it stands elsewhere; asyncpg's UniqueViolationError on `handovers_idempotency_unique` if the key was used.
    """
    item = await _lock(conn, site_id, comment_id)
    if item is None and move in (Move.ESCALATE, Move.PROPOSE):
        item = await _enqueue(conn, site_id, comment_id, proposal)
    if item is None or item.stage not in _FROM[move]:
        raise NotWaitingError
    id_: int = await conn.fetchval(
        """INSERT INTO handovers (site_id, comment_id, revision, staff_id, action, answers, words, from_status, to_status,
                                  reasons, note, idempotency_key)
           SELECT $1, $2, c.revision, $3, $4, $5, $6, $7, $8, $9::text::jsonb, $10, $11 FROM comments c
           WHERE c.site_id = $1 AND c.id = $2 RETURNING id""",
        site_id,
        comment_id,
        staff_id,
        move,
        item.handover_id,
        words,
        proposal.from_status if proposal else None,
        proposal.to_status if proposal else None,
        dump_reasons(proposal.reasons if proposal else ()),
        proposal.note if proposal else None,
        key,
    )
    await _put(conn, site_id, comment_id, _TO[move], id_)
    return id_


@dataclass(frozen=True, slots=True)
class _Item:
    stage: Stage
    handover_id: int | None


async def _lock(conn: Connection, site_id: int, comment_id: int) -> _Item | None:
    await conn.execute(
        "SELECT FROM comments WHERE site_id = $1 AND id = $2 FOR NO KEY UPDATE", site_id, comment_id
    )
    row = await conn.fetchrow(
        "SELECT stage, handover_id FROM queue WHERE site_id = $1 AND comment_id = $2 AND lane = 'review' FOR UPDATE",
        site_id,
        comment_id,
    )
    return _Item(Stage(row["stage"]), row["handover_id"]) if row else None


async def _enqueue(
    conn: Connection, site_id: int, comment_id: int, proposal: Proposal | None
) -> _Item | None:
    """Put what is up or was rejected before people; None if it is gone, on its way to the classifier, or under appeal."""
    row = await conn.fetchrow(
        """INSERT INTO queue (site_id, comment_id, lane, reasons)
           SELECT $1, $2, 'review', $3::text::jsonb FROM comments c WHERE c.site_id = $1 AND c.id = $2
           AND c.status IN ('published', 'rejected', 'held') AND NOT EXISTS (
               SELECT FROM appeals a WHERE a.site_id = $1 AND a.comment_id = $2 AND a.state = 'open')
           RETURNING id""",
        site_id,
        comment_id,
        dump_reasons(proposal.reasons if proposal else ()),
    )
    if row is None:
        return None
    await urgency.rank(conn, [(site_id, comment_id)])
    return _Item(Stage.FIRST, None)


async def _put(
    conn: Connection, site_id: int, comment_id: int, stage: Stage, handover_id: int | None
) -> None:
    await conn.execute(
        """UPDATE queue SET stage = $3, handover_id = $4, claimed_by = NULL, ready_at = now()
           WHERE site_id = $1 AND comment_id = $2 AND lane = 'review'""",
        site_id,
        comment_id,
        stage,
        None if stage is Stage.FIRST else handover_id,
    )


async def withdraw(conn: Connection, site_id: int, staff_id: int, handover_id: int) -> int:
    """Put an item back where it stood before a handover of one's own; returns its comment.

    Raises NotWaitingError if there is no such handover, or something has been done since.
    """
    row = await conn.fetchrow(
        "SELECT comment_id, action, answers FROM handovers WHERE site_id = $1 AND id = $2 AND staff_id = $3",
        site_id,
        handover_id,
        staff_id,
    )
    if row is None or row["action"] == Move.WITHDRAW:
        raise NotWaitingError
    comment_id: int = row["comment_id"]
    item = await _lock(conn, site_id, comment_id)
    done: bool = await conn.fetchval(
        """INSERT INTO handovers (site_id, comment_id, revision, staff_id, action, answers)
           SELECT $1, $2, h.revision, $3, 'withdraw', h.id FROM handovers h WHERE h.site_id = $1 AND h.id = $4
           AND NOT EXISTS (SELECT FROM handovers l WHERE l.site_id = $1 AND l.comment_id = $2 AND l.id > $4)
           RETURNING true""",
        site_id,
        comment_id,
        staff_id,
        handover_id,
    )
    if not done or item is None or item.stage is not _TO[Move(row["action"])]:
        raise NotWaitingError
    await _put_back(conn, site_id, comment_id, row["answers"])
    return comment_id


async def _put_back(conn: Connection, site_id: int, comment_id: int, before: int | None) -> None:
    """Where the handover `before` had put it; to anybody if there was none, or out of the queue if nothing else waits there."""
    if before is None:
        await _put(conn, site_id, comment_id, Stage.FIRST, None)
        await conn.execute(
            """DELETE FROM queue q USING comments c WHERE q.site_id = $1 AND q.comment_id = $2 AND q.lane = 'review'
               AND c.site_id = $1 AND c.id = $2 AND c.status <> 'held' AND NOT EXISTS (
                   SELECT FROM reports r WHERE r.site_id = $1 AND r.comment_id = $2 AND r.settled_by IS NULL)""",
            site_id,
            comment_id,
        )
        return
    action: str = await conn.fetchval(
        "SELECT action FROM handovers WHERE site_id = $1 AND id = $2", site_id, before
    )
    await _put(conn, site_id, comment_id, _TO[Move(action)], before)


async def restore(conn: Connection, site_id: int, comment_id: int, undone_id: int) -> None:
    """A decision was taken back: its item waits again for whom it did before, also where only a handover had put it there."""
    row = await conn.fetchrow(
        """SELECT h.id, h.action FROM decisions d JOIN handovers h ON h.site_id = $1 AND h.id = d.handover_id
           WHERE d.site_id = $1 AND d.id = $2""",
        site_id,
        undone_id,
    )
    if row is not None and (
        await _lock(conn, site_id, comment_id) or await _enqueue(conn, site_id, comment_id, None)
    ):
        await _put(conn, site_id, comment_id, _TO[Move(row["action"])], row["id"])


async def settle(conn: Connection, held: Sequence[Draft]) -> None:
    """Decisions that left items in the queue: what a person decided waits for anybody again, as does a proposal about an earlier text."""
    await conn.execute(
        """UPDATE queue q SET stage = 'first', handover_id = NULL
           FROM unnest($1::bigint[], $2::bigint[], $3::integer[], $4::boolean[]) AS d(site_id, comment_id, revision, by_staff)
           WHERE q.site_id = d.site_id AND q.comment_id = d.comment_id AND q.lane = 'review' AND q.stage <> 'first'
             AND (d.by_staff OR (q.stage = 'second' AND d.revision > (
                  SELECT h.revision FROM handovers h WHERE h.site_id = d.site_id AND h.id = q.handover_id)))""",
        [draft.site_id for draft in held],
        [draft.comment_id for draft in held],
        [draft.revision for draft in held],
        [draft.actor is Actor.STAFF for draft in held],
    )
