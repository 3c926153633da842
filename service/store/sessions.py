"""Readers' sessions: families of refresh tokens, each of which works once."""

from uuid import UUID

from moderation.database import Connection
from service.store.readers import Profile

SESSION_DAYS = 90
# A refresh whose answer was lost may be asked for again within this time.
_GRACE = "60 seconds"


class SessionOverError(Exception):
    """The refresh token is unknown, has run out, or was used before."""


async def open_session(
    conn: Connection, site_id: int, reader_id: int, family: UUID, token_hash: bytes
) -> None:
    """Start a session whose first refresh token has this hash."""
    await conn.execute(
        """INSERT INTO sessions (site_id, reader_id, family, token_hash, expires_at)
           VALUES ($1, $2, $3, $4, now() + make_interval(days => $5))""",
        site_id,
        reader_id,
        family,
        token_hash,
        SESSION_DAYS,
    )


async def rotate(conn: Connection, site_id: int, family: UUID, old_hash: bytes, new_hash: bytes) -> Profile:
    """Trade a refresh token for a new one, in the caller's transaction.

    The token before the newest still works for a minute, since its answer may have been lost on the way. Raises
    SessionOverError; the caller must commit then, because any other token of the family was used before, and ends it.
    """
    row = await conn.fetchrow(
        f"""SELECT s.id, s.reader_id, w.name,
                   s.token_hash = $3 OR (s.previous_hash = $3 AND s.rotated_at > now() - interval '{_GRACE}') AS good
            FROM sessions s JOIN readers w ON w.site_id = s.site_id AND w.id = s.reader_id
            WHERE s.site_id = $1 AND s.family = $2 AND s.expires_at > now() FOR UPDATE OF s""",
        site_id,
        family,
        old_hash,
    )
    if row is None:
        raise SessionOverError
    if not row["good"]:
        await close(conn, site_id, family)
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


async def close(conn: Connection, site_id: int, family: UUID) -> None:
    """End one session."""
    await conn.execute("DELETE FROM sessions WHERE site_id = $1 AND family = $2", site_id, family)


async def close_all(conn: Connection, site_id: int, reader_id: int) -> None:
    """End all sessions of a reader."""
    await conn.execute("DELETE FROM sessions WHERE site_id = $1 AND reader_id = $2", site_id, reader_id)
