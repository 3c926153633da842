"""A person's decisions: made once, never over somebody else's, and taken back."""

from dataclasses import dataclass, replace

import asyncpg

from moderation import decisions, leases, review, stages
from moderation.database import Connection
from moderation.decisions import Decided, Draft, Stale, decide
from moderation.leases import Holder
from moderation.reasons import HOUSE_RULES, Reason, ReasonCode
from moderation.statuses import Actor, Lane, Status
from service.hindered import hindered
from service.problems import Problem, invalid
from service.staff import proposing
from service.staff.shapes import DecisionIn
from service.store import appeals, history
from service.store.history import Made

# What was taken back is looked at before what merely waits.
_UNDONE_PRIORITY = 50.0


@dataclass(frozen=True, slots=True)
class Proposed:
    """A decision that waits for a second person: the handover that proposes it."""

    handover_id: int
    comment_id: int


@dataclass(frozen=True, slots=True)
class Settled:
    """A decision by its id; `made` is None if an earlier call under the same key made it."""

    decision_id: int
    comment_id: int
    made: Decided | None


class _NotLatestError(Exception):
    """Another decision on the comment came after the one to be undone."""


async def settle(
    conn: Connection, site_id: int, comment_id: int, staff_id: int, body: DecisionIn, key: str | None
) -> Settled | Proposed:
    """Decide on a comment, or propose to if the site wants two for it; raises Problem `stale`, `claim_lost`, `key_reused`, `not_found` or `invalid`."""
    draft = Draft(
        site_id=site_id,
        comment_id=comment_id,
        revision=body.revision,
        from_status=Status(body.status),
        to_status=_TO[body.action],
        actor=Actor.STAFF,
        reasons=_reasons(body),
        staff_id=staff_id,
        note=body.note or None,
        idempotency_key=key,
    )
    repeated = await _made_before(conn, draft)
    if repeated is not None:
        return repeated
    proposed = await proposing.made_before(conn, draft)
    if proposed is not None:
        return Proposed(proposed, comment_id)
    await refuse_claimed(conn, site_id, comment_id, staff_id)
    if await proposing.needs_second(conn, draft):
        return Proposed(await proposing.propose(conn, draft), comment_id)
    return await _make(conn, draft)


async def refuse_claimed(conn: Connection, site_id: int, comment_id: int, staff_id: int) -> None:
    """Raise Problem `claim_lost` if somebody else has the comment before them."""
    claimed_by_another(await leases.holder(conn, Lane.REVIEW, site_id, comment_id), staff_id, "item")


def claimed_by_another(holder: Holder | None, staff_id: int, what: str) -> None:
    """Raise Problem `claim_lost` if somebody else has it."""
    if holder is not None and holder.staff_id != staff_id:
        raise Problem(
            "claim_lost",
            f"{holder.name} has this {what}.",
            claimed_by=holder.name,
            until=holder.until.isoformat(),
        )


async def make(conn: Connection, draft: Draft) -> Settled:
    """Make a decision that is thought through already; raises Problem as `settle`."""
    return await _made_before(conn, draft) or await _make(conn, draft)


async def _make(conn: Connection, draft: Draft) -> Settled:
    try:
        async with conn.transaction():
            if draft.to_status is Status.HELD:
                draft = await _as_it_waits(conn, draft)
            [outcome] = await decide(conn, [draft])
            if isinstance(outcome, Decided) and draft.to_status is Status.HELD and draft.staff_id is not None:
                await leases.release(conn, Lane.REVIEW, draft.site_id, draft.staff_id, [draft.comment_id])
    except asyncpg.UniqueViolationError as error:
        if error.constraint_name != "decisions_idempotency_unique":
            raise
        return await _repeat_or_refuse(conn, draft)
    return await _settled(conn, outcome, draft)


_TO = {"publish": Status.PUBLISHED, "reject": Status.REJECTED, "hold": Status.HELD}


def _reasons(body: DecisionIn) -> tuple[Reason, ...]:
    named = () if body.action != "reject" and body.reason is None else to_reject(body.reason)
    return (Reason(ReasonCode.WITHIN_RULES),) if body.action == "publish" else named


def to_reject(reason: str | None) -> tuple[Reason, ...]:
    """The rule of the house that a comment is rejected for; raises Problem `invalid`."""
    if reason is None:
        raise invalid([{"pointer": "/reason", "message": "A rejection needs a reason.", "code": "missing"}])
    if reason not in HOUSE_RULES:
        raise invalid([{"pointer": "/reason", "message": "There is no such reason.", "code": "unknown"}])
    return (Reason(ReasonCode(reason)),)


