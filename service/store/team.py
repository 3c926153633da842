"""The staff of one site: who they are there, and as what."""

from dataclasses import dataclass
from typing import Any

import orjson

from moderation.database import Connection


class LastAdminError(Exception):
    """The site would be left without an administrator."""


@dataclass(frozen=True, slots=True)
class Member:
    """Somebody's part in a site."""

    staff_id: int
    email: str
    role: str
    disabled: bool


_MEMBERS = """
    SELECT coalesce(json_agg(json_build_object(
        'id', s.id::text, 'name', s.name, 'email', s.email, 'role', r.role,
        'disabled', r.disabled_at IS NOT NULL OR s.disabled_at IS NOT NULL,
        'codes', s.totp_since IS NOT NULL,
        'passkeys', (SELECT count(*) FROM staff_passkeys k WHERE k.staff_id = s.id),
        'seen_at', (SELECT max(t.seen_at) FROM staff_sessions t WHERE t.staff_id = s.id)) ORDER BY s.name, s.id), '[]')::text
    FROM staff_roles r JOIN staff s ON s.id = r.staff_id WHERE r.site_id = $1"""


async def list_members(conn: Connection, site_id: int) -> list[dict[str, Any]]:
    """Everybody on the staff of a site, by name."""
    members: list[dict[str, Any]] = orjson.loads(await conn.fetchval(_MEMBERS, site_id))
    return members


async def lock(conn: Connection, site_id: int) -> None:
    """Let nobody else change the site's staff until the transaction ends, so that two admins cannot remove each other."""
    await conn.execute("SELECT FROM sites WHERE id = $1 FOR NO KEY UPDATE", site_id)


async def find(conn: Connection, site_id: int, staff_id: int) -> Member | None:
    """Somebody's part in a site; None if they have none."""
    row = await conn.fetchrow(
        """SELECT r.staff_id, s.email, r.role, r.disabled_at IS NOT NULL AS disabled FROM staff_roles r
           JOIN staff s ON s.id = r.staff_id WHERE r.site_id = $1 AND r.staff_id = $2""",
        site_id,
        staff_id,
    )
    return Member(**dict(row)) if row else None


async def change(conn: Connection, site_id: int, staff_id: int, *, role: str, disabled: bool) -> None:
    """Set somebody's role, and whether it counts; the caller has locked the site. Raises LastAdminError."""
    await conn.execute(
        """UPDATE staff_roles SET role = $3,
               disabled_at = CASE WHEN $4 THEN coalesce(disabled_at, now()) END WHERE site_id = $1 AND staff_id = $2""",
        site_id,
        staff_id,
        role,
        disabled,
    )
    await _demand_admin(conn, site_id)


async def remove(conn: Connection, site_id: int, staff_id: int) -> None:
    """Take somebody's role away; the caller has locked the site. Raises LastAdminError."""
    await conn.execute("DELETE FROM staff_roles WHERE site_id = $1 AND staff_id = $2", site_id, staff_id)
    await _demand_admin(conn, site_id)


async def _demand_admin(conn: Connection, site_id: int) -> None:
    left = await conn.fetchval(
        """SELECT EXISTS (SELECT FROM staff_roles r JOIN staff s ON s.id = r.staff_id
           WHERE r.site_id = $1 AND r.role = 'admin' AND r.disabled_at IS NULL AND s.disabled_at IS NULL)""",
        site_id,
    )
    if not left:
        raise LastAdminError


async def give_back_claims(conn: Connection, site_id: int, staff_id: int) -> None:
    """What somebody had before them waits for others again."""
    await conn.execute(
        "UPDATE queue SET ready_at = now(), claimed_by = NULL WHERE site_id = $1 AND claimed_by = 'staff:' || $2::text",
        site_id,
        str(staff_id),
    )


async def rules_over(conn: Connection, admin_id: int, staff_id: int) -> bool:
    """True if an admin is one on every site that somebody has a role on."""
    outside = await conn.fetchval(
        """SELECT EXISTS (SELECT FROM staff_roles r WHERE r.staff_id = $2 AND NOT EXISTS (
               SELECT FROM staff_roles a WHERE a.staff_id = $1 AND a.site_id = r.site_id AND a.role = 'admin'
               AND a.disabled_at IS NULL))""",
        admin_id,
        staff_id,
    )
    return not outside


@dataclass(frozen=True, slots=True)
class Rules:
    """How a site deals with people."""

    strikes: int
    strike_days: int
    second_factor: bool


async def read_rules(conn: Connection, site_id: int) -> Rules:
    """How a site deals with people."""
    row = await conn.fetchrow("SELECT strikes, strike_days, second_factor FROM sites WHERE id = $1", site_id)
    assert row is not None
    return Rules(**dict(row))


async def set_rules(conn: Connection, site_id: int, rules: Rules) -> None:
    """Change how a site deals with people."""
    await conn.execute(
        "UPDATE sites SET strikes = $2, strike_days = $3, second_factor = $4 WHERE id = $1",
        site_id,
        rules.strikes,
        rules.strike_days,
        rules.second_factor,
    )


async def some_site(conn: Connection, staff_id: int) -> int | None:
    """A site that somebody works on, for what has to belong to one; None if they work on none."""
    site_id: int | None = await conn.fetchval(
        "SELECT min(site_id) FROM staff_roles WHERE staff_id = $1 AND disabled_at IS NULL", staff_id
    )
    return site_id
