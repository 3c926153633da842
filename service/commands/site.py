"""`parley site`: the publishers' sites that this service carries threads for."""

from datetime import timedelta
from urllib.parse import urlsplit

import asyncpg
import click

from moderation.database import Connection
from service.commands.database import on_database, on_site
from service.commands.sso import oidc, sso


class Origin(click.ParamType[str]):
    """A page's origin, as browsers send it: scheme://host[:port], nothing more."""

    name = "origin"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """Lower-case and without the slash that people paste; anything else is refused with the form that is meant."""
        parts = urlsplit(str(value).strip().rstrip("/").lower())
        if parts.scheme not in ("http", "https") or not parts.netloc or parts.path or parts.query:
            self.fail(f"{value} is no origin; write it like https://www.example.org.", param, ctx)
        return f"{parts.scheme}://{parts.netloc}"


_origins = click.option(
    "--origin", "origins", type=Origin(), multiple=True, help="A page's origin; may be given again."
)


@click.group()
def site() -> None:
    """The sites that threads belong to."""


site.add_command(sso)
site.add_command(oidc)


@site.command()
@click.argument("key")
@click.option("--name", required=True, help="The publication's name, as readers know it.")
@_origins
def add(key: str, name: str, origins: tuple[str, ...]) -> None:
    """Add the site KEY (lower-case letters, digits and dashes), which pages name in data-site."""

    async def write(conn: Connection) -> None:
        try:
            await conn.execute(
                "INSERT INTO sites (key, name, origins) VALUES ($1, $2, $3)", key, name, list(origins)
            )
        except asyncpg.UniqueViolationError as error:
            if error.constraint_name != "sites_key_unique":
                raise
            raise click.ClickException(f"There is a site {key!r} already.") from None
        except asyncpg.CheckViolationError as error:
            if error.constraint_name != "sites_key_format":
                raise
            raise click.ClickException(
                f"{key!r} is no key: lower-case letters, digits and dashes, at most 63."
            ) from None

    on_database(write)
    click.echo(
        f"Added {key}." + ("" if origins else " No page may write yet: add its origin with `site set`.")
    )


@site.command(name="set")
@click.argument("key")
@click.option("--name", help="The publication's name.")
@_origins
@click.option("--guests/--no-guests", default=None, help="Whether readers may come with a name alone.")
@click.option(
    "--voting", type=click.Choice(["both", "up", "off"]), help="Votes up and down, up only, or none at all."
)
@click.option(
    "--nudges/--no-nudges",
    default=None,
    help="Whether readers are asked to rephrase what would be held for its tone.",
)
@click.option("--mail/--no-mail", default=None, help="Whether readers may sign in by a link in a mail.")
@click.option("--edit-minutes", type=click.IntRange(0, 24 * 60), help="How long a comment may be edited.")
def set_site(
    key: str,
    name: str | None,
    origins: tuple[str, ...],
    *,
    guests: bool | None,
    mail: bool | None,
    voting: str | None,
    nudges: bool | None,
    edit_minutes: int | None,
) -> None:
    """Change the site KEY; what is not named stays. Origins replace the list. Seen within seconds."""
    window = None if edit_minutes is None else timedelta(minutes=edit_minutes)

    async def write(conn: Connection, site_id: int) -> None:
        await conn.execute(
            """UPDATE sites SET name = coalesce($2, name), origins = coalesce($3, origins),
                   guests_allowed = coalesce($4, guests_allowed), edit_window = coalesce($5, edit_window),
                   voting = coalesce($6, voting), nudges = coalesce($7, nudges),
                   mail_sign_in = coalesce($8, mail_sign_in)
               WHERE id = $1""",
            site_id,
            name,
            list(origins) or None,
            guests,
            window,
            voting,
            nudges,
            mail,
        )

    on_site(key, write)
    click.echo(f"Changed {key}.")


@site.command(name="list")
def list_sites() -> None:
    """List the sites with their origins."""

    async def read(conn: Connection) -> list[asyncpg.Record]:
        return list(await conn.fetch("SELECT key, name, origins, guests_allowed FROM sites ORDER BY key"))

    for row in on_database(read):
        guests = "guests" if row["guests_allowed"] else "no guests"
        click.echo(f"{row['key']}  {row['name']}  {guests}  {' '.join(row['origins']) or '(no origin)'}")
