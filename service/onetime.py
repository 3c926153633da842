"""Addresses that work once: the token stands behind the #, so that no server, proxy or log sees it; the page sends it in a body."""

import base64

from aiohttp import web

from service.keys import SETTINGS, SIGNER

_PAGES = {"invitation": "join", "reset": "password"}


def token_of(app: web.Application, seed: str) -> str:
    """The token that follows from a seed: a mail that is still to be sent keeps the seed alone."""
    return base64.urlsafe_b64encode(app[SIGNER].macs("staff-link", seed)[0]).decode().rstrip("=")


def address_of(app: web.Application, kind: str, token: str) -> str:
    """Where a link leads: an `invitation`, or a `reset` of a password."""
    return f"{app[SETTINGS].base_url}/console/-/{_PAGES[kind]}#{token}"


def sign_in_token(app: web.Application, seed: str) -> str:
    """As `token_of`, for the link by which a reader signs in."""
    return base64.urlsafe_b64encode(app[SIGNER].macs("sign-in-link", seed)[0]).decode().rstrip("=")


def sign_in_address(app: web.Application, site: str, seed: str) -> str:
    """Where the link leads; the token is in the path, as the page behind it needs no script, and opening it uses nothing up."""
    return f"{app[SETTINGS].base_url}/sign-in/{site}/link/{sign_in_token(app, seed)}"
