"""What a site lets nobody decide alone: the first decision is a proposal, and a second person makes it."""

import asyncpg

from moderation import policies, stages
from moderation.database import Connection
from moderation.decisions import Draft
from moderation.stages import Move, NotWaitingError, Proposal
from moderation.statuses import Actor, Status
from service.hindered import hindered
from service.problems import Problem
from service.store import handovers, history


async def needs_second(conn: Connection, draft: Draft) -> bool:
    """Whether the site's policy wants a second person for this decision. Where two have looked already, it does not."""
    if draft.to_status is Status.HELD:
        return False
    [(_, policy)] = (await policies.active(conn, [draft.site_id])).values()
    rule = policy.second_review
    rejects = draft.to_status is Status.REJECTED
    wanted = rejects and any(reason.named in rule.reasons for reason in draft.reasons)
    if not wanted and rule.articles:
        wanted = await handovers.article_key(conn, draft.site_id, draft.comment_id) in rule.articles
    if not wanted:
        return False
    waiting = (await stages.on_comments(conn, [draft])).get((draft.site_id, draft.comment_id))
    return waiting is None or waiting.proposer in (None, draft.staff_id)


async def propose(conn: Connection, draft: Draft) -> int:
    """Let the decision wait for a second person; returns the handover's id. Raises Problem as a decision would."""
    assert draft.staff_id is not None
    proposal = Proposal(draft.from_status, draft.to_status, draft.reasons, draft.note)
    try:
        async with conn.transaction():
            # Only what one may decide on may one propose something about. Raised before anything is written.
            waiting = await stages.on_comments(conn, [draft])
            lead = bool(await stages.leads(conn, [draft]))
            hindrance = stages.hindrance(next(iter(waiting.values()), None), draft, lead=lead)
            if hindrance is not None:
                raise hindered(hindrance, None)
            id_ = await stages.hand_over(
                conn,
                draft.site_id,
                draft.comment_id,
                draft.staff_id,
                Move.PROPOSE,
                proposal=proposal,
                key=draft.idempotency_key,
            )
            await _refuse_stale(conn, draft)
            return id_
    except NotWaitingError:
        raise Problem("stale", "It is not as it was on your screen.") from None
    except asyncpg.UniqueViolationError as error:
        if error.constraint_name != "handovers_idempotency_unique":
            raise
        made = await made_before(conn, draft)
        if made is None:
            raise Problem("key_reused") from None
        return made


async def _refuse_stale(conn: Connection, draft: Draft) -> None:
    now = await history.read_status(conn, draft.site_id, draft.comment_id)
    if now is None or (now.revision, now.status) != (draft.revision, draft.from_status):
        raise NotWaitingError


async def made_before(conn: Connection, draft: Draft) -> int | None:
    """What the same key proposed; raises Problem `key_reused` if that was something else."""
    if draft.idempotency_key is None or draft.staff_id is None:
        return None
    made = await handovers.find_by_key(conn, draft.site_id, draft.staff_id, draft.idempotency_key)
    if made is None:
        return None
    if (made["comment_id"], made["to_status"]) != (draft.comment_id, draft.to_status):
        raise Problem("key_reused")
    id_: int = made["id"]
    return id_


async def confirmation(
    conn: Connection, site_id: int, comment_id: int, staff_id: int, handover_id: int, key: str | None
) -> Draft:
    """The decision that a proposal becomes when this person confirms it; raises Problem `not_found`."""
    found = await handovers.find_proposal(conn, site_id, comment_id, handover_id)
    if found is None:
        raise Problem("not_found", "There is no such proposal.")
    return Draft(
        site_id=site_id,
        comment_id=comment_id,
        revision=found.revision,
        from_status=found.proposal.from_status,
        to_status=found.proposal.to_status,
        actor=Actor.STAFF,
        reasons=found.proposal.reasons,
        staff_id=staff_id,
        note=found.proposal.note,
        confirms=handover_id,
        idempotency_key=key,
    )


async def refuse_own(conn: Connection, site_id: int, comment_id: int, staff_id: int) -> None:
    """Raise Problem `not_impartial` if they proposed what waits: they may withdraw it instead."""
    proposer = await handovers.proposer(conn, site_id, comment_id)
    if proposer == staff_id:
        raise Problem("not_impartial", "You proposed it: you may take it back.")
