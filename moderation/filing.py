"""Making an appeal: whether there is anything to appeal, who may not judge it, and its place in the queue."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from moderation import appeals, sanctions
from moderation.appeals import DUE_DAYS, WINDOW

if TYPE_CHECKING:
    from moderation.database import Connection


class Refusal(StrEnum):
    """Why there can be no appeal."""

    # There is no such comment of the reader's, or no such decision.
    NOT_FOUND = "not_found"
    # Nothing is kept from readers, or it has not been decided yet.
    NOTHING = "not_appealable"
    TOO_LATE = "appeal_too_late"
    # There has been one.
    APPEALED = "appealed"
    KEY_REUSED = "key_reused"


class RefusedError(Exception):
    """An appeal that cannot be made."""

    def __init__(self, refusal: Refusal) -> None:
        super().__init__(refusal)
        self.refusal = refusal


@dataclass(frozen=True, slots=True)
class Words:
    """What a reader writes, under a key of their own."""

    reader_id: int
    body: str
    key: str | None = None


def last_decision(comment: str) -> str:
    """A lateral join `d`: the last decision of a comment (an alias), and (`until`) up to when its author may appeal it.

    `until` is null where the comment is not kept from readers after all, or its author has had their appeal.
    """
    return f"""LEFT JOIN LATERAL (
        SELECT l.id, l.actor, l.staff_id, l.to_status, l.appeal_id, l.created_at + interval '{WINDOW}' AS ends,
               CASE WHEN ({comment}.status = 'rejected' OR ({comment}.status = 'held' AND {comment}.published_at IS NOT NULL))
                    AND l.actor IN ('machine', 'staff') AND l.created_at > now() - interval '{WINDOW}'
                    AND NOT EXISTS (SELECT FROM appeals p WHERE p.site_id = {comment}.site_id AND p.comment_id = {comment}.id
                                    AND p.body IS NOT NULL AND (p.id = l.appeal_id OR p.decision_id = l.id))
                    THEN l.created_at + interval '{WINDOW}' END AS until
        FROM decisions l WHERE l.site_id = {comment}.site_id AND l.comment_id = {comment}.id
        ORDER BY l.id DESC LIMIT 1) d ON true"""


_COMMENT = f"""
    SELECT c.reader_id, c.status, d.id AS decision_id, d.actor, d.staff_id, d.appeal_id, d.ends <= now() AS late,
           d.until IS NOT NULL AS appealable,
           (c.status = 'rejected' OR (c.status = 'held' AND c.published_at IS NOT NULL)) AS kept_back
    FROM comments c {last_decision("c")} WHERE c.site_id = $1 AND c.id = $2"""

# Everybody on the staff who had a part in where the comment stands: whoever decided since it last went up or came down, but for
# those who left it to others, and whoever proposed just that to a second person.
_PARTIES = """
    SELECT coalesce(array_agg(DISTINCT staff_id), '{}') FROM (
        SELECT staff_id FROM decisions
        WHERE site_id = $1 AND comment_id = $2 AND staff_id IS NOT NULL
          AND NOT (from_status = 'held' AND to_status = 'held' AND undoes IS NULL)
          AND id >= coalesce((SELECT max(id) FROM decisions WHERE site_id = $1 AND comment_id = $2
                              AND (from_status = 'published') <> (to_status = 'published')), 0)
        UNION ALL
        SELECT h.staff_id FROM handovers h JOIN comments c ON c.site_id = $1 AND c.id = h.comment_id
        WHERE h.site_id = $1 AND h.comment_id = $2 AND h.action = 'propose'
          AND (h.to_status = 'published') = (c.status = 'published')) parties"""


async def against_comment(conn: Connection, site_id: int, comment_id: int, words: Words) -> int:
    """Appeal, as its author, what keeps a comment from readers; in the caller's transaction. Returns the appeal's id.

    The same key finds the appeal that it made. Where a colleague has appealed already, the reader's words join theirs.
    Raises RefusedError.
    """
    if not await _lock(conn, site_id, comment_id):
        raise RefusedError(Refusal.NOT_FOUND)
    row = await conn.fetchrow(_COMMENT, site_id, comment_id)
    if row is None or row["reader_id"] != words.reader_id or row["status"] in ("deleted", "erased"):
        raise RefusedError(Refusal.NOT_FOUND)
    known = await _made_before(conn, site_id, words, comment_id=comment_id)
    if known is not None:
        return known
    if row["appealable"]:
        joined = await _join(conn, site_id, comment_id, words)
        if joined is not None:
            return joined
        barred = await _parties(conn, site_id, comment_id, row["staff_id"])
        return await _file(
            conn, site_id, words, comment_id=comment_id, decision_id=row["decision_id"], barred=barred
        )
    if not row["kept_back"] or row["actor"] not in ("machine", "staff"):
        raise RefusedError(Refusal.NOTHING)
    raise RefusedError(Refusal.TOO_LATE if row["late"] else Refusal.APPEALED)


async def against_sanction(conn: Connection, site_id: int, words: Words) -> int:
    """Appeal, as the reader whom it is on, the sanction in force; otherwise as `against_comment`."""
    if await sanctions.lock(conn, site_id, words.reader_id) is None:
        raise RefusedError(Refusal.NOT_FOUND)
    known = await _made_before(conn, site_id, words, comment_id=None)
    if known is not None:
        return known
    sanction = await sanctions.in_force(conn, site_id, words.reader_id)
    if sanction is None:
        raise RefusedError(Refusal.NOTHING)
    row = await conn.fetchrow(
        f"""SELECT s.staff_id, s.created_at <= now() - interval '{WINDOW}' AS late,
                   EXISTS (SELECT FROM appeals p WHERE p.site_id = $1 AND (p.id = s.appeal_id OR p.sanction_id = s.id)) AS had
            FROM sanctions s WHERE s.site_id = $1 AND s.id = $2""",
        site_id,
        sanction.id,
    )
    assert row is not None
    if row["had"]:
        raise RefusedError(Refusal.APPEALED)
    if row["late"]:
        raise RefusedError(Refusal.TOO_LATE)
    barred = [row["staff_id"]] if row["staff_id"] is not None else []
    return await _file(conn, site_id, words, sanction_id=sanction.id, barred=barred)


async def against_colleague(
    conn: Connection, site_id: int, comment_id: int, decision_id: int, staff_id: int, dissent: str
) -> int:
    """Appeal a colleague's decision, as somebody on the staff who would have decided otherwise; as `against_comment`.

    The decision must be the last on its comment. Neither of the two judges it.
    """
    if not await _lock(conn, site_id, comment_id):
        raise RefusedError(Refusal.NOT_FOUND)
    row = await conn.fetchrow(_COMMENT, site_id, comment_id)
    if row is None:
        raise RefusedError(Refusal.NOT_FOUND)
    known = await conn.fetchrow(
        "SELECT id, opened_by, dissent FROM appeals WHERE site_id = $1 AND decision_id = $2",
        site_id,
        decision_id,
    )
    if known is not None and (known["opened_by"], known["dissent"]) == (staff_id, dissent):
        id_: int = known["id"]
        return id_
    if known is not None or row["appeal_id"] is not None:
        raise RefusedError(Refusal.APPEALED)
    if row["decision_id"] != decision_id or row["actor"] != "staff" or row["staff_id"] == staff_id:
        raise RefusedError(Refusal.NOTHING)
    barred = await _parties(conn, site_id, comment_id, row["staff_id"], staff_id)
    return await _file(
        conn,
        site_id,
        None,
        reader_id=row["reader_id"],
        comment_id=comment_id,
        decision_id=decision_id,
        barred=barred,
        opened_by=staff_id,
        dissent=dissent,
    )


async def _lock(conn: Connection, site_id: int, comment_id: int) -> bool:
    """Lock a comment as deciders do. What is read of it must be asked for after that, to be as the last decider left it."""
    return bool(
        await conn.fetchval(
            "SELECT true FROM comments WHERE site_id = $1 AND id = $2 FOR NO KEY UPDATE", site_id, comment_id
        )
    )


async def _parties(conn: Connection, site_id: int, comment_id: int, *more: int | None) -> list[int]:
    """Whom an appeal is against, and whoever made the very decision: to hold what was held already can be appealed too."""
    parties: list[int] = await conn.fetchval(_PARTIES, site_id, comment_id)
    return sorted({*parties, *(one for one in more if one is not None)})


async def _made_before(conn: Connection, site_id: int, words: Words, *, comment_id: int | None) -> int | None:
    """The appeal that the same key made."""
    if words.key is None:
        return None
    row = await conn.fetchrow(
        "SELECT id, comment_id, body FROM appeals WHERE site_id = $1 AND reader_id = $2 AND idempotency_key = $3",
        site_id,
        words.reader_id,
        words.key,
    )
    if row is None:
        return None
    if (row["comment_id"], row["body"]) != (comment_id, words.body):
        raise RefusedError(Refusal.KEY_REUSED)
    id_: int = row["id"]
    return id_


async def _join(conn: Connection, site_id: int, comment_id: int, words: Words) -> int | None:
    """Put the reader's words to an appeal that a colleague has opened, if there is one."""
    id_: int | None = await conn.fetchval(
        """UPDATE appeals SET body = $3, idempotency_key = $4
           WHERE site_id = $1 AND comment_id = $2 AND state = 'open' AND body IS NULL RETURNING id""",
        site_id,
        comment_id,
        words.body,
        words.key,
    )
    return id_


async def _file(
    conn: Connection,
    site_id: int,
    words: Words | None,
    *,
    barred: list[int],
    reader_id: int | None = None,
    comment_id: int | None = None,
    decision_id: int | None = None,
    sanction_id: int | None = None,
    opened_by: int | None = None,
    dissent: str | None = None,
) -> int:
    id_: int = await conn.fetchval(
        """INSERT INTO appeals (site_id, reader_id, comment_id, decision_id, sanction_id, body, idempotency_key, opened_by,
                                dissent, barred, due_at)
           VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, now() + make_interval(days => $11)) RETURNING id""",
        site_id,
        words.reader_id if words else reader_id,
        comment_id,
        decision_id,
        sanction_id,
        words.body if words else None,
        words.key if words else None,
        opened_by,
        dissent,
        barred,
        DUE_DAYS,
    )
    await appeals.enqueue(conn, site_id, id_, comment_id=comment_id)
    return id_
