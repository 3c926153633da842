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
