"""`parley staff`: who moderates, and as what."""

import secrets

import click

from moderation.database import Connection
from service.commands.database import on_database, site_id_of
from service.names import skeleton
from service.passwords import MIN_LENGTH, PasswordRefused, hash_password
from service.store import factors, staff_sessions
from service.store import staff as store

_role = click.option(
    "--role", type=click.Choice(store.ROLES), default="moderator", show_default=True, help="What they may do."
)
_password = click.option(
    "--ask/--make-one",
    default=True,
    help=f"Ask for a password ({MIN_LENGTH} characters or more), or make one up.",
)


@click.group()
def staff() -> None:
    """The people who moderate."""


@staff.command()
@click.argument("email")
@click.option("--name", required=True, help="The name that colleagues see.")
@click.option("--site", required=True, help="The key of the site they work on.")
@_role
@_password
def add(email: str, name: str, site: str, role: str, *, ask: bool) -> None:
    """Add somebody with the address EMAIL; more sites are given with `staff role`."""
    password = _choose(ask=ask)

    async def write(conn: Connection) -> None:
        site_id = await site_id_of(conn, site)
        hashed = await _hash(password)
        try:
            staff_id = await store.add(
                conn, email=email, name=name, skeleton=skeleton(name), password_hash=hashed
            )
        except store.EmailTakenError:
            raise click.ClickException(f"{email} is on the staff already: use `staff role`.") from None
        await store.set_role(conn, site_id, staff_id, role)

    on_database(write)
    click.echo(f"Added {email}, {role} of {site}." + ("" if ask else f" Password: {password}"))


@staff.command()
@click.argument("email")
@click.option("--site", required=True, help="The key of the site.")
@_role
def role(email: str, site: str, role: str) -> None:
    """Give EMAIL a role on a site, in place of the one they had there."""

    async def write(conn: Connection) -> None:
        await store.set_role(conn, await site_id_of(conn, site), await _id_of(conn, email), role)

    on_database(write)
    click.echo(f"{email} is {role} of {site}.")


@staff.command()
@click.argument("email")
@_password
def password(email: str, *, ask: bool) -> None:
    """Set a new password for EMAIL, and sign them out everywhere."""
    chosen = _choose(ask=ask)

    async def write(conn: Connection) -> None:
        staff_id = await _id_of(conn, email)
        await store.set_password(conn, staff_id, await _hash(chosen))
        await staff_sessions.close_sessions(conn, staff_id)

    on_database(write)
    click.echo("Changed." if ask else f"Password: {chosen}")


@staff.command()
@click.argument("email")
def disable(email: str) -> None:
    """Sign EMAIL out everywhere and let them in no more; what they decided stays on record."""

    async def write(conn: Connection) -> None:
        staff_id = await _id_of(conn, email)
        await store.disable(conn, staff_id)
        await staff_sessions.close_sessions(conn, staff_id)

    on_database(write)
    click.echo(f"{email} is let in no more.")


@staff.command(name="forget-factors")
@click.argument("email")
def forget_factors(email: str) -> None:
    """Take one-time codes and passkeys off EMAIL, who has lost them, and sign them out everywhere."""

    async def write(conn: Connection) -> None:
        staff_id = await _id_of(conn, email)
        await factors.drop_totp(conn, staff_id)
        for passkey in await factors.list_passkeys(conn, staff_id):
            await factors.drop_passkey(conn, staff_id, passkey.id)
        await staff_sessions.close_sessions(conn, staff_id)

    on_database(write)
    click.echo(f"{email} signs in by password alone now.")


@staff.command(name="list")
def list_staff() -> None:
    """List everybody with their roles."""
    for member in on_database(store.members):
        gone = "  (disabled)" if member.disabled_at else ""
        click.echo(f"{member.email}  {member.name}  {', '.join(member.roles)}{gone}")


def _choose(*, ask: bool) -> str:
    if not ask:
        return secrets.token_urlsafe(12)
    return str(click.prompt("Password", hide_input=True, confirmation_prompt=True))


async def _hash(password: str) -> str:
    try:
        return await hash_password(password)
    except PasswordRefused as error:
        raise click.ClickException(str(error)) from None


async def _id_of(conn: Connection, email: str) -> int:
    account = await store.find_by_email(conn, email)
    if account is None:
        raise click.ClickException(f"Nobody on the staff has the address {email}.")
    return account.id
