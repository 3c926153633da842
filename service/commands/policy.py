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


@policy.command()
@click.argument("site")
@click.option(
    "--model", default="bundled", show_default=True, help="Whose scores, such as bundled or bundled@1."
)
@click.option("--label", default="toxicity", show_default=True, help="Which score.")
@click.option("--apply", "apply_it", is_flag=True, help="Make it the site's policy.")
@click.option("--by", default="operator", show_default=True, help="Who, for the record.")
def recalibrate(*, site: str, model: str, label: str, apply_it: bool, by: str) -> None:
    """Fit the threshold that holds to what SITE's moderators decided; offered only if it is better on decisions kept apart.

    Exits with 1 if there is nothing to offer.
    """
    from moderation import recalibrating  # noqa: PLC0415 -- numpy loads only where it is used

    async def look(conn: Connection, site_id: int) -> tuple[recalibrating.Offer, int | None]:
        active = (await policies.active(conn, {site_id}))[site_id][1]
        newest = await recalibrating.newest_version(conn, site_id, model)
        found = await recalibrating.offer(conn, site_id, active, newest, label)
        if not apply_it:
            return found, None
        note = f"recalibrated on {found.fit.decisions} decisions"
        return found, await policies.save(conn, site_id, found.applied_to(active), by=by, note=note)

    try:
        found, version = on_site(site, look)
    except recalibrating.NothingToOffer as error:
        raise click.ClickException(f"Nothing to offer: {error}.") from None
    click.echo(
        f"{found.label} of {found.model}: hold from {found.hold_at} instead of {found.instead_of} "
        f"({found.fit.decisions} decisions; error {found.fit.error_before:.4f} before, {found.fit.error_after:.4f} after)"
    )
    if version is not None:
        click.echo(f"Version {version} is active.")


def _document(file: Path) -> Policy:
    try:
        return Policy.model_validate_json(file.read_text(encoding="utf-8"))
    except (ValidationError, UnicodeDecodeError) as error:
        raise click.ClickException(f"{file} is not a policy: {error}") from None


def _pretty(document: Policy) -> str:
    return json.dumps(document.model_dump(mode="json"), indent=2, ensure_ascii=False)
