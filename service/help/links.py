"""Private links to tickets: the secret follows from the site and the ticket's key, so that it need not be stored to be sent again."""

import base64
import hmac

from aiohttp import web

from service.auth import token_hash
from service.keys import SETTINGS, SIGNER


def ticket_path(site: str, reference: str, secret: str) -> str:
    """The private link's path; the secret is in the fragment, which browsers do not send."""
    return f"/help/{site}/tickets/{reference}#{secret}"


def new_secret(app: web.Application, site: str, key: str) -> str:
    """The secret of a ticket that is about to be stored."""
    return _secrets(app, site, key)[0]


def secret_of(app: web.Application, site: str, key: str, stored_hash: bytes) -> str:
    """The secret whose hash is stored: an older signing key may have made it."""
    candidates = _secrets(app, site, key)
    return next((s for s in candidates if hmac.compare_digest(token_hash(s), stored_hash)), candidates[0])


def private_link(app: web.Application, site: str, reference: str, key: str, stored_hash: bytes) -> str:
    """The whole link to a stored ticket."""
    return app[SETTINGS].base_url + ticket_path(site, reference, secret_of(app, site, key, stored_hash))


def _secrets(app: web.Application, site: str, key: str) -> list[str]:
    macs = app[SIGNER].macs("ticket-secret", f"{site}\n{key}")
    return [base64.urlsafe_b64encode(mac).decode().rstrip("=") for mac in macs]
