"""Readers: guests, those who signed in, and what a guest takes along into an account."""

from dataclasses import dataclass

import asyncpg

from moderation.database import Connection

# The making of a guest may be asked for again within this time; for longer, whoever guessed the key could come as that guest.
_KEY_GOOD_FOR = "1 hour"


class NameTakenError(Exception):
    """The name looks like that of somebody on the staff."""


class KeyReusedError(Exception):
    """The idempotency key made another guest, or this one too long ago to be the same attempt."""


@dataclass(frozen=True, slots=True)
class Profile:
    """A reader as others see them."""

    id: int
    name: str


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody whom a publisher, a mail server or an OpenID provider vouches for; `email` is an address proved to be theirs."""

    external_id: str
    name: str
    skeleton: str
    email: str | None = None
    avatar_url: str | None = None


async def _refuse_staff_names(
    conn: Connection, site_id: int, skeleton: str, email: str | None = None
) -> None:
    """Raise NameTakenError for a name like that of somebody on the staff, unless it is they."""
    taken = await conn.fetchval(
        """SELECT EXISTS (SELECT FROM staff s JOIN staff_roles r ON r.staff_id = s.id
           WHERE r.site_id = $1 AND s.name_skeleton = $2 AND lower(s.email) IS DISTINCT FROM lower($3))""",
        site_id,
        skeleton,
        email,
    )
    if taken:
        raise NameTakenError


async def add_guest(
    conn: Connection, site_id: int, *, name: str, skeleton: str, idempotency_key: str | None
) -> Profile:
    """A new guest; the same idempotency key finds the one that it made. Raises NameTakenError or KeyReusedError."""
    await _refuse_staff_names(conn, site_id, skeleton)
    row = await conn.fetchrow(
        """INSERT INTO readers (site_id, name, name_skeleton, idempotency_key) VALUES ($1, $2, $3, $4)
           ON CONFLICT ON CONSTRAINT readers_idempotency_unique DO NOTHING RETURNING id, name""",
        site_id,
        name,
        skeleton,
        idempotency_key,
    )
    if row is None:
        row = await conn.fetchrow(
            f"""SELECT id, name FROM readers WHERE site_id = $1 AND idempotency_key = $2 AND name = $3
                AND external_id IS NULL AND erased_at IS NULL AND created_at > now() - interval '{_KEY_GOOD_FOR}'""",
            site_id,
            idempotency_key,
            name,
        )
    if row is None:
        raise KeyReusedError
    return Profile(row["id"], row["name"])


async def find(conn: Connection, site_id: int, external_id: str) -> Profile | None:
    """The reader who is known by this id."""
    row = await conn.fetchrow(
        "SELECT id, name FROM readers WHERE site_id = $1 AND external_id = $2", site_id, external_id
    )
    return Profile(row["id"], row["name"]) if row else None


async def get(conn: Connection, site_id: int, reader_id: int) -> Profile | None:
    """The reader of this number, unless they were erased."""
    row = await conn.fetchrow(
        "SELECT id, name FROM readers WHERE site_id = $1 AND id = $2 AND erased_at IS NULL",
        site_id,
        reader_id,
    )
    return Profile(row["id"], row["name"]) if row else None


async def put(conn: Connection, site_id: int, person: Person) -> tuple[Profile, bool]:
    """The reader whom this is, made or brought up to date, and whether they are new. Raises NameTakenError."""
    await _refuse_staff_names(conn, site_id, person.skeleton, person.email)
    row = await conn.fetchrow(
        """INSERT INTO readers (site_id, external_id, name, name_skeleton, email, avatar_url) VALUES ($1, $2, $3, $4, $5, $6)
           ON CONFLICT ON CONSTRAINT readers_external_unique DO UPDATE SET name = excluded.name,
               name_skeleton = excluded.name_skeleton, email = coalesce(excluded.email, readers.email),
               avatar_url = excluded.avatar_url
           RETURNING id, name, xmax = 0 AS is_new""",
        site_id,
        person.external_id,
        person.name,
        person.skeleton,
        person.email,
        person.avatar_url,
    )
    assert row is not None
    return Profile(row["id"], row["name"]), row["is_new"]


async def take_along(conn: Connection, site_id: int, guest_id: int, reader_id: int) -> int:
    """Give a guest's comments to the account that they signed in to; returns how many.

    Only those of a guest without a sanction: what was laid on a name is not shed by signing in.
    """
    guest: asyncpg.Record | None = await conn.fetchrow(
        """SELECT FROM readers WHERE site_id = $1 AND id = $2 AND id <> $3 AND external_id IS NULL
           AND erased_at IS NULL AND sanction = 'none' FOR UPDATE""",
        site_id,
        guest_id,
        reader_id,
    )
    if guest is None:
        return 0
    moved = await conn.fetch(
        "UPDATE comments SET reader_id = $3 WHERE site_id = $1 AND reader_id = $2 RETURNING id",
        site_id,
        guest_id,
        reader_id,
    )
    await conn.execute(
        "UPDATE appeals SET reader_id = $3 WHERE site_id = $1 AND reader_id = $2 AND comment_id IS NOT NULL",
        site_id,
        guest_id,
        reader_id,
    )
    return len(moved)
