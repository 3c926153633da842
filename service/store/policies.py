"""Versions of a site's policy as the console lists them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from moderation.database import Connection


@dataclass(frozen=True, slots=True)
class Version:
    """A stored version: who saved it (`staff` is None for an operator), and its document."""

    version: int
    active: bool
    note: str
    by: str
    staff: dict[str, str] | None
    created_at: datetime
    document: dict[str, Any]


async def list_versions(
    conn: Connection, site_id: int, *, before: int | None, limit: int
) -> Sequence[Version]:
    """Up to `limit` versions, newest first, older than `before`."""
    rows = await conn.fetch(
        """SELECT p.version, p.active, p.note, p.created_by, p.created_at, p.document, s.id, s.name
           FROM policies p LEFT JOIN staff s ON p.created_by = 'staff:' || s.id
           WHERE p.site_id = $1 AND p.version < $2 ORDER BY p.version DESC LIMIT $3""",
        site_id,
        before or 2**31 - 1,
        limit,
    )
    return [
        Version(
            version=row["version"],
            active=row["active"],
            note=row["note"],
            by=row["created_by"],
            staff={"id": str(row["id"]), "name": row["name"]} if row["id"] is not None else None,
            created_at=row["created_at"],
            document=row["document"],
        )
        for row in rows
    ]


async def find_document(conn: Connection, site_id: int, version: int) -> dict[str, Any] | None:
    """The document of a version, None if there is none."""
    document: dict[str, Any] | None = await conn.fetchval(
        "SELECT document FROM policies WHERE site_id = $1 AND version = $2", site_id, version
    )
    return document
