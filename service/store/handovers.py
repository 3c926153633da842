"""How items came to wait for a lead or for a second person, as the console shows it."""

from dataclasses import dataclass
from typing import Any

import orjson

from moderation.database import Connection
from moderation.reasons import Reason
from moderation.stages import Proposal
from moderation.statuses import Status

# Handover `h` by staff `y`; reasons as stored.
HANDOVER = """json_build_object(
    'id', h.id::text, 'comment_id', h.comment_id::text, 'revision', h.revision, 'action', h.action,
    'staff', json_build_object('id', y.id::text, 'name', y.name), 'words', h.words, 'from_status', h.from_status,
    'to_status', h.to_status, 'reasons', h.reasons, 'note', h.note, 'created_at', h.created_at)"""
HANDOVERS = f"""(SELECT coalesce(json_agg({HANDOVER} ORDER BY h.id DESC), '[]') FROM handovers h JOIN staff y ON y.id = h.staff_id
    WHERE h.site_id = $1 AND h.comment_id = c.id)"""


@dataclass(frozen=True, slots=True)
class Proposed:
    """What somebody proposed about which text of a comment."""

    id: int
    comment_id: int
    revision: int
    proposal: Proposal


async def read(conn: Connection, site_id: int, handover_id: int) -> dict[str, Any]:
    """A handover's JSON, the reasons as stored."""
    text = await conn.fetchval(
        f"SELECT {HANDOVER}::text FROM handovers h JOIN staff y ON y.id = h.staff_id WHERE h.site_id = $1 AND h.id = $2",
        site_id,
        handover_id,
    )
    handover: dict[str, Any] = orjson.loads(text)
    return handover


async def find_by_key(conn: Connection, site_id: int, staff_id: int, key: str) -> dict[str, Any] | None:
    """The `id`, `comment_id`, `action` and `to_status` of what somebody handed over under an idempotency key."""
    row = await conn.fetchrow(
        """SELECT id, comment_id, action, to_status FROM handovers
           WHERE site_id = $1 AND staff_id = $2 AND idempotency_key = $3""",
        site_id,
        staff_id,
        key,
    )
    return dict(row) if row else None


async def find_proposal(conn: Connection, site_id: int, comment_id: int, handover_id: int) -> Proposed | None:
    """What a handover of this comment proposes; None if it proposes nothing."""
    row = await conn.fetchrow(
        """SELECT id, comment_id, revision, from_status, to_status, reasons, note FROM handovers
           WHERE site_id = $1 AND comment_id = $2 AND id = $3 AND action = 'propose'""",
        site_id,
        comment_id,
        handover_id,
    )
    if row is None:
        return None
    proposal = Proposal(
        Status(row["from_status"]),
        Status(row["to_status"]),
        tuple(Reason.from_json(reason) for reason in row["reasons"]),
        row["note"],
    )
    return Proposed(row["id"], row["comment_id"], row["revision"], proposal)


async def article_key(conn: Connection, site_id: int, comment_id: int) -> str | None:
    """The key of the article that a comment stands under."""
    key: str | None = await conn.fetchval(
        """SELECT a.key FROM comments c JOIN articles a ON a.site_id = $1 AND a.id = c.article_id
           WHERE c.site_id = $1 AND c.id = $2""",
        site_id,
        comment_id,
    )
    return key


async def proposer(conn: Connection, site_id: int, comment_id: int) -> int | None:
    """Who proposed what waits for a second person on this comment."""
    id_: int | None = await conn.fetchval(
        """SELECT h.staff_id FROM queue q JOIN handovers h ON h.site_id = $1 AND h.id = q.handover_id
           WHERE q.site_id = $1 AND q.comment_id = $2 AND q.lane = 'review' AND q.stage = 'second'""",
        site_id,
        comment_id,
    )
    return id_


async def exists(conn: Connection, site_id: int, handover_id: int) -> bool:
    """Whether there is a handover of this id."""
    found: bool = await conn.fetchval(
        "SELECT EXISTS (SELECT FROM handovers WHERE site_id = $1 AND id = $2)", site_id, handover_id
    )
    return found
