"""Links that work once: invitations to a site's staff, and new passwords. Only a hash of what opens one is kept."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from moderation.database import Connection

INVITATION_DAYS = 7
RESET_HOURS = 2
_KEPT_DAYS = 30


@dataclass(frozen=True, slots=True)
class Link:
    """A link that can still be used."""

    id: int
    kind: str
    site_id: int
    site_key: str
    site_name: str
    email: str
    role: str | None
    staff_id: int | None
    created_by: int | None
    # Whether somebody on the staff has the address already.
    known: bool
    expires_at: datetime


_LINK = """
    SELECT l.id, l.kind, l.site_id, t.key AS site_key, t.name AS site_name, l.email, l.role, l.staff_id, l.created_by,
           EXISTS (SELECT FROM staff s WHERE s.email = l.email) AS known, l.expires_at
    FROM staff_links l JOIN sites t ON t.id = l.site_id
    WHERE l.token_hash = $1 AND l.used_at IS NULL AND l.expires_at > now()"""


async def find(conn: Connection, token_hash: bytes) -> Link | None:
    """The link that a token opens; looking uses nothing up."""
    row = await conn.fetchrow(_LINK, token_hash)
    return Link(**dict(row)) if row else None


async def use(conn: Connection, token_hash: bytes) -> Link | None:
    """As `find`, and nobody else can use it from here on, if the caller's transaction commits."""
    row = await conn.fetchrow(f"{_LINK} FOR UPDATE OF l", token_hash)
    if row is None:
        return None
    link = Link(**dict(row))
    await conn.execute(
        "UPDATE staff_links SET used_at = now() WHERE site_id = $1 AND id = $2", link.site_id, link.id
    )
    return link


async def invite(
    conn: Connection, site_id: int, *, token_hash: bytes, email: str, role: str, created_by: int | None
) -> int:
    """An invitation; one to the same address before it opens nothing any more."""
    await conn.execute(
        """UPDATE staff_links SET expires_at = now()
           WHERE site_id = $1 AND kind = 'invitation' AND used_at IS NULL AND email = lower($2)""",
        site_id,
        email,
    )
    id_: int = await conn.fetchval(
        """INSERT INTO staff_links (token_hash, kind, site_id, email, role, created_by, expires_at)
           VALUES ($1, 'invitation', $2, lower($3), $4, $5, now() + make_interval(days => $6)) RETURNING id""",
        token_hash,
        site_id,
        email,
        role,
        created_by,
        INVITATION_DAYS,
    )
    return id_


async def reset(
    conn: Connection, site_id: int, *, token_hash: bytes, staff_id: int, email: str, created_by: int | None
) -> int:
    """A link to a new password; the ones before it open nothing any more."""
    await conn.execute(
        "UPDATE staff_links SET expires_at = now() WHERE kind = 'reset' AND used_at IS NULL AND staff_id = $1",
        staff_id,
    )
    id_: int = await conn.fetchval(
        """INSERT INTO staff_links (token_hash, kind, site_id, email, staff_id, created_by, expires_at)
           VALUES ($1, 'reset', $2, lower($3), $4, $5, now() + make_interval(hours => $6)) RETURNING id""",
        token_hash,
        site_id,
        email,
        staff_id,
        created_by,
        RESET_HOURS,
    )
    return id_


async def owe_mail(conn: Connection, site_id: int, link_id: int, *, kind: str, email: str, seed: str) -> None:
    """Note the mail with the link, in the transaction that makes it. `seed` alone opens nothing."""
    payload: dict[str, Any] = {"email": email, "seed": seed}
    await conn.execute(
        """INSERT INTO outbox (site_id, type, subject, payload)
           VALUES ($1, 'mail.' || $2::text, 'staff_link:' || $3::text, $4)""",
        site_id,
        kind,
        str(link_id),
        payload,
    )


async def open_invitations(conn: Connection, site_id: int) -> list[dict[str, Any]]:
    """Invitations that wait for somebody to take them up, the newest first."""
    rows = await conn.fetch(
        """SELECT id::text, email, role, created_at, expires_at FROM staff_links
           WHERE site_id = $1 AND kind = 'invitation' AND used_at IS NULL AND expires_at > now() ORDER BY id DESC LIMIT 100""",
        site_id,
    )
    return [dict(row) for row in rows]


async def withdraw(conn: Connection, site_id: int, link_id: int) -> str | None:
    """Let an invitation open nothing any more; to whom it was, None if there is none."""
    email: str | None = await conn.fetchval(
        """UPDATE staff_links SET expires_at = now() WHERE site_id = $1 AND id = $2 AND kind = 'invitation'
               AND used_at IS NULL AND expires_at > now() RETURNING email""",
        site_id,
        link_id,
    )
    return email


async def forget(conn: Connection) -> None:
    """Drop links that ran out long ago."""
    await conn.execute(
        "DELETE FROM staff_links WHERE expires_at < now() - make_interval(days => $1)", _KEPT_DAYS
    )