async def _as_it_waits(conn: Connection, draft: Draft) -> Draft:
    """Holding what is queued already keeps its place and the reasons why it is there."""
    stored = [
        Reason.from_json(reason)
        for reason in await history.reasons_to_hold(conn, draft.site_id, draft.comment_id)
    ]
    reasons = (*draft.reasons, *(reason for reason in stored if reason not in draft.reasons))
    priority = await history.priority(conn, draft.site_id, draft.comment_id)
    return replace(draft, reasons=reasons, priority=max(priority, draft.priority))


async def undo(conn: Connection, site_id: int, decision_id: int, staff_id: int, key: str | None) -> Settled:
    """Take the last decision on a comment back; raises Problem `not_found`, `forbidden`, `stale` or `key_reused`.

    The comment goes back to where it was (to `held` if the classifier had not read it), before people again, with the
    reports that the decision had settled.
    """
    undone = await history.find(conn, site_id, decision_id)
    if undone is None:
        raise Problem("not_found", "There is no such decision.")
    if undone.actor is not Actor.STAFF:
        raise Problem("forbidden", "Only decisions by staff can be undone.")
    draft = Draft(
        site_id=site_id,
        comment_id=undone.comment_id,
        revision=undone.revision,
        from_status=undone.to_status,
        to_status=Status.HELD if undone.from_status is Status.PENDING else undone.from_status,
        actor=Actor.STAFF,
        staff_id=staff_id,
        undoes=undone.id,
        appeal_id=undone.appeal_id,
        idempotency_key=key,
        priority=_UNDONE_PRIORITY,
    )
    repeated = await _made_before(conn, draft)
    if repeated is not None:
        return repeated
    try:
        async with conn.transaction():
            outcome = await _take_back(conn, draft, undone)
    except _NotLatestError:
        raise await _stale(conn, draft) from None
    except asyncpg.UniqueViolationError as error:
        if error.constraint_name != "decisions_idempotency_unique":
            raise
        return await _repeat_or_refuse(conn, draft)
    return await _settled(conn, outcome, draft)


async def _take_back(conn: Connection, draft: Draft, undone: Made) -> Decided | Stale:
    if draft.to_status is Status.HELD:
        draft = await _as_it_waits(conn, draft)
    [outcome] = await decide(conn, [draft])
    if isinstance(outcome, Stale):
        return outcome
    # Known for certain only now that the comment is locked.
    if await history.before(conn, draft.site_id, draft.comment_id, outcome.id) != undone.id:
        raise _NotLatestError
    if await history.reopen_reports(conn, draft.site_id, draft.comment_id, [undone.id, outcome.id]):
        reported = Reason(ReasonCode.REPORTED).to_json()
        await review.requeue(
            conn, draft.site_id, draft.comment_id, reasons=[reported], priority=_UNDONE_PRIORITY
        )
    await stages.restore(conn, draft.site_id, draft.comment_id, undone.id)
    return outcome


async def _settled(conn: Connection, outcome: Decided | Stale, draft: Draft) -> Settled:
    if isinstance(outcome, Decided):
        return Settled(outcome.id, draft.comment_id, outcome)
    # The same call may have been under way twice.
    repeated = await _made_before(conn, draft)
    if repeated is not None:
        return repeated
    if outcome.hindrance is not None:
        raise hindered(outcome.hindrance, await appeals.about(conn, draft.site_id, draft.comment_id))
    raise await _stale(conn, draft)


async def _made_before(conn: Connection, draft: Draft) -> Settled | None:
    """What the same key made; raises Problem `key_reused` if that was another decision."""
    if draft.idempotency_key is None or draft.staff_id is None:
        return None
    made = await history.find_by_key(conn, draft.site_id, draft.staff_id, draft.idempotency_key)
    if made is None:
        return None
    if (made.comment_id, made.to_status, made.undoes) != (draft.comment_id, draft.to_status, draft.undoes):
        raise Problem("key_reused")
    return Settled(made.id, made.comment_id, None)


async def _repeat_or_refuse(conn: Connection, draft: Draft) -> Settled:
    repeated = await _made_before(conn, draft)
    if repeated is None:
        raise Problem("key_reused")
    return repeated


async def _stale(conn: Connection, draft: Draft) -> Problem:
    """Tell who decided first, when, and what the comment now is."""
    now = await history.read_status(conn, draft.site_id, draft.comment_id)
    if now is None:
        return Problem("not_found", "There is no such comment.")
    last = await decisions.latest(conn, draft.site_id, draft.comment_id)
    edited = now.revision != draft.revision
    by = (last.staff_name or str(last.actor)) if last else None
    return Problem(
        "stale",
        "The author has changed the text." if edited else f"Decided first by {by}.",
        decided_by=by,
        decided_at=last.created_at.isoformat() if last else None,
        comment_status=str(now.status),
        comment_revision=now.revision,
    )
