"""The log's lines of calls that did not succeed, kept for a few days so that a ticket's request can be looked up."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import orjson

from moderation.database import Connection

DAYS = 7
# Of one site: strangers can make calls fail as often as they like.
MOST = 10_000
_SHOWN = 20


@dataclass(frozen=True, slots=True)
class Failure:
    """One line: of the path only the pattern, of the error only its kind."""

    site: str
    request_id: str
    route: str
    status: int
    code: str | None
    error: str | None
    milliseconds: float
    at: datetime


async def add(conn: Connection, failures: Sequence[Failure]) -> None:
    """Keep them; those of sites that do not exist are dropped."""
    await conn.execute(
        """INSERT INTO failed_requests (site_id, request_id, route, status, code, error, milliseconds, at)
           SELECT s.id, f.request_id, f.route, f.status, f.code, f.error, f.milliseconds, f.at
           FROM unnest($1::text[], $2::text[], $3::text[], $4::int[], $5::text[], $6::text[], $7::float8[],
                       $8::timestamptz[]) AS f(site, request_id, route, status, code, error, milliseconds, at)
           JOIN sites s ON s.key = f.site""",
        [one.site for one in failures],
        [one.request_id for one in failures],
        [one.route for one in failures],
        [one.status for one in failures],
        [one.code for one in failures],
        [one.error for one in failures],
        [one.milliseconds for one in failures],
        [one.at for one in failures],
    )


async def find(conn: Connection, site_id: int, request_id: str) -> list[dict[str, Any]]:
    """The lines of one request, oldest first: a client may have used an id again."""
    rows = await conn.fetch(
        """SELECT json_build_object('request_id', request_id, 'route', route, 'status', status, 'code', code,
                      'error', error, 'milliseconds', milliseconds, 'at', at)::text AS json
           FROM failed_requests WHERE site_id = $1 AND request_id = $2 ORDER BY id LIMIT $3""",
        site_id,
        request_id,
        _SHOWN,
    )
    return [orjson.loads(row["json"]) for row in rows]


async def forget(conn: Connection) -> None:
    """Forget what is old, and of each site what is too much."""
    await conn.execute("DELETE FROM failed_requests WHERE at < now() - make_interval(days => $1)", DAYS)
    await conn.execute(
        """DELETE FROM failed_requests f USING sites s
           WHERE f.site_id = s.id AND f.id <= (SELECT n.id FROM failed_requests n WHERE n.site_id = s.id
                                               ORDER BY n.id DESC OFFSET $1 LIMIT 1)""",
        MOST,
    )
