"""People who moderate: their accounts and their roles."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import asyncpg

from moderation.database import Connection

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
    # One-time codes are set up.
    asks_code: bool
    has_passkey: bool


@dataclass(frozen=True, slots=True)
class SiteRole:
    """A site that a member of staff may see, and as what."""

    key: str
    name: str
    role: str
    # The role counts only where one signed in with a second factor.
    second_factor: bool


@dataclass(frozen=True, slots=True)
class Member:
    """A line of the list of staff; `roles` are "site: role"."""

    id: int
    name: str
    email: str
    disabled_at: datetime | None
    roles: Sequence[str]


_ACCOUNT = """SELECT id, name, email, password_hash, totp_since IS NOT NULL AS asks_code,
    EXISTS (SELECT FROM staff_passkeys k WHERE k.staff_id = staff.id) AS has_passkey FROM staff"""


async def find_by_email(conn: Connection, email: str) -> Account | None:
    """The account that may sign in under an address, in any case of letters."""
    row = await conn.fetchrow(f"{_ACCOUNT} WHERE email = lower($1) AND disabled_at IS NULL", email)
    return Account(**dict(row)) if row else None


async def find(conn: Connection, staff_id: int) -> Account | None:
    """An account by its id, if it may sign in."""
    row = await conn.fetchrow(f"{_ACCOUNT} WHERE id = $1 AND disabled_at IS NULL", staff_id)
    return Account(**dict(row)) if row else None


async def sites_of(conn: Connection, staff_id: int) -> list[SiteRole]:
    """The sites that somebody has a role on, by name."""
    rows = await conn.fetch(
        """SELECT s.key, s.name, r.role, s.second_factor FROM staff_roles r JOIN sites s ON s.id = r.site_id
           WHERE r.staff_id = $1 AND r.disabled_at IS NULL ORDER BY s.name, s.key""",
        staff_id,
    )
    return [SiteRole(**dict(row)) for row in rows]


async def names(conn: Connection, staff_ids: Sequence[int]) -> dict[int, str]:
    """The names of staff by id."""
    rows = await conn.fetch("SELECT id, name FROM staff WHERE id = ANY($1)", staff_ids)
    return {row["id"]: row["name"] for row in rows}


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
           ON CONFLICT ON CONSTRAINT staff_roles_pkey DO UPDATE SET role = excluded.role, disabled_at = NULL""",
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
