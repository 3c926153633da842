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
            SET seen = f.seen + 1, example = excluded.example, last_seen_at = now(), mended_at = NULL, mended_by = NULL""",
        site_id,
        cause,
        detail,
        example,
    )


async def list_faults(conn: Connection, site_id: int) -> list[dict[str, Any]]:
    """All that are remembered of a site: first those that nobody mended, of both the ones seen last first."""
    rows = await conn.fetch(
        """SELECT json_build_object('cause', f.cause, 'detail', f.detail, 'seen', f.seen, 'example', f.example,
                      'first_seen_at', f.first_seen_at, 'last_seen_at', f.last_seen_at, 'mended_at', f.mended_at,
                      'mended_by', CASE WHEN s.id IS NOT NULL THEN json_build_object('id', s.id::text, 'name', s.name) END
                  )::text AS json
           FROM site_faults f LEFT JOIN staff s ON s.id = f.mended_by WHERE f.site_id = $1
           ORDER BY f.mended_at IS NOT NULL, f.last_seen_at DESC, f.cause, f.detail""",
        site_id,
    )
    return [orjson.loads(row["json"]) for row in rows]


async def mend(conn: Connection, site_id: int, cause: str, detail: str, *, staff_id: int) -> bool:
    """Note that somebody mended it; it comes back when it is met again. False if there is no such fault."""
    found = await conn.fetchval(
        """UPDATE site_faults SET mended_at = coalesce(mended_at, now()), mended_by = coalesce(mended_by, $4)
           WHERE site_id = $1 AND cause = $2 AND detail = $3 RETURNING true""",
        site_id,
        cause,
        detail,
        staff_id,
    )
    return bool(found)


async def forget(conn: Connection) -> None:
    """Forget those that were not seen for 90 days."""
    await conn.execute(
        "DELETE FROM site_faults WHERE last_seen_at < now() - make_interval(days => $1)", _DAYS
    )
