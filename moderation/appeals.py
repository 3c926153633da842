"""What an appeal does to decisions: while it is open only it moves its comment, and those it is against never judge it.

Called by decisions.py and sanctions.py, the writers of what is appealed, which hold the locks on comments and readers.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from moderation.statuses import Actor, Status

if TYPE_CHECKING:
    import asyncpg

    from moderation.database import Connection
    from moderation.decisions import Draft

# An appeal may be made for so long after the decision, and ought to be decided within so many days.
WINDOW = "6 months"
DUE_DAYS = 7


class AppealState(StrEnum):
    """Where an appeal stands."""

    OPEN = "open"
    # What was decided was wrong.
    OVERTURNED = "overturned"
    # What was decided stands.
    UPHELD = "upheld"
    # What it was about is gone: its author deleted it.
    WITHDRAWN = "withdrawn"


class Hindrance(StrEnum):
    """What keeps somebody from deciding: an appeal, or a colleague whose turn it is."""

    # It is decided there, and nowhere else.
    UNDER_APPEAL = "under_appeal"
    # They had a part in what is, or was, appealed.
    NOT_IMPARTIAL = "not_impartial"
    # It has been decided, or what was decided on it has been taken back already.
    DECIDED = "decided"
    # Not an appeal but where its item stands (stages.py): it waits for a lead, or for a second person, or they are the first.
    ESCALATED = "escalated"
    NEEDS_SECOND = "needs_second"
    PROPOSED_IT = "proposed_it"


@dataclass(frozen=True, slots=True)
class Appeal:
    """An appeal, as far as it bears on who may decide what."""

    id: int
    state: AppealState
    outcome_id: int | None
    barred: frozenset[int]


_APPEAL = "SELECT site_id, comment_id, id, state, outcome_id, barred FROM appeals"


async def on_comments(
    conn: Connection, drafts: Sequence[Draft]
) -> Mapping[tuple[int, int], Sequence[Appeal]]:
    """All appeals that these drafts' comments have had, by site and comment; the caller has locked the comments.

    What is pending has had no decision to appeal, so that the way of a new comment costs nothing.
    """
    judged = [draft for draft in drafts if draft.from_status is not Status.PENDING]
    found: defaultdict[tuple[int, int], list[Appeal]] = defaultdict(list)
    if judged:
        rows = await conn.fetch(
            f"""{_APPEAL} WHERE (site_id, comment_id) IN (SELECT * FROM unnest($1::bigint[], $2::bigint[]))
                ORDER BY id""",
            [draft.site_id for draft in judged],
            [draft.comment_id for draft in judged],
        )
        for row in rows:
            found[row["site_id"], row["comment_id"]].append(_appeal(row))
    return found


async def on_sanction(conn: Connection, site_id: int, reader_id: int) -> Sequence[Appeal]:
    """The appeals that bear on a reader's sanction: the open one, or one that had the last word; the caller has locked the reader."""
    rows = await conn.fetch(
        f"""{_APPEAL} WHERE site_id = $1 AND reader_id = $2 AND sanction_id IS NOT NULL AND (state = 'open' OR outcome_id = (
                SELECT max(id) FROM sanctions WHERE site_id = $1 AND reader_id = $2)) ORDER BY id""",
        site_id,
        reader_id,
    )
    return [_appeal(row) for row in rows]


def _appeal(row: asyncpg.Record) -> Appeal:
    return Appeal(row["id"], AppealState(row["state"]), row["outcome_id"], frozenset(row["barred"]))


def hindrance(
    appeals: Sequence[Appeal],
    actor: Actor,
    *,
    staff_id: int | None = None,
    appeal_id: int | None = None,
    undoes: int | None = None,
) -> Hindrance | None:
    """Why a decision may not be made, given the appeals on what it is about; None if it may.

    Nothing keeps an author from deleting, or the law from erasing. Whoever had a part in what was appealed decides
    nothing more on it, whatever became of the appeal: else a second decision would do what the first may not.
    """
    if actor in (Actor.AUTHOR, Actor.SYSTEM):
        return None
    if any(staff_id in appeal.barred for appeal in appeals):
        return Hindrance.NOT_IMPARTIAL
    open_id = next((appeal.id for appeal in appeals if appeal.state is AppealState.OPEN), None)
    if appeal_id is None:
        return Hindrance.UNDER_APPEAL if open_id is not None else None
    if undoes is not None:
        last = any(appeal.id == appeal_id and appeal.outcome_id == undoes for appeal in appeals)
        return None if last and open_id is None else Hindrance.DECIDED
    return None if appeal_id == open_id and actor is Actor.STAFF else Hindrance.DECIDED


