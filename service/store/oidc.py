"""The OpenID provider of a site."""

from dataclasses import dataclass

from moderation.database import Connection


@dataclass(frozen=True, slots=True)
class Client:
    """What we are to the provider; `label` is what the button says."""

    issuer: str
    client_id: str
    client_secret: str | None
    label: str


async def read(conn: Connection, site_id: int) -> Client | None:
    """The site's provider."""
    row = await conn.fetchrow(
        "SELECT issuer, client_id, client_secret, label FROM oidc_clients WHERE site_id = $1", site_id
    )
    return Client(**dict(row)) if row else None


async def put(conn: Connection, site_id: int, client: Client) -> None:
    """Set the site's provider, in place of the one before."""
    await conn.execute(
        """INSERT INTO oidc_clients (site_id, issuer, client_id, client_secret, label) VALUES ($1, $2, $3, $4, $5)
           ON CONFLICT ON CONSTRAINT oidc_clients_pkey DO UPDATE SET issuer = excluded.issuer,
               client_id = excluded.client_id, client_secret = excluded.client_secret, label = excluded.label""",
        site_id,
        client.issuer,
        client.client_id,
        client.client_secret,
        client.label,
    )


async def remove(conn: Connection, site_id: int) -> bool:
    """Take it away. False if there was none."""
    done = await conn.fetchval("DELETE FROM oidc_clients WHERE site_id = $1 RETURNING true", site_id)
    return bool(done)
