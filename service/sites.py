"""Sites as the service knows them: read from the database, kept for a few seconds."""

import asyncio
import time
from dataclasses import dataclass
from datetime import timedelta

import asyncpg

from moderation import policies
from moderation.database import Pool
from moderation.policy import Policy
from service.problems import Problem

_KEEP_S = 5.0
_FIND = """
    SELECT s.id, s.key, s.name, s.origins, s.guests_allowed, s.mail_sign_in, s.edit_window, s.voting, s.nudges,
           p.version, p.created_at AS policy_created_at, p.document
    FROM sites s LEFT JOIN policies p ON p.site_id = s.id AND p.active WHERE s.key = $1"""
# How long a lookup may take where an older answer would do.
_WAIT_S = 1.0


@dataclass(frozen=True, slots=True)
class Site:
    """One publisher's site."""

    id: int
    key: str
    name: str
    origins: frozenset[str]
    guests_allowed: bool
    mail_sign_in: bool
    edit_window: timedelta
    # both | up | off
    voting: str
    nudges: bool
    policy: Policy


class Sites:
    """Finds sites by key. A change to a site is seen within five seconds; unknown keys are not remembered."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool
        self._kept: dict[str, tuple[float, Site]] = {}

    async def keys_of_origin(self, origin: str) -> list[str]:
        """The sites whose pages live on this origin."""
        rows = await self._pool.fetch("SELECT key FROM sites WHERE $1 = ANY(origins) ORDER BY key", origin)
        return [row["key"] for row in rows]

    async def get(self, key: str) -> Site:
        """The site; raises Problem `not_found`. With the database away, the last known answer goes on."""
        kept = self._kept.get(key)
        if kept is not None and time.monotonic() - kept[0] < _KEEP_S:
            return kept[1]
        try:
            async with asyncio.timeout(None if kept is None else _WAIT_S):
                row = await self._pool.fetchrow(_FIND, key)
        except Exception:
            if kept is not None:
                self._kept[key] = (time.monotonic(), kept[1])
                return kept[1]
            raise
        if row is None:
            self._kept.pop(key, None)
            raise Problem("not_found", "There is no such site.")
        site = Site(
            id=row["id"],
            key=row["key"],
            name=row["name"],
            origins=frozenset(row["origins"]),
            guests_allowed=row["guests_allowed"],
            mail_sign_in=row["mail_sign_in"],
            edit_window=row["edit_window"],
            voting=row["voting"],
            nudges=row["nudges"],
            policy=_policy(row),
        )
        self._kept[key] = (time.monotonic(), site)
        return site


def _policy(row: asyncpg.Record) -> Policy:
    if row["document"] is None:
        return Policy.default()
    return policies.parsed(row["id"], row["version"], row["policy_created_at"], row["document"])
