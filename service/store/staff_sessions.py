"""Signed-in consoles: opened, listed without addresses, ended."""

from dataclasses import dataclass
from datetime import datetime

from moderation.database import Connection

SESSION_HOURS = 12


@dataclass(frozen=True, slots=True)
class Session:
    """A signed-in console as its owner sees it."""

    id: int
    browser: str
    strong: bool
    created_at: datetime
    seen_at: datetime


async def open_session(
    conn: Connection,
    staff_id: int,
    token_hash: bytes,
    *,
    replaces: bytes | None,
    browser: str = "",
    strong: bool = False,
) -> None:
    """Sign somebody in, with a second factor if `strong`; the session that their browser showed before, if any, ends."""
    await conn.execute(
        """WITH gone AS (DELETE FROM staff_sessions WHERE token_hash = $3)
           INSERT INTO staff_sessions (token_hash, staff_id, expires_at, browser, strong)
           VALUES ($2, $1, now() + make_interval(hours => $4), $5, $6)""",
        staff_id,
        token_hash,
        replaces,
        SESSION_HOURS,
        browser,
        strong,
    )


async def touch(conn: Connection, session_id: int) -> None:
    """Note that a session is in use."""
    await conn.execute("UPDATE staff_sessions SET seen_at = now() WHERE id = $1", session_id)


async def list_sessions(conn: Connection, staff_id: int) -> list[Session]:
    """Where somebody is signed in, the one used last first."""
    rows = await conn.fetch(
        """SELECT id, browser, strong, created_at, seen_at FROM staff_sessions
           WHERE staff_id = $1 AND expires_at > now() ORDER BY seen_at DESC, id DESC LIMIT 50""",
        staff_id,
    )
    return [Session(**dict(row)) for row in rows]


async def close_session(conn: Connection, token_hash: bytes) -> int | None:
    """Sign out; returns whose session it was, None if it was over already."""
    staff_id: int | None = await conn.fetchval(
        "DELETE FROM staff_sessions WHERE token_hash = $1 RETURNING staff_id", token_hash
    )
    return staff_id


async def revoke(conn: Connection, staff_id: int, session_id: int) -> bool:
    """End one of somebody's sessions; False if there is no such one."""
    done: str = await conn.execute(
        "DELETE FROM staff_sessions WHERE staff_id = $1 AND id = $2", staff_id, session_id
    )
    return done != "DELETE 0"


async def close_sessions(conn: Connection, staff_id: int) -> None:
    """Sign somebody out everywhere."""
    await conn.execute("DELETE FROM staff_sessions WHERE staff_id = $1", staff_id)