def verdict(before: Status, after: Status) -> AppealState:
    """What a decision on an appeal says of the one before: overturned if the comment is up now and was not, or the reverse."""
    flipped = (before is Status.PUBLISHED) is not (after is Status.PUBLISHED)
    return AppealState.OVERTURNED if flipped else AppealState.UPHELD


async def follow(
    conn: Connection,
    drafts: Sequence[Draft],
    decision_ids: Sequence[int],
    appeals: Mapping[tuple[int, int], Sequence[Appeal]],
) -> None:
    """What decisions that were made do to the appeals on their comments."""
    for draft, decision_id in zip(drafts, decision_ids, strict=True):
        known = appeals.get((draft.site_id, draft.comment_id), ())
        if not known:
            continue
        if draft.appeal_id is not None and draft.undoes is not None:
            await reopen(conn, draft.site_id, draft.appeal_id, comment_id=draft.comment_id)
        elif draft.appeal_id is not None:
            state = verdict(draft.from_status, draft.to_status)
            await close(conn, draft.site_id, draft.appeal_id, state, draft.staff_id, decision_id)
        elif draft.to_status in (Status.DELETED, Status.ERASED):
            for appeal in known:
                if appeal.state is AppealState.OPEN:
                    await close(conn, draft.site_id, appeal.id, AppealState.WITHDRAWN, None, decision_id)
            if draft.to_status is Status.ERASED:
                await conn.execute(
                    """UPDATE appeals SET body = CASE WHEN body IS NOT NULL THEN '' END
                       WHERE site_id = $1 AND comment_id = $2""",
                    draft.site_id,
                    draft.comment_id,
                )


async def close(
    conn: Connection,
    site_id: int,
    appeal_id: int,
    state: AppealState,
    judge_id: int | None,
    outcome_id: int,
) -> None:
    """End an open appeal: it leaves the queue, and the tickets that were handed over as it are resolved."""
    await conn.execute(
        """WITH done AS (DELETE FROM queue WHERE site_id = $1 AND appeal_id = $2 AND lane = 'appeal')
           UPDATE appeals SET state = $3, judge_id = $4, outcome_id = $5, decided_at = now()
           WHERE site_id = $1 AND id = $2""",
        site_id,
        appeal_id,
        state,
        judge_id,
        outcome_id,
    )
    await _move_tickets(conn, site_id, appeal_id, "handed_over", "resolved")


async def reopen(conn: Connection, site_id: int, appeal_id: int, *, comment_id: int | None) -> None:
    """What was decided on an appeal was taken back: it is before people again, with the deadline that it had."""
    await conn.execute(
        """UPDATE appeals SET state = 'open', judge_id = NULL, outcome_id = NULL, decided_at = NULL
           WHERE site_id = $1 AND id = $2""",
        site_id,
        appeal_id,
    )
    await enqueue(conn, site_id, appeal_id, comment_id=comment_id)
    await _move_tickets(conn, site_id, appeal_id, "resolved", "handed_over")


async def enqueue(conn: Connection, site_id: int, appeal_id: int, *, comment_id: int | None) -> None:
    """Put an appeal before people. Its comment waits there and nowhere else."""
    await conn.execute(
        "DELETE FROM queue WHERE site_id = $1 AND comment_id = $2 AND lane = 'review'", site_id, comment_id
    )
    await conn.execute(
        "INSERT INTO queue (site_id, appeal_id, lane) VALUES ($1, $2, 'appeal')", site_id, appeal_id
    )


async def _move_tickets(conn: Connection, site_id: int, appeal_id: int, before: str, after: str) -> None:
    """Let the tickets that became an appeal mirror it. Both moves are the system's in the tickets' own table."""
    await conn.execute(
        """WITH moved AS (
               UPDATE tickets SET state = $4, updated_at = now(),
                   resolved_at = CASE WHEN $4 = 'resolved' THEN now() END
               WHERE site_id = $1 AND appeal_id = $2 AND state = $3 RETURNING id)
           INSERT INTO ticket_steps (site_id, ticket_id, from_state, to_state, actor)
           SELECT $1, id, $3, $4, 'system' FROM moved""",
        site_id,
        appeal_id,
        before,
        after,
    )
