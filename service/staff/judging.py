"""Judging an appeal, and taking that back: through the same writers as every decision."""

from dataclasses import dataclass

from aiohttp import web

from moderation import leases, sanctions
from moderation.appeals import AppealState, Hindrance
from moderation.database import Connection
from moderation.decisions import Draft
from moderation.policy import Sanction
from moderation.reasons import Reason, ReasonCode
from moderation.sanctions import Change, HinderedError
from moderation.statuses import Actor, Lane, Status
from service.help import mail
from service.hindered import hindered
from service.problems import Problem, invalid
from service.staff import deciding
from service.staff.appeal_shapes import VerdictIn
from service.staff.deciding import Settled
from service.store import appeals as store
from service.store.appeals import Case

_WANTED = {"overturn": AppealState.OVERTURNED, "uphold": AppealState.UPHELD}


@dataclass(frozen=True, slots=True)
class Judged:
    """An appeal that was judged, or whose judgement was taken back; `settled` is the decision on its comment, if it has one."""

    case: Case
    settled: Settled | None


async def judge(
    app: web.Application,
    conn: Connection,
    site_id: int,
    case: Case,
    staff_id: int,
    body: VerdictIn,
    key: str | None,
) -> Judged:
    """Decide an appeal; raises Problem `stale`, `claim_lost`, `not_impartial`, `key_reused` or `invalid`.

    The same judgement by the same person again is answered as the first was.
    """
    if (case.state, case.judge_id, case.note) == (_WANTED[body.outcome], staff_id, body.note or None):
        return Judged(case, None)
    holder = await leases.holder(conn, Lane.APPEAL, site_id, case.id)
    deciding.claimed_by_another(holder, staff_id, "appeal")
    if body.outcome == "uphold" and not body.note and case.by_reader:
        raise _missing("/note", "Tell the reader why the decision stands.")
    async with conn.transaction():
        settled = None
        if case.comment_id is None:
            await _on_sanction(conn, site_id, case, staff_id, body)
        else:
            settled = await deciding.make(conn, _draft(site_id, case, staff_id, body, key))
        await mail.owe_outcome(app, conn, site_id, case.id)
    return Judged(case, settled)


def _draft(site_id: int, case: Case, staff_id: int, body: VerdictIn, key: str | None) -> Draft:
    if body.revision is None or body.status is None or case.comment_id is None:
        raise _missing("/revision", "Say which text, in which status, was on the screen.")
    up = (body.outcome == "overturn") is not case.against_publishing
    return Draft(
        site_id=site_id,
        comment_id=case.comment_id,
        revision=body.revision,
        from_status=Status(body.status),
        to_status=Status.PUBLISHED if up else Status.REJECTED,
        actor=Actor.STAFF,
        reasons=(Reason(ReasonCode.WITHIN_RULES),) if up else deciding.to_reject(body.reason),
        staff_id=staff_id,
        note=body.note or None,
        appeal_id=case.id,
        idempotency_key=key,
    )


async def _on_sanction(conn: Connection, site_id: int, case: Case, staff_id: int, body: VerdictIn) -> None:
    assert case.sanction_id is not None
    laid = await store.find_sanction(conn, site_id, case.sanction_id)
    lift = body.outcome == "overturn"
    reason = None if body.reason is None else deciding.to_reject(body.reason)[0].code
    await _change(
        conn,
        Change(
            site_id=site_id,
            reader_id=case.reader_id,
            sanction=Sanction.NONE if lift else laid.sanction,
            until=None if lift else laid.until,
            staff_id=staff_id,
            reason=reason,
            note=body.note or None,
            appeal_id=case.id,
        ),
    )


async def take_back(conn: Connection, site_id: int, case: Case, staff_id: int, key: str | None) -> Judged:
    """Take back what was decided on an appeal, which is then open again; raises Problem `stale`, `not_impartial` or `key_reused`."""
    if case.state is AppealState.OPEN or case.state is AppealState.WITHDRAWN or case.outcome_id is None:
        raise hindered(Hindrance.DECIDED, case.id)
    if case.comment_id is not None:
        return Judged(case, await deciding.undo(conn, site_id, case.outcome_id, staff_id, key))
    assert case.sanction_id is not None
    async with conn.transaction():
        laid = await store.find_sanction(conn, site_id, case.sanction_id)
        change = Change(
            site_id=site_id,
            reader_id=case.reader_id,
            sanction=laid.sanction,
            until=laid.until,
            staff_id=staff_id,
            undoes=case.outcome_id,
            appeal_id=case.id,
        )
        await _change(conn, change)
    return Judged(case, None)


async def _change(conn: Connection, change: Change) -> None:
    try:
        await sanctions.change(conn, change)
    except HinderedError as error:
        raise hindered(error.hindrance, change.appeal_id) from None


def _missing(pointer: str, message: str) -> Problem:
    return invalid([{"pointer": pointer, "message": message, "code": "missing"}])
