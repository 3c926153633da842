"""Attempts to sign in, each in a window of ours: from the widget that opened it until a session is handed over."""

from dataclasses import dataclass

import asyncpg

from moderation.database import Connection

_MOST_MAILS = 3
_FIELDS = """id, return_to, guest_id, email, number, confirmed_at IS NOT NULL AS confirmed, external_id, name, reader_id,
             nonce, verifier, mails"""
_OPEN = "ended_at IS NULL AND expires_at > now()"


@dataclass(frozen=True, slots=True)
class Attempt:
    """Where an attempt stands."""

    id: int
    return_to: str
    guest_id: int | None
    email: str | None
    number: int | None
    confirmed: bool
    external_id: str | None
    name: str | None
    reader_id: int | None
    nonce: str | None
    verifier: str | None
    mails: int


def _attempt(row: asyncpg.Record | None) -> Attempt | None:
    return Attempt(**dict(row)) if row else None


async def begin(
    conn: Connection,
    site_id: int,
    *,
    ticket_hash: bytes,
    secret_hash: bytes,
    return_to: str,
    guest_id: int | None,
) -> None:
    """A new attempt."""
    await conn.execute(
        """INSERT INTO sign_ins (site_id, ticket_hash, secret_hash, return_to, guest_id)
           SELECT $1, $2, $3, $4, (SELECT id FROM readers WHERE site_id = $1 AND id = $5 AND external_id IS NULL)""",
        site_id,
        ticket_hash,
        secret_hash,
        return_to,
        guest_id,
    )


async def enter(conn: Connection, site_id: int, ticket_hash: bytes, browser_hash: bytes) -> Attempt | None:
    """The attempt of a window, for the browser that opened it first; None for any other, or where it is over."""
    row = await conn.fetchrow(
        f"""UPDATE sign_ins SET browser_hash = $3 WHERE site_id = $1 AND ticket_hash = $2 AND {_OPEN}
            AND (browser_hash IS NULL OR browser_hash = $3) RETURNING {_FIELDS}""",
        site_id,
        ticket_hash,
        browser_hash,
    )
    return _attempt(row)


async def ask_by_mail(
    conn: Connection, site_id: int, attempt_id: int, *, email: str, link_hash: bytes, number: int
) -> bool:
    """Note the address, the link and the number to compare; the link before it is no longer good. False after too many."""
    row = await conn.fetchval(
        f"""UPDATE sign_ins SET email = $3, link_hash = $4, number = $5, mails = mails + 1
            WHERE site_id = $1 AND id = $2 AND mails < {_MOST_MAILS} AND reader_id IS NULL AND confirmed_at IS NULL
            RETURNING true""",
        site_id,
        attempt_id,
        email,
        link_hash,
        number,
    )
    return bool(row)


async def owe_mail(conn: Connection, site_id: int, attempt_id: int, *, email: str, seed: str) -> None:
    """Note the mail with the link, of which only the seed is kept."""
    await conn.execute(
        "INSERT INTO outbox (site_id, type, subject, payload) VALUES ($1, 'mail.sign_in', $2, $3)",
        site_id,
        f"sign_in:{attempt_id}:{seed[:8]}",
        {"email": email, "seed": seed},
    )


async def by_link(conn: Connection, site_id: int, link_hash: bytes) -> Attempt | None:
    """The attempt that a link belongs to, while the link is good. Looking uses nothing up."""
    row = await conn.fetchrow(
        f"""SELECT {_FIELDS} FROM sign_ins WHERE site_id = $1 AND link_hash = $2 AND confirmed_at IS NULL AND {_OPEN}""",
        site_id,
        link_hash,
    )
    return _attempt(row)


async def confirm(conn: Connection, site_id: int, link_hash: bytes, number: int) -> bool:
    """Use a link up: True with the right number; with any other the attempt ends."""
    right = await conn.fetchval(
        f"""UPDATE sign_ins SET link_hash = NULL,
                confirmed_at = CASE WHEN number = $3 THEN now() END, ended_at = CASE WHEN number <> $3 THEN now() END,
                external_id = CASE WHEN number = $3 THEN 'mail:' || lower(email) END
            WHERE site_id = $1 AND link_hash = $2 AND confirmed_at IS NULL AND {_OPEN} RETURNING number = $3""",
        site_id,
        link_hash,
        number,
    )
    return bool(right)


async def go_to_provider(
    conn: Connection, site_id: int, attempt_id: int, *, state_hash: bytes, nonce: str, verifier: str
) -> None:
    """Note what the provider's answer must fit."""
    await conn.execute(
        "UPDATE sign_ins SET state_hash = $3, nonce = $4, verifier = $5 WHERE site_id = $1 AND id = $2",
        site_id,
        attempt_id,
        state_hash,
        nonce,
        verifier,
    )


async def back_from_provider(
    conn: Connection, site_id: int, state_hash: bytes, browser_hash: bytes
) -> Attempt | None:
    """The attempt that a provider's answer belongs to, in the browser that went there, once."""
    row = await conn.fetchrow(
        f"""UPDATE sign_ins SET state_hash = NULL WHERE site_id = $1 AND state_hash = $2 AND browser_hash = $3 AND {_OPEN}
            RETURNING {_FIELDS}""",
        site_id,
        state_hash,
        browser_hash,
    )
    return _attempt(row)


async def found(
    conn: Connection, site_id: int, attempt_id: int, *, external_id: str, name: str | None, email: str | None
) -> None:
    """Note whom a provider vouches for."""
    await conn.execute(
        "UPDATE sign_ins SET external_id = $3, name = $4, email = $5 WHERE site_id = $1 AND id = $2",
        site_id,
        attempt_id,
        external_id,
        name,
        email,
    )


async def finish(conn: Connection, site_id: int, attempt_id: int, reader_id: int, code_hash: bytes) -> None:
    """Note the reader, and the code that the window gives to the widget."""
    await conn.execute(
        "UPDATE sign_ins SET reader_id = $3, code_hash = $4 WHERE site_id = $1 AND id = $2",
        site_id,
        attempt_id,
        reader_id,
        code_hash,
    )


async def collect(conn: Connection, site_id: int, secret_hash: bytes, code_hash: bytes) -> Attempt | None:
    """End an attempt and give it to the widget that began it, once."""
    row = await conn.fetchrow(
        f"""UPDATE sign_ins SET ended_at = now() WHERE site_id = $1 AND secret_hash = $2 AND code_hash = $3
            AND reader_id IS NOT NULL AND {_OPEN} RETURNING {_FIELDS}""",
        site_id,
        secret_hash,
        code_hash,
    )
    return _attempt(row)


async def forget(conn: Connection) -> None:
    """Drop attempts that are over, and links to accounts."""
    await conn.execute("DELETE FROM sign_ins WHERE expires_at < now() - interval '1 hour'")
    await conn.execute("DELETE FROM account_links WHERE expires_at < now()")
