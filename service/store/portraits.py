"""Readers' portraits, as we give them out."""

from dataclasses import dataclass

from moderation.database import Connection

# The same address is asked again after this: the picture behind it may be another.
_FRESH = "1 day"


@dataclass(frozen=True, slots=True)
class Portrait:
    """A picture."""

    media_type: str
    body: bytes


async def is_due(conn: Connection, site_id: int, reader_id: int, url: str | None) -> bool:
    """Whether there is something to fetch. Without an address what is kept is dropped, and another's goes with the next."""
    if url is None:
        await conn.execute("DELETE FROM portraits WHERE site_id = $1 AND reader_id = $2", site_id, reader_id)
        await conn.execute(
            "UPDATE readers SET portrait = NULL WHERE site_id = $1 AND id = $2", site_id, reader_id
        )
        return False
    fresh = await conn.fetchval(
        f"""SELECT EXISTS (SELECT FROM portraits WHERE site_id = $1 AND reader_id = $2 AND source_url = $3
            AND fetched_at > now() - interval '{_FRESH}')""",
        site_id,
        reader_id,
        url,
    )
    return not fresh


async def put(
    conn: Connection, site_id: int, reader_id: int, *, media_type: str, body: bytes, digest: str
) -> None:
    """Keep a portrait, unless its reader was erased meanwhile."""
    url = await conn.fetchval(
        """UPDATE readers SET portrait = $3 WHERE site_id = $1 AND id = $2 AND erased_at IS NULL AND avatar_url IS NOT NULL
           RETURNING avatar_url""",
        site_id,
        reader_id,
        digest,
    )
    if url is None:
        return
    await conn.execute(
        """INSERT INTO portraits (site_id, reader_id, source_url, media_type, body, digest) VALUES ($1, $2, $3, $4, $5, $6)
           ON CONFLICT ON CONSTRAINT portraits_pkey DO UPDATE SET source_url = excluded.source_url,
               media_type = excluded.media_type, body = excluded.body, digest = excluded.digest, fetched_at = now()""",
        site_id,
        reader_id,
        url,
        media_type,
        body,
        digest,
    )


async def read(conn: Connection, site_id: int, digest: str) -> Portrait | None:
    """The portrait with this digest."""
    row = await conn.fetchrow(
        "SELECT media_type, body FROM portraits WHERE site_id = $1 AND digest = $2 LIMIT 1", site_id, digest
    )
    return Portrait(row["media_type"], row["body"]) if row else None
