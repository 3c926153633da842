"""People who moderate: their accounts, their roles, their signed-in consoles."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import asyncpg

from moderation.database import Connection

SESSION_HOURS = 12
ROLES = ("moderator", "lead", "admin", "auditor")


class EmailTakenError(Exception):
    """Somebody on the staff has this e-mail address."""


@dataclass(frozen=True, slots=True)
class Account:
    """A member of staff, as sign-in needs it."""

    id: int
    name: str
    email: str
    password_hash: str


@dataclass(frozen=True, slots=True)
class SiteRole:
    """A site that a member of staff may see, and as what."""

    key: str
    name: str
    role: str


@dataclass(frozen=True, slots=True)
class Member:
    """A line of the list of staff; `roles` are "site: role"."""

    id: int
    name: str
    email: str
    disabled_at: datetime | None
    roles: Sequence[str]


async def find_by_email(conn: Connection, email: str) -> Account | None:
    """The account that may sign in under an address, in any case of letters."""
    row = await conn.fetchrow(
        "SELECT id, name, email, password_hash FROM staff WHERE email = lower($1) AND disabled_at IS NULL",
        email,
    )
    return Account(row["id"], row["name"], row["email"], row["password_hash"]) if row else None


async def sites_of(conn: Connection, staff_id: int) -> list[SiteRole]:
    """The sites that somebody has a role on, by name."""
    rows = await conn.fetch(
        """SELECT s.key, s.name, r.role FROM staff_roles r JOIN sites s ON s.id = r.site_id
           WHERE r.staff_id = $1 ORDER BY s.name, s.key""",
        staff_id,
    )
    return [SiteRole(row["key"], row["name"], row["role"]) for row in rows]


async def names(conn: Connection, staff_ids: Sequence[int]) -> dict[int, str]:
    """The names of staff by id."""
    rows = await conn.fetch("SELECT id, name FROM staff WHERE id = ANY($1)", staff_ids)
    return {row["id"]: row["name"] for row in rows}


async def open_session(conn: Connection, staff_id: int, token_hash: bytes, *, replaces: bytes | None) -> None:
    """Sign somebody in; the session that their browser showed before, if any, ends."""
    await conn.execute(
        """WITH gone AS (DELETE FROM staff_sessions WHERE token_hash = $3)
           INSERT INTO staff_sessions (token_hash, staff_id, expires_at)
           VALUES ($2, $1, now() + make_interval(hours => $4))""",
        staff_id,
        token_hash,
        replaces,
        SESSION_HOURS,
    )


async def close_session(conn: Connection, token_hash: bytes) -> int | None:
    """Sign out; returns whose session it was, None if it was over already."""
    staff_id: int | None = await conn.fetchval(
        "DELETE FROM staff_sessions WHERE token_hash = $1 RETURNING staff_id", token_hash
    )
    return staff_id


async def close_sessions(conn: Connection, staff_id: int) -> None:
    """Sign somebody out everywhere."""
    await conn.execute("DELETE FROM staff_sessions WHERE staff_id = $1", staff_id)


async def disable(conn: Connection, staff_id: int) -> None:
    """Let somebody in no more."""
    await conn.execute("UPDATE staff SET disabled_at = now() WHERE id = $1", staff_id)


async def set_password(conn: Connection, staff_id: int, password_hash: str) -> None:
    """Store a new hash of somebody's password."""
    await conn.execute("UPDATE staff SET password_hash = $2 WHERE id = $1", staff_id, password_hash)


async def add(conn: Connection, *, email: str, name: str, skeleton: str, password_hash: str) -> int:
    """Add somebody; returns their id. Raises EmailTakenError."""
    try:
        id_: int = await conn.fetchval(
            """INSERT INTO staff (email, name, name_skeleton, password_hash) VALUES (lower($1), $2, $3, $4)
               RETURNING id""",
            email,
            name,
            skeleton,
            password_hash,
        )
    except asyncpg.UniqueViolationError as error:
        if error.constraint_name != "staff_email_unique":
            raise
        raise EmailTakenError from None
    return id_


async def set_role(conn: Connection, site_id: int, staff_id: int, role: str) -> None:
    """Give somebody a role (one of ROLES) on a site, in place of the one they had."""
    await conn.execute(
        """INSERT INTO staff_roles (site_id, staff_id, role) VALUES ($1, $2, $3)
           ON CONFLICT ON CONSTRAINT staff_roles_pkey DO UPDATE SET role = excluded.role""",
        site_id,
        staff_id,
        role,
    )


async def members(conn: Connection) -> list[Member]:
    """Everybody on the staff, with their roles."""
    rows = await conn.fetch(
        """SELECT s.id, s.name, s.email, s.disabled_at,
                  coalesce(array_agg(t.key || ': ' || r.role ORDER BY t.key) FILTER (WHERE t.key IS NOT NULL), '{}') AS roles
           FROM staff s LEFT JOIN staff_roles r ON r.staff_id = s.id LEFT JOIN sites t ON t.id = r.site_id
           GROUP BY s.id ORDER BY s.email"""
    )
    return [Member(row["id"], row["name"], row["email"], row["disabled_at"], row["roles"]) for row in rows]
