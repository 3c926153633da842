"""Readers and their sessions."""

from dataclasses import dataclass

from moderation.database import Connection

SESSION_DAYS = 90
# A refresh whose answer was lost may be asked for again within this time.
_GRACE = "60 seconds"
# Likewise the making of a guest; for longer, whoever guessed the key could come as that guest.
_KEY_GOOD_FOR = "1 hour"


class NameTakenError(Exception):
    """The name looks like that of somebody on the staff."""


class KeyReusedError(Exception):
    """The idempotency key made another guest, or this one too long ago to be the same attempt."""


class SessionOverError(Exception):
    """The refresh token is unknown, has run out, or was used before."""


@dataclass(frozen=True, slots=True)
class Profile:
    """A reader as others see them."""

    id: int
    name: str


async def add_guest(
    conn: Connection, site_id: int, *, name: str, skeleton: str, idempotency_key: str | None
) -> Profile:
    """A new guest; the same idempotency key finds the one that it made. Raises NameTakenError or KeyReusedError."""
    taken = await conn.fetchval(
        """SELECT EXISTS (SELECT FROM staff s JOIN staff_roles r ON r.staff_id = s.id
           WHERE r.site_id = $1 AND s.name_skeleton = $2)""",
        site_id,
        skeleton,
    )
    if taken:
        raise NameTakenError
    row = await conn.fetchrow(
        """INSERT INTO readers (site_id, name, name_skeleton, idempotency_key) VALUES ($1, $2, $3, $4)
           ON CONFLICT ON CONSTRAINT readers_idempotency_unique DO NOTHING RETURNING id, name""",
        site_id,
        name,
        skeleton,
        idempotency_key,
    )
    if row is None:
        row = await conn.fetchrow(
            f"""SELECT id, name FROM readers WHERE site_id = $1 AND idempotency_key = $2 AND name = $3
                AND created_at > now() - interval '{_KEY_GOOD_FOR}'""",
            site_id,
            idempotency_key,
            name,
        )
    if row is None:
        raise KeyReusedError
    return Profile(row["id"], row["name"])


async def open_session(conn: Connection, site_id: int, reader_id: int, token_hash: bytes) -> None:
    """Start a session whose first refresh token has this hash."""
    await conn.execute(
        """INSERT INTO sessions (site_id, reader_id, token_hash, expires_at)
           VALUES ($1, $2, $3, now() + make_interval(days => $4))""",
        site_id,
        reader_id,
        token_hash,
        SESSION_DAYS,
    )


async def rotate_session(conn: Connection, site_id: int, old_hash: bytes, new_hash: bytes) -> Profile:
    """Trade a refresh token for a new one, in the caller's transaction.

    The token before the newest still works for a minute, since its answer may have been lost on the way. Raises
    SessionOverError; the caller must commit then, because a token used twice ends the whole session.
    """
    row = await conn.fetchrow(
        f"""SELECT s.id, s.reader_id, w.name, s.token_hash = $2 AS newest, s.rotated_at > now() - interval '{_GRACE}' AS fresh
            FROM sessions s JOIN readers w ON w.site_id = s.site_id AND w.id = s.reader_id
            WHERE s.site_id = $1 AND (s.token_hash = $2 OR s.previous_hash = $2) AND s.expires_at > now() FOR UPDATE OF s""",
        site_id,
        old_hash,
    )
    if row is None:
        raise SessionOverError
    if not row["newest"] and not row["fresh"]:
        await conn.execute("DELETE FROM sessions WHERE site_id = $1 AND id = $2", site_id, row["id"])
        raise SessionOverError
    await conn.execute(
        """UPDATE sessions SET token_hash = $3, previous_hash = $4, rotated_at = now(),
               expires_at = now() + make_interval(days => $5) WHERE site_id = $1 AND id = $2""",
        site_id,
        row["id"],
        new_hash,
        old_hash,
        SESSION_DAYS,
    )
    return Profile(row["reader_id"], row["name"])
