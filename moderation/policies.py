"""A site's policy as it is stored: every version kept, one active."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime

from moderation.database import Connection
from moderation.policy import Policy


@dataclass(frozen=True, slots=True)
class StoredPolicy:
    """One version of a site's policy."""

    version: int
    policy: Policy
    note: str
    created_by: str
    created_at: datetime
    active: bool


_MOST_KEPT = 1_000
_kept: dict[tuple[int, int, datetime], Policy] = {}


def parsed(site_id: int, version: int, created_at: datetime, document: object) -> Policy:
    """A stored policy as a Policy. A version never changes, so each is checked once: its word lists may be long."""
    key = (site_id, version, created_at)
    if key not in _kept:
        if len(_kept) >= _MOST_KEPT:
            _kept.clear()
        _kept[key] = Policy.model_validate(document)
    return _kept[key]


async def active(conn: Connection, site_ids: Collection[int]) -> Mapping[int, tuple[int, Policy]]:
    """The active policy of each site, with its version; a site that has none yet gets version 0, the default."""
    rows = await conn.fetch(
        "SELECT site_id, version, created_at, document FROM policies WHERE active AND site_id = ANY($1)",
        list(site_ids),
    )
    found = {row["site_id"]: (row["version"], parsed(*row)) for row in rows}
    return {site_id: found.get(site_id) or (0, Policy.default()) for site_id in site_ids}


async def save(conn: Connection, site_id: int, policy: Policy, *, by: str, note: str) -> int:
    """Store a new version and make it the active one, in the caller's transaction; returns its number."""
    await conn.execute("SELECT FROM sites WHERE id = $1 FOR UPDATE", site_id)
    await conn.execute("UPDATE policies SET active = false WHERE site_id = $1 AND active", site_id)
    version: int = await conn.fetchval(
        """INSERT INTO policies (site_id, version, document, active, note, created_by)
           SELECT $1, coalesce(max(version), 0) + 1, $2, true, $3, $4 FROM policies WHERE site_id = $1
           RETURNING version""",
        site_id,
        policy.model_dump(mode="json"),
        note,
        by,
    )
    return version


async def history(conn: Connection, site_id: int) -> list[StoredPolicy]:
    """All versions, newest first."""
    rows = await conn.fetch(
        """SELECT version, document, note, created_by, created_at, active FROM policies
           WHERE site_id = $1 ORDER BY version DESC""",
        site_id,
    )
    return [
        StoredPolicy(
            version=row["version"],
            policy=parsed(site_id, row["version"], row["created_at"], row["document"]),
            note=row["note"],
            created_by=row["created_by"],
            created_at=row["created_at"],
            active=row["active"],
        )
        for row in rows
    ]
