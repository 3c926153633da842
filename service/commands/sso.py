"""`parley site sso` and `parley site oidc`: how a site's readers sign in, besides a name (docs/sso.md)."""

import asyncio
import secrets
from pathlib import Path
from typing import Any

import click
import orjson
from joserfc.errors import JoseError
from joserfc.jwk import ECKey, OctKey, OKPKey, RSAKey

from moderation.database import Connection
from service.commands.database import on_site
from service.commands.reading import read_settings
from service.fetching import Fetcher, FetchFailed, check_url
from service.identity.jws import ALGORITHMS, MIN_SECRET_BYTES, KeyRefused, quiet, verifying_key
from service.identity.oidc import ProviderFailed, discover
from service.store import oidc as clients
from service.store import sso as store
from service.store.oidc import Client
from service.store.sso import Issuer, State, StoredKey

_PEM: dict[str, Any] = {"RS256": RSAKey, "ES256": ECKey, "EdDSA": OKPKey}
_no_issuer = click.ClickException("Say first who issues the tokens: `parley site sso set`.")


@click.group()
def sso() -> None:
    """A publisher's own sign-in, by tokens that its server signs."""


@sso.command(name="set")
@click.argument("site")
@click.option("--issuer", required=True, help="What `iss` says in the tokens.")
@click.option("--audience", default="parley", show_default=True, help="What `aud` says in them.")
def set_issuer(site: str, issuer: str, audience: str) -> None:
    """Say who issues SITE's tokens, and for whom."""

    async def write(conn: Connection, site_id: int) -> None:
        await store.set_issuer(conn, site_id, issuer=issuer, audience=audience)

    on_site(site, write)
    click.echo(f"{site} takes tokens of {issuer} for {audience}.")


@sso.command(name="secret")
@click.argument("site")
@click.option("--kid", default="1", show_default=True, help="The key's name, `kid` in the tokens' header.")
@click.option(
    "--file", type=click.Path(exists=True, dir_okay=False, path_type=Path), help="Take this secret."
)
def add_secret(site: str, kid: str, file: Path | None) -> None:
    """Add a shared secret (HS256) to SITE: the one in a file, or a new one, which is printed, once."""
    text = file.read_text("utf-8").strip() if file else secrets.token_urlsafe(MIN_SECRET_BYTES + 16)
    with quiet():
        jwk = OctKey.import_key(text).as_dict()
    _add(site, StoredKey(kid, "HS256", jwk))
    click.echo(f"Added {kid}." + ("" if file else f" Secret, not shown again: {text}"))


@sso.command(name="key")
@click.argument("site")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--kid", required=True, help="The key's name, `kid` in the tokens' header.")
@click.option("--alg", type=click.Choice([name for name in ALGORITHMS if name != "HS256"]), required=True)
def add_key(site: str, file: Path, kid: str, alg: str) -> None:
    """Add the public key in FILE (PEM, or a JWK) to SITE, for one algorithm."""
    _add(site, StoredKey(kid, alg, _public(file.read_bytes(), alg)))
    click.echo(f"Added {kid}.")


def _public(raw: bytes, algorithm: str) -> dict[str, Any]:
    """The public half as a JWK, whatever the file holds."""
    try:
        value = orjson.loads(raw) if raw.lstrip().startswith(b"{") else raw
        with quiet():
            public: dict[str, Any] = _PEM[algorithm].import_key(value).as_dict(private=False)
    except (JoseError, ValueError, TypeError) as error:
        raise click.ClickException(f"This is no key for {algorithm}.") from error
    return public


def _add(site: str, key: StoredKey) -> None:
    try:
        verifying_key(key.jwk, key.algorithm, key.kid)
    except KeyRefused as error:
        raise click.ClickException(f"{error}.") from None

    async def write(conn: Connection, site_id: int) -> None:
        if await store.read(conn, site_id) is None:
            raise _no_issuer
        if not await store.add_key(conn, site_id, key):
            raise click.ClickException(f"There is a key {key.kid!r} already.")

    on_site(site, write)


@sso.command()
@click.argument("site")
@click.argument("url")
def jwks(site: str, url: str) -> None:
    """Take SITE's public keys from URL, a JWK set of its own; `none` ends that."""
    if url != "none":
        try:
            check_url(url)
        except FetchFailed as error:
            raise click.ClickException(f"{url}: {error}.") from None

    async def write(conn: Connection, site_id: int) -> None:
        if not await store.set_jwks_url(conn, site_id, None if url == "none" else url):
            raise _no_issuer

    on_site(site, write)
    click.echo("No keys are fetched any more." if url == "none" else f"Keys are fetched from {url}.")


@sso.command()
@click.argument("site")
def show(site: str) -> None:
    """Show how SITE's tokens are verified; no secret is shown."""

    async def read(conn: Connection, site_id: int) -> tuple[Issuer | None, State]:
        return await store.read(conn, site_id), await store.state(conn, site_id)

    known, state = on_site(site, read)
    if known is None:
        click.echo("No sign-in of its own.")
        return
    click.echo(f"iss {known.issuer}  aud {known.audience}")
    for key in known.keys:
        click.echo(f"key {key.kid}  {key.algorithm}")
    if known.jwks_url:
        when = f"fetched {state.fetched_at:%Y-%m-%d %H:%M}" if state.fetched_at else "not fetched yet"
        click.echo(f"keys from {known.jwks_url}  {when}" + (f"  {state.error}" if state.error else ""))


@sso.command()
@click.argument("site")
@click.option("--kid", help="Only this key.")
def remove(site: str, kid: str | None) -> None:
    """Take a key away from SITE, or, without --kid, its whole sign-in. Sessions that stand go on."""

    async def write(conn: Connection, site_id: int) -> bool:
        return await (store.remove_key(conn, site_id, kid) if kid else store.remove(conn, site_id))

    if not on_site(site, write):
        raise click.ClickException("There is nothing to remove.")
    click.echo("Removed.")


@click.group()
def oidc() -> None:
    """An OpenID provider that a site's readers may sign in with."""


@oidc.command(name="set")
@click.argument("site")
@click.option("--issuer", required=True, help="The provider's address, as it calls itself.")
@click.option("--client-id", required=True, help="What the provider calls us.")
@click.option(
    "--secret-file", type=click.Path(exists=True, dir_okay=False, path_type=Path), help="The client's secret."
)
@click.option("--label", required=True, help="What the button says, such as: Sign in with Example.")
def set_provider(site: str, issuer: str, client_id: str, secret_file: Path | None, label: str) -> None:
    """Let SITE's readers sign in at a provider, which is asked whether it is there."""
    secret = secret_file.read_text("utf-8").strip() if secret_file else None

    async def look() -> None:
        async with Fetcher(read_settings().reachable_networks) as fetcher:
            await discover(fetcher, issuer)

    try:
        asyncio.run(look())
    except ProviderFailed as failure:
        raise click.ClickException(f"{failure}.") from None

    async def write(conn: Connection, site_id: int) -> None:
        await clients.put(conn, site_id, Client(issuer, client_id, secret, label))

    on_site(site, write)
    base = read_settings().base_url
    click.echo(f"Set. Register this redirect URI at the provider: {base}/sign-in/{site}/callback")


@oidc.command(name="remove")
@click.argument("site")
def remove_provider(site: str) -> None:
    """Take SITE's provider away."""
    if not on_site(site, clients.remove):
        raise click.ClickException("There is nothing to remove.")
    click.echo("Removed.")
