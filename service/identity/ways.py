"""The ways in that a site offers, besides a name."""

from aiohttp import web

from moderation.database import Connection
from service.keys import SETTINGS
from service.sites import Site
from service.store import oidc, sso


def by_mail(app: web.Application, site: Site) -> bool:
    """Whether a link in a mail is one of them."""
    return app[SETTINGS].smtp_url is not None and site.mail_sign_in


async def ways_of(app: web.Application, conn: Connection, site: Site) -> list[str]:
    """Of `sso`, `mail` and `oidc` those that are set up."""
    ways = {
        "sso": await sso.read(conn, site.id) is not None,
        "mail": by_mail(app, site),
        "oidc": await oidc.read(conn, site.id) is not None,
    }
    return [way for way, open_ in ways.items() if open_]
