"""Laying something on a reader: once, never over a colleague's head, with a reason and an end."""

from datetime import datetime

import asyncpg

from moderation import sanctions
from moderation.database import Connection
from moderation.policy import Sanction
from moderation.reasons import HOUSE_RULES, ReasonCode
from moderation.sanctions import Change, HinderedError
from service.hindered import hindered
from service.problems import Problem, invalid
from service.staff.people_shapes import SanctionIn
from service.store import people, warnings
from service.store import sanctions as store

_TO = {
    "premoderate": Sanction.PREMODERATED,
    "suspend": Sanction.SUSPENDED,
    "ban": Sanction.BANNED,
    "lift": Sanction.NONE,
}
_RULES = {str(code): code for code in HOUSE_RULES}


async def lay(
    conn: Connection, site_id: int, reader_id: int, staff_id: int, body: SanctionIn, key: str | None
) -> None:
    """Do what `body` says; the same key does it once.

    Raises Problem `invalid`, `not_found`, `stale` (a colleague was first), `under_appeal`, `not_impartial` or `key_reused`.
    """
    if key is not None and await _done_before(conn, site_id, reader_id, staff_id, key):
        return
    reason = _reason(body)
    try:
        async with conn.transaction():
            until = await _end(conn, body)
            if await sanctions.lock(conn, site_id, reader_id) is None:
                raise Problem("not_found", "There is no such reader.")
            await _refuse_stale(conn, site_id, reader_id, body)
            if body.action == "warn":
                assert reason is not None
                await warnings.warn(
                    conn, site_id, reader_id, staff_id, reason=reason, words=body.words or None, key=key
                )
            else:
                change = Change(
                    site_id=site_id,
                    reader_id=reader_id,
                    sanction=_TO[body.action],
                    until=until,
                    staff_id=staff_id,
                    reason=reason,
                    note=body.words or None,
                    idempotency_key=key,
                )
                await sanctions.change(conn, change)
            if body.note:
                await people.write_note(conn, site_id, reader_id, staff_id, body=body.note, key=None)
    except HinderedError as error:
        raise hindered(error.hindrance, None) from None
    except asyncpg.UniqueViolationError as error:
        if error.constraint_name != "sanctions_idempotency_unique":
            raise
        # The same call was under way twice.


async def _done_before(conn: Connection, site_id: int, reader_id: int, staff_id: int, key: str) -> bool:
    made = await store.made_under(conn, site_id, staff_id, key)
    if made is not None and made != reader_id:
        raise Problem("key_reused")
    return made is not None


def _reason(body: SanctionIn) -> ReasonCode | None:
    if body.reason is None:
        if body.action == "lift":
            return None
        raise invalid([{"pointer": "/reason", "message": "A sanction needs a reason.", "code": "missing"}])
    if body.reason not in _RULES:
        raise invalid([{"pointer": "/reason", "message": "There is no such reason.", "code": "unknown"}])
    return _RULES[body.reason]


async def _end(conn: Connection, body: SanctionIn) -> datetime | None:
    """When it ends; raises Problem `invalid` for an end that is missing, past, or makes no sense."""
    if body.action in ("warn", "lift"):
        if body.hours is not None or body.until is not None:
            raise invalid([{"pointer": "/until", "message": "This has no end.", "code": "senseless"}])
        return None
    if body.hours is not None:
        if body.until is not None:
            raise invalid(
                [{"pointer": "/until", "message": "Give hours or an end, not both.", "code": "both"}]
            )
        return await store.end_of(conn, body.hours)
    if body.until is None and body.action == "suspend":
        raise invalid([{"pointer": "/until", "message": "A suspension needs an end.", "code": "missing"}])
    if body.until is not None and not await store.is_future(conn, body.until):
        raise invalid([{"pointer": "/until", "message": "This moment has passed.", "code": "past"}])
    return body.until


async def _refuse_stale(conn: Connection, site_id: int, reader_id: int, body: SanctionIn) -> None:
    now = await store.standing(conn, site_id, reader_id)
    if now is None or now.sanction == body.seen:
        return
    raise Problem(
        "stale",
        f"{now.by or 'Somebody'} was first: the reader is {now.sanction}.",
        decided_by=now.by,
        decided_at=now.at.isoformat() if now.at else None,
        sanction=now.sanction,
    )
