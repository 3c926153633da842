"""Publishers' own sign-in: who issues their tokens, and the keys that these are verified with."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import asyncpg

from moderation.database import Connection

# A key set is asked for again after this,
FRESH = "1 hour"
# and no more often than this, whatever tokens name;
_PAUSE = "30 seconds"
# and while its address does not answer, the keys that it gave last are good for so long.
_KEPT = "3 days"


@dataclass(frozen=True, slots=True)
class StoredKey:
    """A key, and the one algorithm that it is good for."""

    kid: str
    algorithm: str
    jwk: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Issuer:
    """A publisher's configuration; `jwks` is what its address gave last, None if that is too long ago."""

    issuer: str
    audience: str
    jwks_url: str | None
    jwks: dict[str, Any] | None
    stale: bool
    keys: tuple[StoredKey, ...]


async def read(conn: Connection, site_id: int) -> Issuer | None:
    """The site's issuer with its keys."""
    row = await conn.fetchrow(
        f"""SELECT issuer, audience, jwks_url, CASE WHEN jwks_fetched_at > now() - interval '{_KEPT}' THEN jwks END AS jwks,
                   jwks_fetched_at IS NULL OR jwks_fetched_at < now() - interval '{FRESH}' AS stale
            FROM sso_issuers WHERE site_id = $1""",
        site_id,
    )
    if row is None:
        return None
    keys = await conn.fetch(
        "SELECT kid, algorithm, jwk FROM sso_keys WHERE site_id = $1 ORDER BY created_at", site_id
    )
    return Issuer(**dict(row), keys=tuple(StoredKey(**dict(key)) for key in keys))


async def begin_fetch(conn: Connection, site_id: int) -> str | None:
    """The address to ask for keys, if it is time; whoever gets it asks, and others leave it alone for a while."""
    url: str | None = await conn.fetchval(
        f"""UPDATE sso_issuers SET jwks_asked_at = now() WHERE site_id = $1 AND jwks_url IS NOT NULL
                AND (jwks_asked_at IS NULL OR jwks_asked_at < now() - interval '{_PAUSE}') RETURNING jwks_url""",
        site_id,
    )
    return url


async def fetched(conn: Connection, site_id: int, url: str, jwks: dict[str, Any]) -> None:
    """Keep what the address gave, unless it was changed meanwhile."""
    await conn.execute(
        """UPDATE sso_issuers SET jwks = $3, jwks_fetched_at = now(), jwks_error = NULL
           WHERE site_id = $1 AND jwks_url = $2""",
        site_id,
        url,
        jwks,
    )


async def not_fetched(conn: Connection, site_id: int, error: str) -> None:
    """Note why there were no keys; those from before stay."""
    await conn.execute("UPDATE sso_issuers SET jwks_error = $2 WHERE site_id = $1", site_id, error)


async def set_issuer(conn: Connection, site_id: int, *, issuer: str, audience: str) -> None:
    """Say who issues a site's tokens, and for whom."""
    await conn.execute(
        """INSERT INTO sso_issuers (site_id, issuer, audience) VALUES ($1, $2, $3)
           ON CONFLICT ON CONSTRAINT sso_issuers_pkey DO UPDATE SET issuer = excluded.issuer, audience = excluded.audience""",
        site_id,
        issuer,
        audience,
    )


async def set_jwks_url(conn: Connection, site_id: int, url: str | None) -> bool:
    """Take keys from an address (None: no more). False where no issuer was set."""
    done = await conn.fetchval(
        """UPDATE sso_issuers SET jwks_url = $2, jwks = NULL, jwks_fetched_at = NULL, jwks_asked_at = NULL, jwks_error = NULL
           WHERE site_id = $1 RETURNING true""",
        site_id,
        url,
    )
    return bool(done)


async def add_key(conn: Connection, site_id: int, key: StoredKey) -> bool:
    """Add a key. False where its id is taken or no issuer was set."""
    try:
        async with conn.transaction():
            await conn.execute(
                "INSERT INTO sso_keys (site_id, kid, algorithm, jwk) VALUES ($1, $2, $3, $4)",
                site_id,
                key.kid,
                key.algorithm,
                key.jwk,
            )
    except (asyncpg.UniqueViolationError, asyncpg.ForeignKeyViolationError):
        return False
    return True


async def remove_key(conn: Connection, site_id: int, kid: str) -> bool:
    """Take a key away. False if there was none."""
    done = await conn.fetchval(
        "DELETE FROM sso_keys WHERE site_id = $1 AND kid = $2 RETURNING true", site_id, kid
    )
    return bool(done)


async def remove(conn: Connection, site_id: int) -> bool:
    """Take the whole configuration away. False if there was none."""
    done = await conn.fetchval("DELETE FROM sso_issuers WHERE site_id = $1 RETURNING true", site_id)
    return bool(done)


@dataclass(frozen=True, slots=True)
class State:
    """How the fetching of keys goes, for `parley site sso show`."""

    fetched_at: datetime | None
    error: str | None


async def state(conn: Connection, site_id: int) -> State:
    """When keys were last fetched, and what went wrong since."""
    row = await conn.fetchrow(
        "SELECT jwks_fetched_at, jwks_error FROM sso_issuers WHERE site_id = $1", site_id
    )
    return State(row["jwks_fetched_at"], row["jwks_error"]) if row else State(None, None)
