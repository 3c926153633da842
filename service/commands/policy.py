"""`parley policy`: how a site judges."""

import json
from pathlib import Path

import click
from pydantic import ValidationError

from moderation import policies
from moderation import simulate as simulation
from moderation.database import Connection
from moderation.policy import Policy
from service.commands.database import on_site


@click.group()
def policy() -> None:
    """Show, try out and change how a site judges. Every change is a new version."""


@policy.command()
@click.argument("site")
def show(site: str) -> None:
    """Print SITE's active policy as JSON."""

    async def read(conn: Connection, site_id: int) -> tuple[int, Policy]:
        return (await policies.active(conn, {site_id}))[site_id]

    version, active = on_site(site, read)
    click.echo(f"# version {version}" if version else "# version 0: the default", err=True)
    click.echo(_pretty(active))


@policy.command(name="set")
@click.argument("site")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--note", default="", help="Why, for the record.")
@click.option("--by", default="operator", show_default=True, help="Who, for the record.")
def set_policy(site: str, file: Path, note: str, by: str) -> None:
    """Make the policy in FILE (JSON, as `show` prints it) SITE's active one."""
    document = _document(file)

    async def write(conn: Connection, site_id: int) -> int:
        return await policies.save(conn, site_id, document, by=by, note=note)

    click.echo(f"Version {on_site(site, write)} is active.")


@policy.command()
@click.argument("site")
def history(site: str) -> None:
    """List the versions of SITE's policy, newest first."""
    for stored in on_site(site, policies.history):
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
        found = [old for old in await policies.history(conn, site_id) if old.version == version]
        if not found:
            raise click.ClickException(f"{site} has no policy of version {version}.")
        return await policies.save(conn, site_id, found[0].policy, by=by, note=f"restores version {version}")

    click.echo(f"Version {on_site(site, write)} is active.")


@policy.command()
@click.argument("site")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--days", default=30, show_default=True, type=click.IntRange(1, 3650), help="How far back.")
@click.option(
    "--limit",
    default=simulation.MOST_COMMENTS,
    show_default=True,
    type=click.IntRange(1),
    help="How many comments at most, the newest.",
)
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def simulate(*, site: str, file: Path, days: int, limit: int, as_json: bool) -> None:
    """Replay the policy in FILE over SITE's past comments, beside the active one; nothing is changed."""
    candidate = _document(file)

    async def replay(conn: Connection, site_id: int) -> simulation.Simulation:
        return await simulation.simulate(conn, site_id, candidate, days=days, limit=limit)

    found = on_site(site, replay)
    click.echo(json.dumps(found.as_json(), indent=2) if as_json else found.as_text())


def _document(file: Path) -> Policy:
    try:
        return Policy.model_validate_json(file.read_text(encoding="utf-8"))
    except (ValidationError, UnicodeDecodeError) as error:
        raise click.ClickException(f"{file} is not a policy: {error}") from None


def _pretty(document: Policy) -> str:
    return json.dumps(document.model_dump(mode="json"), indent=2, ensure_ascii=False)
