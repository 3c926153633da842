"""The demo: a site whose article lives at /demo, and a moderator to sign in as."""

import os
import secrets
from pathlib import Path

import asyncpg

from moderation.database import Connection
from service.names import skeleton
from service.passwords import check_password, hash_password
from service.settings import Settings
from service.store import staff

SITE = "demo"
ARTICLE = "demo-article"
_EMAIL = "moderator@demo.example"
_NAME = "Robin (demo)"


async def seed(dsn: str, settings: Settings) -> str:
    """Make sure that the demo is there; returns what to tell the operator."""
    password = _password(settings.data_dir)
    conn = await asyncpg.connect(dsn)
    try:
        async with conn.transaction():
            await _seed(conn, password)
    finally:
        await conn.close()
    return f"""
  Article   {settings.base_url}/demo
  Console   {settings.base_url}/console   (sign in as {_EMAIL}, password {password})
  API docs  {settings.base_url}/api/docs
"""


async def _seed(conn: Connection, password: str) -> None:
    site_id: int = await conn.fetchval(
        """INSERT INTO sites (key, name) VALUES ($1, 'The Demo Courier')
           ON CONFLICT ON CONSTRAINT sites_key_unique DO UPDATE SET key = excluded.key RETURNING id""",
        SITE,
    )
    account = await staff.find_by_email(conn, _EMAIL)
    if account is None:
        hashed = await hash_password(password)
        staff_id = await staff.add(
            conn, email=_EMAIL, name=_NAME, skeleton=skeleton(_NAME), password_hash=hashed
        )
    else:
        staff_id = account.id
        if not await check_password(account.password_hash, password):
            await staff.set_password(conn, staff_id, await hash_password(password))
    await staff.set_role(conn, site_id, staff_id, "admin")


def _password(data_dir: Path) -> str:
    """The demo moderator's password: made once, kept where only the operator can read it."""
    path = data_dir / "demo-password"
    if path.exists():
        return path.read_text(encoding="ascii").strip()
    data_dir.mkdir(parents=True, exist_ok=True)
    password = secrets.token_urlsafe(9)
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="ascii") as file:
        file.write(password + "\n")
    return password
