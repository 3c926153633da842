"""Second factors of the staff: one-time codes, recovery codes, passkeys and what these have to sign."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import asyncpg

from moderation.database import Connection

_CHALLENGE_GOOD_FOR = "5 minutes"
MOST_PASSKEYS = 20


class PasskeyKnownError(Exception):
    """The passkey has been added before."""


@dataclass(frozen=True, slots=True)
class Totp:
    """Somebody's secret of one-time codes; they are asked for once `since` is set."""

    secret: str
    since: datetime | None
    now: float


async def read_totp(conn: Connection, staff_id: int) -> Totp | None:
    """The secret, and the time by the database's clock in seconds; None if codes were never set up."""
    row = await conn.fetchrow(
        """SELECT totp_secret AS secret, totp_since AS since, extract(epoch FROM now())::float8 AS now FROM staff
           WHERE id = $1 AND totp_secret IS NOT NULL""",
        staff_id,
    )
    return Totp(**dict(row)) if row else None


async def propose_totp(conn: Connection, staff_id: int, secret: str) -> bool:
    """Keep a secret whose first code is still to come; False while another one is in use."""
    done: str = await conn.execute(
        "UPDATE staff SET totp_secret = $2, totp_step = 0 WHERE id = $1 AND totp_since IS NULL",
        staff_id,
        secret,
    )
    return done != "UPDATE 0"


async def spend_step(conn: Connection, staff_id: int, step: int) -> bool:
    """Use the code of a time step up; False if it, or a later one, was used before."""
    done: str = await conn.execute(
        "UPDATE staff SET totp_step = $2 WHERE id = $1 AND totp_step < $2", staff_id, step
    )
    return done != "UPDATE 0"


async def confirm_totp(conn: Connection, staff_id: int) -> None:
    """From now on codes are asked for."""
    await conn.execute("UPDATE staff SET totp_since = now() WHERE id = $1", staff_id)


async def drop_totp(conn: Connection, staff_id: int) -> None:
    """No codes any more, nor recovery codes."""
    await conn.execute(
        """WITH gone AS (DELETE FROM staff_recovery_codes WHERE staff_id = $1)
           UPDATE staff SET totp_secret = NULL, totp_since = NULL, totp_step = 0 WHERE id = $1""",
        staff_id,
    )


async def replace_recovery_codes(conn: Connection, staff_id: int, hashes: Sequence[bytes]) -> None:
    """New recovery codes; the old ones open nothing any more."""
    await conn.execute("DELETE FROM staff_recovery_codes WHERE staff_id = $1", staff_id)
    await conn.execute(
        "INSERT INTO staff_recovery_codes (staff_id, code_hash) SELECT $1, unnest($2::bytea[])",
        staff_id,
        list(hashes),
    )


async def spend_recovery_code(conn: Connection, staff_id: int, code_hash: bytes) -> bool:
    """Use a recovery code up; False if it is none."""
    done: str = await conn.execute(
        "DELETE FROM staff_recovery_codes WHERE staff_id = $1 AND code_hash = $2", staff_id, code_hash
    )
    return done != "DELETE 0"


async def recovery_codes_left(conn: Connection, staff_id: int) -> int:
    """How many recovery codes somebody still has."""
    left: int = await conn.fetchval("SELECT count(*) FROM staff_recovery_codes WHERE staff_id = $1", staff_id)
    return left


@dataclass(frozen=True, slots=True)
class Passkey:
    """A passkey; what its device keeps is not here."""

    id: int
    staff_id: int
    credential_id: bytes
    public_key: bytes
    sign_count: int
    name: str
    created_at: datetime
    used_at: datetime | None


_PASSKEY = "SELECT id, staff_id, credential_id, public_key, sign_count, name, created_at, used_at FROM staff_passkeys"


async def list_passkeys(conn: Connection, staff_id: int) -> list[Passkey]:
    """Somebody's passkeys, the oldest first."""
    rows = await conn.fetch(f"{_PASSKEY} WHERE staff_id = $1 ORDER BY id", staff_id)
    return [Passkey(**dict(row)) for row in rows]


async def find_passkey(conn: Connection, credential_id: bytes) -> Passkey | None:
    """The passkey with this id, whosever it is, for somebody who may sign in."""
    row = await conn.fetchrow(
        f"""{_PASSKEY} k WHERE credential_id = $1
            AND EXISTS (SELECT FROM staff s WHERE s.id = k.staff_id AND s.disabled_at IS NULL)""",
        credential_id,
    )
    return Passkey(**dict(row)) if row else None


async def add_passkey(
    conn: Connection, staff_id: int, *, credential_id: bytes, public_key: bytes, sign_count: int, name: str
) -> None:
    """Keep a passkey. Raises PasskeyKnownError."""
    try:
        await conn.execute(
            """INSERT INTO staff_passkeys (staff_id, credential_id, public_key, sign_count, name)
               VALUES ($1, $2, $3, $4, $5)""",
            staff_id,
            credential_id,
            public_key,
            sign_count,
            name,
        )
    except asyncpg.UniqueViolationError as error:
        if error.constraint_name != "staff_passkeys_credential_unique":
            raise
        raise PasskeyKnownError from None


async def used_passkey(conn: Connection, passkey_id: int, sign_count: int) -> None:
    """Note that a passkey has signed, and its counter."""
    await conn.execute(
        "UPDATE staff_passkeys SET used_at = now(), sign_count = $2 WHERE id = $1", passkey_id, sign_count
    )


async def drop_passkey(conn: Connection, staff_id: int, passkey_id: int) -> bool:
    """Forget a passkey; False if there is no such one."""
    done: str = await conn.execute(
        "DELETE FROM staff_passkeys WHERE staff_id = $1 AND id = $2", staff_id, passkey_id
    )
    return done != "DELETE 0"


async def keep_challenge(conn: Connection, challenge: bytes, staff_id: int | None) -> None:
    """Remember what is to be signed; by whom, where somebody adds a passkey."""
    await conn.execute(
        "INSERT INTO staff_challenges (challenge, staff_id) VALUES ($1, $2)", challenge, staff_id
    )


async def spend_challenge(conn: Connection, challenge: bytes, staff_id: int | None) -> bool:
    """Use a challenge up; False if it is not one of ours, has run out, or was used."""
    found = await conn.fetchval(
        f"""DELETE FROM staff_challenges WHERE challenge = $1 AND staff_id IS NOT DISTINCT FROM $2::bigint
            RETURNING created_at > now() - interval '{_CHALLENGE_GOOD_FOR}'""",
        challenge,
        staff_id,
    )
    return bool(found)


async def forget_challenges(conn: Connection) -> None:
    """Drop those that have run out."""
    await conn.execute(
        f"DELETE FROM staff_challenges WHERE created_at < now() - interval '{_CHALLENGE_GOOD_FOR}'"
    )
