"""What staff write again and again to readers: one list a site."""

from dataclasses import dataclass

import asyncpg

from moderation.database import Connection

MOST = 200


class TooManyError(Exception):
    """There are as many saved answers as a site may have."""


class TitleTakenError(Exception):
    """Another answer has this title."""


@dataclass(frozen=True, slots=True)
class SavedAnswer:
    """An answer with its placeholders, by its title."""

    id: int
    title: str
    body: str


async def list_answers(conn: Connection, site_id: int) -> list[SavedAnswer]:
    """A site's, by title."""
    rows = await conn.fetch(
        "SELECT id, title, body FROM saved_answers WHERE site_id = $1 ORDER BY lower(title), id", site_id
    )
    return [SavedAnswer(**row) for row in rows]


async def add(conn: Connection, site_id: int, *, title: str, body: str, staff_id: int) -> SavedAnswer:
    """A new one. Raises TooManyError, TitleTakenError."""
    try:
        row = await conn.fetchrow(
            """INSERT INTO saved_answers (site_id, title, body, updated_by)
               SELECT $1, $2, $3, $4 WHERE (SELECT count(*) FROM saved_answers WHERE site_id = $1) < $5
               RETURNING id, title, body""",
            site_id,
            title,
            body,
            staff_id,
            MOST,
        )
    except asyncpg.UniqueViolationError as error:
        raise _taken(error) from None
    if row is None:
        raise TooManyError
    return SavedAnswer(**row)


async def change(
    conn: Connection, site_id: int, answer_id: int, *, title: str, body: str, staff_id: int
) -> SavedAnswer | None:
    """Change one; None if there is none. Raises TitleTakenError."""
    try:
        row = await conn.fetchrow(
            """UPDATE saved_answers SET title = $3, body = $4, updated_by = $5, updated_at = now()
               WHERE site_id = $1 AND id = $2 RETURNING id, title, body""",
            site_id,
            answer_id,
            title,
            body,
            staff_id,
        )
    except asyncpg.UniqueViolationError as error:
        raise _taken(error) from None
    return SavedAnswer(**row) if row else None


async def delete(conn: Connection, site_id: int, answer_id: int) -> str | None:
    """Delete one; returns its title, None if there was none."""
    title: str | None = await conn.fetchval(
        "DELETE FROM saved_answers WHERE site_id = $1 AND id = $2 RETURNING title", site_id, answer_id
    )
    return title


def _taken(error: asyncpg.UniqueViolationError) -> Exception:
    return TitleTakenError() if error.constraint_name == "saved_answers_title_unique" else error
