"""`parley policy`: how a site judges."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any, TypeVar

import asyncpg
import click
from pydantic import ValidationError

from moderation import policies
from moderation.database import Connection, prepare
from moderation.policy import Policy
from service.commands.database import database
from service.settings import Settings

T = TypeVar("T")


@click.group()
def policy() -> None:
    """Show and change how a site judges. Every change is a new version."""


@policy.command()
@click.argument("site")
def show(site: str) -> None:
    """Print SITE's active policy as JSON."""

    async def read(conn: Connection, site_id: int) -> tuple[int, Policy]:
        return (await policies.active(conn, {site_id}))[site_id]

    version, active = _on(site, read)
    click.echo(f"# version {version}" if version else "# version 0: the default", err=True)
    click.echo(_pretty(active))


@policy.command(name="set")
@click.argument("site")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--note", default="", help="Why, for the record.")
@click.option("--by", default="operator", show_default=True, help="Who, for the record.")
def set_policy(site: str, file: Path, note: str, by: str) -> None:
    """Make the policy in FILE (JSON, as `show` prints it) SITE's active one."""
    try:
        document = Policy.model_validate_json(file.read_text(encoding="utf-8"))
    except (ValidationError, UnicodeDecodeError) as error:
        raise click.ClickException(f"{file} is not a policy: {error}") from None

    async def write(conn: Connection, site_id: int) -> int:
        async with conn.transaction():
            return await policies.save(conn, site_id, document, by=by, note=note)

    click.echo(f"Version {_on(site, write)} is active.")


@policy.command()
@click.argument("site")
def history(site: str) -> None:
    """List the versions of SITE's policy, newest first."""
    for stored in _on(site, policies.history):
        mark = "*" if stored.active else " "
        click.echo(
            f"{mark} {stored.version:4}  {stored.created_at:%Y-%m-%d %H:%M}  {stored.created_by}  {stored.note}"
        )


@policy.command()
@click.argument("site")
@click.argument("version", type=int)
@click.option("--by", default="operator", show_default=True, help="Who, for the record.")
def restore(site: str, version: int, by: str) -> None:
    """Make an earlier VERSION of SITE's policy the active one, as a new version."""

    async def write(conn: Connection, site_id: int) -> int:
        async with conn.transaction():
            found = [old for old in await policies.history(conn, site_id) if old.version == version]
            if not found:
                raise click.ClickException(f"{site} has no policy of version {version}.")
            return await policies.save(
                conn, site_id, found[0].policy, by=by, note=f"restores version {version}"
            )

    click.echo(f"Version {_on(site, write)} is active.")


def _pretty(document: Policy) -> str:
    return json.dumps(document.model_dump(mode="json"), indent=2, ensure_ascii=False)


def _on(site: str, work: Callable[[Connection, int], Awaitable[T]]) -> T:
    """Do `work` on a connection, for the site with this key."""

    async def run(dsn: str) -> T:
        conn: asyncpg.Connection[Any] = await asyncpg.connect(dsn)
        try:
            await prepare(conn)
            site_id = await conn.fetchval("SELECT id FROM sites WHERE key = $1", site)
            if site_id is None:
                raise click.ClickException(f"There is no site {site!r}.")
            return await work(conn, site_id)
        finally:
            await conn.close()

    with database(Settings()) as (dsn, _):
        return asyncio.run(run(dsn))
