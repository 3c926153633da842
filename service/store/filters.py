"""What members of staff look at again and again: each their own."""

from dataclasses import dataclass
from typing import Any

import asyncpg

from moderation.database import Connection

MOST = 50


class TooManyError(Exception):
    """There are as many saved filters as one may have on a site."""


@dataclass(frozen=True, slots=True)
class Saved:
    """A named view of the queue, or a named search: what stands behind the `?` of the console's address."""

    id: int
    name: str
    place: str
    query: dict[str, Any]


def _saved(row: asyncpg.Record) -> Saved:
    return Saved(row["id"], row["name"], row["place"], row["query"])


async def list_filters(conn: Connection, site_id: int, staff_id: int) -> list[Saved]:
    """Somebody's filters, by name."""
    rows = await conn.fetch(
        "SELECT id, name, place, query FROM saved_filters WHERE site_id = $1 AND staff_id = $2 ORDER BY name, id",
        site_id,
        staff_id,
    )
    return [_saved(row) for row in rows]


async def save(
    conn: Connection, site_id: int, staff_id: int, *, name: str, place: str, query: dict[str, str]
) -> Saved:
    """Save a filter, in place of one of the same name. Raises TooManyError."""
    row = await conn.fetchrow(
        """INSERT INTO saved_filters (site_id, staff_id, name, place, query)
           SELECT $1, $2, $3, $4, $5
           WHERE (SELECT count(*) FROM saved_filters WHERE site_id = $1 AND staff_id = $2 AND name <> $3) < $6
           ON CONFLICT ON CONSTRAINT saved_filters_name_unique DO UPDATE
           SET place = excluded.place, query = excluded.query RETURNING id, name, place, query""",
        site_id,
        staff_id,
        name,
        place,
        query,
        MOST,
    )
    if row is None:
        raise TooManyError
    return _saved(row)


async def forget(conn: Connection, site_id: int, staff_id: int, filter_id: int) -> None:
    """Delete one's filter; one that is gone already is no error."""
    await conn.execute(
        "DELETE FROM saved_filters WHERE site_id = $1 AND staff_id = $2 AND id = $3",
        site_id,
        staff_id,
        filter_id,
    )
