"""`parley webhook`: where a site's own systems hear of decisions and incidents."""

import asyncio
import secrets
from datetime import UTC, datetime

import asyncpg
import click

from moderation.database import Connection
from service import webhooks
from service.commands.database import on_site
from service.commands.reading import read_settings
from service.fetching import Fetcher, FetchFailed, check_url
from service.store import webhooks as store
from service.store.webhooks import Message, Webhook
from service.webhooks import Refused

_BOTH_SIGN_HOURS = 24


@click.group()
def webhook() -> None:
    """Where a site's own systems hear of decisions and incidents (docs/webhooks.md)."""


@webhook.command()
@click.argument("site")
@click.argument("url")
def add(site: str, url: str) -> None:
    """Send what happens on SITE to URL; prints the secret that signs it, once."""
    try:
        check_url(url)
    except FetchFailed as error:
        raise click.ClickException(f"{url}: {error}.") from None
    secret = webhooks.new_secret()

    async def write(conn: Connection, site_id: int) -> int:
        return await store.add(conn, site_id, url, secret)

    id_ = on_site(site, write)
    click.echo(f"Added webhook {id_}. Secret, not shown again: {secret}")


@webhook.command(name="list")
@click.argument("site")
def list_webhooks(site: str) -> None:
    """List SITE's webhooks: what waits, what was given up, and how the last try failed."""
    for row in on_site(site, store.states):
        click.echo(f"{row['id']}  {row['url']}  {_state(row)}")


def _state(row: asyncpg.Record) -> str:
    parts = [f"disabled: {row['disabled_why']}"] if row["disabled_at"] else []
    parts.append(
        f"delivered {row['delivered_at']:%Y-%m-%d %H:%M}" if row["delivered_at"] else "nothing delivered yet"
    )
    if row["waiting"]:
        parts.append(f"{row['waiting']} waiting since {row['oldest']:%Y-%m-%d %H:%M}")
    if row["gave_up"]:
        parts.append(f"{row['gave_up']} given up")
    if row["error"]:
        parts.append(f"last failure: {row['error']}")
    return ", ".join(parts)


@webhook.command()
@click.argument("site")
@click.argument("webhook_id", metavar="ID", type=int)
def remove(site: str, webhook_id: int) -> None:
    """Remove SITE's webhook ID, with what waits for it."""

    async def write(conn: Connection, site_id: int) -> bool:
        return await store.remove(conn, site_id, webhook_id)

    _demand(on_site(site, write), site, webhook_id)
    click.echo(f"Removed webhook {webhook_id}.")


@webhook.command()
@click.argument("site")
@click.argument("webhook_id", metavar="ID", type=int)
def rotate(site: str, webhook_id: int) -> None:
    """Give SITE's webhook ID a new secret; for a day the one before signs as well."""
    secret = webhooks.new_secret()

    async def write(conn: Connection, site_id: int) -> bool:
        return await store.rotate(conn, site_id, webhook_id, secret, hours=_BOTH_SIGN_HOURS)

    _demand(on_site(site, write), site, webhook_id)
    click.echo(f"The new secret, not shown again: {secret}")


@webhook.command()
@click.argument("site")
@click.argument("webhook_id", metavar="ID", type=int)
def enable(site: str, webhook_id: int) -> None:
    """Send to SITE's webhook ID again, after it answered 410 and was disabled."""

    async def write(conn: Connection, site_id: int) -> bool:
        return await store.enable(conn, site_id, webhook_id)

    _demand(on_site(site, write), site, webhook_id)
    click.echo(f"Webhook {webhook_id} is sent to again.")


@webhook.command()
@click.argument("site")
@click.argument("webhook_id", metavar="ID", type=int)
def test(site: str, webhook_id: int) -> None:
    """Send a signed message of type `webhook.test` to SITE's webhook ID now; exit code 1 unless it is taken."""

    async def read(conn: Connection, site_id: int) -> Webhook | None:
        return await store.find(conn, site_id, webhook_id)

    found = on_site(site, read)
    _demand(found is not None, site, webhook_id)
    assert found is not None
    refused = asyncio.run(_send_test(found))
    if refused is not None:
        raise click.ClickException(f"Not taken: {refused.why}.")
    click.echo(f"{found.url} has taken it.")


async def _send_test(receiver: Webhook) -> Refused | None:
    message = Message(0, "webhook.test", "test", {}, 1, datetime.now(UTC))
    async with Fetcher(read_settings().reachable_networks) as fetcher:
        return await webhooks.send(
            fetcher,
            receiver,
            message,
            now=message.created_at.timestamp(),
            name=f"msg_test_{secrets.token_hex(8)}",
        )


def _demand(found: bool, site: str, webhook_id: int) -> None:
    if not found:
        raise click.ClickException(f"{site} has no webhook {webhook_id}.")
