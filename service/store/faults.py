"""Faults that lie with a publisher's pages: counted, with an example of each."""

from typing import Any

import orjson

from moderation.database import Connection

# Origins come from strangers: what is beyond this is not kept apart.
_MOST = 200
_DAYS = 90


async def note(conn: Connection, site_id: int, cause: str, detail: str, example: dict[str, Any]) -> None:
    """Count one more."""
    await conn.execute(
        f"""INSERT INTO site_faults AS f (site_id, cause, detail, example)
            SELECT $1, $2, $3, $4
            WHERE (SELECT count(*) FROM site_faults WHERE site_id = $1) < {_MOST}
                  OR EXISTS (SELECT FROM site_faults WHERE site_id = $1 AND cause = $2 AND detail = $3)
            ON CONFLICT ON CONSTRAINT site_faults_pkey DO UPDATE
            SET seen = f.seen + 1, example = excluded.example, last_seen_at = now()""",
        site_id,
        cause,
        detail,
        example,
    )


async def list_faults(conn: Connection, site_id: int) -> list[dict[str, Any]]:
    """All that are remembered of a site, those seen last first."""
    rows = await conn.fetch(
        """SELECT json_build_object('cause', cause, 'detail', detail, 'seen', seen, 'example', example,
                      'first_seen_at', first_seen_at, 'last_seen_at', last_seen_at)::text AS json
           FROM site_faults WHERE site_id = $1 ORDER BY last_seen_at DESC, cause, detail""",
        site_id,
    )
    return [orjson.loads(row["json"]) for row in rows]


async def forget(conn: Connection) -> None:
    """Forget those that were not seen for 90 days."""
    await conn.execute(
        "DELETE FROM site_faults WHERE last_seen_at < now() - make_interval(days => $1)", _DAYS
    )
